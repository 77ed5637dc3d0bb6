"""A plugin whose streams are closed, or lead to a disk that is full."""

from __future__ import annotations

import subprocess
import sys

import pytest
from google.protobuf import empty_pb2
from support.plugin import Plugin, environment

from callerid import launch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full and a shell")


@pytest.mark.parametrize(
    ("redirected", "why"),
    [(">/dev/full", "No space left on device"), (">&-", "it is closed")],
)
def test_a_port_that_nobody_can_be_told_ends_the_plugin(redirected: str, why: str) -> None:
    """In one sentence on stderr, with exit code 1."""
    done = subprocess.run(  # noqa: S603 - our own plugin
        ["/bin/sh", "-c", f'exec "$@" {redirected}', "sh", *launch.PLUGIN],
        capture_output=True,
        check=False,
        env=environment({}),
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "callerid: whoever started this process cannot be told where it listens: its stdout cannot "
        f"be written to ({why}). Start it with a pipe as stdout, as its hosts do.\n"
    )


def test_closed_stdin_and_stderr_are_no_hindrance() -> None:
    """Sockets do not get their numbers, and calls are answered."""
    with subprocess.Popen(  # noqa: S603 - our own plugin
        ["/bin/sh", "-c", 'exec "$@" <&- 2>&-', "sh", *launch.PLUGIN],
        stdout=subprocess.PIPE,
        text=True,
        env=environment({}),
    ) as process:
        assert process.stdout
        plugin = Plugin(process, int(process.stdout.readline()))
        assert plugin.stub.GetPluginInfo(empty_pb2.Empty(), timeout=30).version
        plugin.channel.close()
        process.terminate()
        assert process.wait(5) == 0
