"""What the tests of the preview host share: programs, made-up callers, a provider to break."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.sandbox.server import Sandbox, as_caller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROGRAMS = Path(__file__).parent.parent / "programs"


@pytest.fixture(scope="session")
def programs() -> Path:
    """Give the folder of the test programs."""
    return PROGRAMS


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """Serve the built-in callers."""
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def caller(sandbox: Sandbox) -> Callable[[str], dict[str, str]]:
    """Give the environment in which callerid is a made-up caller."""
    return lambda name: as_caller(os.environ, sandbox.environment(name))


@pytest.fixture
def echo(tmp_path: Path) -> dict[str, str]:
    """Give an environment with the echo provider on PATH."""
    launcher = tmp_path / "pulumi-resource-echo"
    source = Path(__file__).with_name("echo_provider.py")
    launcher.write_text(
        f"#!{sys.executable}\nimport runpy\nrunpy.run_path({str(source)!r}, run_name='__main__')\n",
        encoding="utf-8",
    )
    launcher.chmod(0o755)
    return {**os.environ, "PATH": os.pathsep.join([str(tmp_path), os.environ["PATH"]])}
