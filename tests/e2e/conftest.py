"""What the end-to-end tests share: a Pulumi CLI with callerid installed, and the sandbox."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from support import workspace
from support.pulumi import CALLERID, Cli, cli_in

from callerid.sandbox.server import Sandbox
from callerid.testing import pulumi_cli

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.workspace import Workspace


@pytest.fixture(scope="session")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """Give a CLI in whose home `callerid install pulumi` was run."""
    executable = pulumi_cli.find_cli()
    if executable is None:
        pytest.skip("no pulumi CLI")
    installed = cli_in(tmp_path_factory.mktemp("pulumi"), executable)
    subprocess.run(  # noqa: S603 - our own command
        [CALLERID, "install", "pulumi"],
        check=True,
        env=dict(installed.environ),
        stdout=subprocess.DEVNULL,
    )
    return installed


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """Serve the built-in callers."""
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def owner(cli: Cli, sandbox: Sandbox) -> Cli:
    """Give the CLI as run by Grace Hopper, an owner at VMware Cloud Services."""
    return cli.with_(**sandbox.environment("owner"))


@pytest.fixture(scope="session")
def typescript(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Give a project in TypeScript."""
    return workspace.typescript(cli, tmp_path_factory.mktemp("typescript"))


@pytest.fixture(scope="session")
def golang(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Give a project in Go."""
    return workspace.golang(cli, tmp_path_factory.mktemp("go"))
