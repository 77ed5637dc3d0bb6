"""A provider's process is held to the protocol, from its first line to its exit code."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid import launch
from callerid.testing.plugin import Plugin, PluginError, Where, find

if TYPE_CHECKING:
    from collections.abc import Iterator

_ECHO = Path(__file__).with_name("echo_provider.py")
_NOBODY = "127.0.0.1:1"
_PREMATURELY = "prematurely or did not answer Cancel. This is always a bug in the provider."


@contextmanager
def _plugin(*command: str, fault: str = "") -> Iterator[Plugin]:
    environ = {**os.environ, "ECHO_FAULT": fault}
    plugin = Plugin("echo", [sys.executable, *command], Where(_NOBODY, Path.cwd(), environ))
    try:
        yield plugin
    finally:
        plugin.close(None, 0.5)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("print('Welcome!')", "wrote 'Welcome!' to stdout where its port belongs"),
        ("print(0)", "wrote '0' to stdout where its port belongs"),
        ("print(70000)", "wrote '70000' to stdout"),
        ("", "ended without printing its port: exit code 0."),
        ("raise SystemExit('no licence')", "its port: exit code 1, no licence."),
        ("print(1); raise SystemExit(4)", "ended before Handshake: exit code 4."),
        ("import time; print(1, flush=True); time.sleep(9)", "answer Handshake within 0.5 s"),
    ],
)
def test_a_failed_start_is_reported_with_what_came_instead(code: str, error: str) -> None:
    """Whatever goes wrong before the first answer is told with what came instead."""
    with _plugin("-c", code) as plugin, pytest.raises(PluginError, match="the provider echo") as it:
        plugin.connect(0.5)
    assert error in str(it.value)


def test_refused_handshake() -> None:
    """An error of Handshake is final."""
    with (
        _plugin(str(_ECHO), fault="refusing") as plugin,
        pytest.raises(PluginError, match="the provider echo refused Handshake: not today"),
    ):
        plugin.connect()


@pytest.mark.parametrize(
    ("fault", "problems"),
    [
        ("old", []),
        ("exit3", ["the provider echo ended with exit code 3, not 0."]),
        ("stdout", ["the provider echo wrote to stdout:\nchatter"]),
        ("stubborn", ["the provider echo did not end within 0.5 s of SIGINT."]),
        (
            "deaf",
            [f"the provider echo exited {_PREMATURELY}"],
        ),
    ],
)
def test_a_provider_must_end_quietly_after_cancel_and_sigint(
    fault: str, problems: list[str]
) -> None:
    """Cancel must be answered, then SIGINT obeyed, quietly and with exit code 0."""
    with _plugin(str(_ECHO), fault=fault) as plugin:
        stub, answer = plugin.connect()
        assert (answer is None) == (fault == "old")
        assert plugin.close(stub, 0.5) == problems


def test_not_executable(tmp_path: Path) -> None:
    """A file that cannot be run is an error that names it."""
    path = tmp_path / "pulumi-resource-echo"
    path.write_text("no program", encoding="utf-8")
    with pytest.raises(PluginError, match="could not start the provider echo"):
        Plugin("echo", [str(path)], Where(_NOBODY, tmp_path, {}))


def test_our_own_goes_before_one_on_path(tmp_path: Path) -> None:
    """What is tested is the callerid of this environment; other providers are found by name."""
    for name in ("callerid", "other"):
        path = tmp_path / f"pulumi-resource-{name}"
        path.write_text("#!/bin/sh\n", encoding="utf-8")
        path.chmod(0o755)
    assert find("callerid", {"PATH": str(tmp_path)}) == launch.PLUGIN
    assert find("other", {"PATH": str(tmp_path)}) == (str(tmp_path / "pulumi-resource-other"),)
