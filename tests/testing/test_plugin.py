"""A provider's process is held to the protocol, from its first line to its exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid import launch, processes
from callerid.testing.plugin import Plugin, PluginError, Where, find

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ECHO = Path(__file__).with_name("echo_provider.py")
_NOBODY = "127.0.0.1:1"
_AGAIN = "Run the preview again; if this comes again, report it to the provider's authors."
_ENDED = "the provider echo ended before the preview did:"

_PIDS: list[int] = []
"""The process under test, for whoever strikes at it."""


@contextmanager
def _plugin(*command: str, fault: str = "") -> Iterator[Plugin]:
    environ = {**os.environ, "ECHO_FAULT": fault}
    where = Where(_NOBODY, Path.cwd(), environ, _start)
    plugin = Plugin("echo", [sys.executable, *command], where)
    try:
        yield plugin
    finally:
        plugin.close(None, 0.5)
        _PIDS.clear()


def _start(
    command: Sequence[str], cwd: Path, environ: Mapping[str, str], stderr: int = subprocess.PIPE
) -> processes.Process:
    process = processes.start(command, cwd, environ, stderr)
    _PIDS.append(process.pid)
    return process


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
        ("exit3", ["the provider echo ended with exit code 3. It has to end with exit code 0."]),
        ("stdout", ["the provider echo wrote to stdout:\nchatter"]),
        ("stubborn", ["the provider echo did not end within 0.5 s of Cancel and SIGINT."]),
        (
            "deaf",
            ['the provider echo refused Cancel with "what?". This is a bug of the provider.'],
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


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")
@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (signal.SIGKILL, f"{_ENDED} signal 9, so it was killed or crashed. {_AGAIN}"),
        (
            signal.SIGSTOP,
            f"the provider echo did not answer Cancel: it hangs, or is stopped. {_AGAIN}",
        ),
    ],
)
def test_whoever_kills_or_stops_a_provider_is_not_taken_for_a_bug(
    number: signal.Signals, problem: str
) -> None:
    """One sentence says what became of it; its end takes no longer than it may."""
    with _plugin(str(_ECHO)) as plugin:
        stub, _ = plugin.connect()
        [pid] = _PIDS
        os.kill(pid, number)
        started = time.monotonic()
        assert plugin.close(stub, 1.0) == [problem]
        assert time.monotonic() - started < 1.5


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
