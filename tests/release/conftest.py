"""The distributions, built once, and the environments that they are installed in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from release.environment import Environment, install

import distributions


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the distributions: those in $CALLERID_DIST, else built here and now."""
    given = os.environ.get("CALLERID_DIST")
    if given:
        return Path(given).resolve()
    folder = tmp_path_factory.mktemp("dist")
    distributions.build(distributions.ROOT, folder)
    return folder


@pytest.fixture(scope="session")
def wheel(packages: Path) -> Path:
    """Give callerid's wheel."""
    (found,) = packages.glob("callerid-*.whl")
    return found


@pytest.fixture(scope="session")
def sdk_wheel(packages: Path) -> Path:
    """Give the SDK's wheel."""
    (found,) = packages.glob("pulumi_callerid-*.whl")
    return found


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory, wheel: Path, sdk_wheel: Path) -> Environment:
    """Give an environment with everything: `pip install "callerid[testing]" pulumi-callerid`."""
    wanted = ["callerid[testing]", "pulumi-callerid"]
    return install(tmp_path_factory.mktemp("full"), [wheel, sdk_wheel], wanted)


@pytest.fixture(scope="session")
def lean(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Environment:
    """Give an environment without extras: `pip install callerid`."""
    return install(tmp_path_factory.mktemp("lean"), [wheel], ["callerid"])
