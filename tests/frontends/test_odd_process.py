"""Front ends whose streams are closed, lead to a disk that is full, or are read by nobody."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest
from google.protobuf import empty_pb2
from support.plugin import Plugin, environment
from support.terraform_host import Host, Line

from callerid import launch
from callerid.frontends.terraform import cookie

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full and a shell")
CALLS = 3000
"""More lines than a pipe holds, where each call has one."""


class Front(NamedTuple):
    """A front end, as its hosts start it, and call it."""

    command: tuple[str, ...]
    environ: dict[str, str]
    loud: tuple[tuple[str, ...], dict[str, str]]
    """The arguments and variables with which it tells all that it does."""
    call: Callable[[subprocess.Popen[str], str, int], None]
    """Gets the process, its first line, and how often to call; then it lets the process leave."""


def _call_plugin(process: subprocess.Popen[str], line: str, times: int) -> None:
    plugin = Plugin(process, int(line))
    calls = [plugin.stub.GetPluginInfo.future(empty_pb2.Empty(), timeout=30) for _ in range(times)]
    assert {bool(call.result().version) for call in calls} == {True}
    plugin.channel.close()
    process.terminate()


def _call_provider(process: subprocess.Popen[str], line: str, times: int) -> None:
    host = Host(process, Line(*line.rstrip("\n").split("|")), None)
    assert all(host.connection.call("GetMetadata").data_sources for _ in range(times))
    host.shut_down()
    host.connection.close()


FRONTS = {
    "pulumi": Front(launch.PLUGIN, {}, (("-v=9",), {}), _call_plugin),
    "terraform": Front(
        tuple(launch.command("callerid.frontends.terraform.__main__:main")),
        {cookie.NAME: cookie.VALUE, cookie.VERSIONS: "6"},
        ((), {"TF_LOG": "TRACE"}),
        _call_provider,
    ),
}


@pytest.fixture(params=FRONTS.values(), ids=list(FRONTS))
def front(request: pytest.FixtureRequest) -> Front:
    """Give each front end in turn."""
    found: Front = request.param
    return found


def _redirected(front: Front, streams: str) -> list[str]:
    return ["/bin/sh", "-c", f'exec "$@" {streams}', "sh", *front.command]


@pytest.mark.parametrize(
    ("streams", "why"),
    [(">/dev/full", "No space left on device"), (">&-", "it is closed")],
)
def test_where_it_listens_cannot_be_told(
    front: Front, streams: str, why: str, tmp_path: Path
) -> None:
    """It ends with one sentence on stderr, with exit code 1, and leaves nothing behind."""
    done = subprocess.run(  # noqa: S603 - our own front ends
        _redirected(front, streams),
        capture_output=True,
        check=False,
        env=environment({**front.environ, "TMPDIR": str(tmp_path)}),
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "callerid: whoever started this process cannot be told where it listens: its stdout cannot "
        f"be written to ({why}). Start it with a pipe as stdout, as its hosts do.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_closed_stdin_and_stderr_are_no_hindrance(front: Front) -> None:
    """Sockets do not get their numbers, and calls are answered."""
    with subprocess.Popen(  # noqa: S603 - our own front ends
        _redirected(front, "<&- 2>&-"),
        stdout=subprocess.PIPE,
        text=True,
        env=environment(front.environ),
    ) as process:
        assert process.stdout
        front.call(process, process.stdout.readline(), 1)
        assert process.wait(5) == 0


def test_a_stderr_that_nobody_drains_holds_up_no_call(front: Front) -> None:
    """Nor the end, however much there is to tell."""
    arguments, environ = front.loud
    with subprocess.Popen(  # noqa: S603 - our own front ends
        [*front.command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment({**front.environ, **environ}),
    ) as process:
        assert process.stdout
        front.call(process, process.stdout.readline(), CALLS)
        assert process.wait(5) == 0
