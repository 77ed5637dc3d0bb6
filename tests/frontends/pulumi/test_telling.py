"""The plugin answers, and leaves, whether or not anybody takes what it tells."""

from __future__ import annotations

import socket
import subprocess
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from google.protobuf import empty_pb2
from support import bodies
from support.api import Api, json_reply
from support.listening import engine
from support.plugin import Plugin, environment

from callerid import launch
from processes import wait

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = 3000
"""More than a pipe holds, at 40 bytes each."""


@pytest.fixture
def environ(api: Api) -> dict[str, str]:
    """Give the variables of Ada, who is known at a scripted m3ter."""
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply({"data": []}))
    api.on(bodies.GROUPS, json_reply({"data": []}))
    variables = {
        "M3TER_BASE_URL": api.url,
        "M3TER_ORG_ID": bodies.ORG,
        "M3TER_API_TOKEN": "t",
    }
    return environment(variables)


@contextmanager
def _undrained(environ: dict[str, str], *arguments: str) -> Iterator[Plugin]:
    """Start the plugin with a stderr that nobody reads; demand that SIGTERM ends it at once."""
    process = subprocess.Popen(  # noqa: S603 - our own plugin
        [*launch.PLUGIN, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ,
    )
    assert process.stdout
    assert process.stderr
    with process.stdout, process.stderr, process:
        plugin = Plugin(process, int(process.stdout.readline()))
        try:
            yield plugin
            process.terminate()
            assert process.wait(1) == 0
        finally:
            plugin.channel.close()
            process.kill()


def test_a_stderr_that_nobody_drains_holds_up_no_call(environ: dict[str, str]) -> None:
    """Nor Cancel, nor the end."""
    with _undrained(environ, "-v=9") as plugin:
        calls = [
            plugin.stub.GetPluginInfo.future(empty_pb2.Empty(), timeout=30) for _ in range(LINES)
        ]
        assert {bool(call.result().version) for call in calls} == {True}
        plugin.cancel()
        assert plugin.invoke("getCurrentUser")["displayName"] == "Ada Lovelace"


def test_an_engine_that_is_deaf_holds_up_no_call(environ: dict[str, str]) -> None:
    """It takes the connection of a log line, and never answers; each call here warns."""
    with closing(socket.create_server(("127.0.0.1", 0))) as deaf:
        address = f"127.0.0.1:{deaf.getsockname()[1]}"
        with _undrained(environ, address) as plugin:
            plugin.invoke("getCurrentUser")
            for _ in range(5):
                answer = plugin.invoke("requireCaller", timeout=1, ids=["?"], onRefusal="warn")
                assert answer["allowed"] is False


def test_an_engine_that_never_answers_holds_up_no_call(environ: dict[str, str]) -> None:
    """It takes a log line, and keeps that call open; each call here warns."""
    with engine(answers=False) as (address, said), _undrained(environ, address) as plugin:
        plugin.invoke("getCurrentUser")
        for _ in range(5):
            answer = plugin.invoke("requireCaller", timeout=1, ids=["?"], onRefusal="warn")
            assert answer["allowed"] is False
        assert wait(lambda: bool(said))
        plugin.cancel()
        assert plugin.invoke("getCurrentUser", timeout=1)["displayName"] == "Ada Lovelace"
