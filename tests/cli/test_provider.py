"""`callerid provider`, attached to as the engine does it."""

from __future__ import annotations

import json
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2
from support import bodies
from support.api import Api, Reply, json_reply
from support.plugin import Plugin, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLERID = Path(sys.executable).with_name("callerid")
SIGNALS = [signal.SIGINT, signal.SIGTERM]
OF_A_TERMINAL = [] if sys.platform == "win32" else [signal.SIGHUP, signal.SIGQUIT]


def _start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own command
        [CALLERID, "provider", *arguments],
        env=environment({}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def _attached(number: signal.Signals = signal.SIGINT) -> Iterator[Plugin]:
    """Start it, and connect to the port it names; end it with a signal, cleanly and at once."""
    process = _start()
    assert process.stdout
    line = process.stdout.readline()
    match = re.fullmatch(r"PULUMI_DEBUG_PROVIDERS=callerid:(\d+)\n", line)
    assert match, line
    plugin = Plugin(process, int(match[1]))
    try:
        yield plugin
    finally:
        sent = time.monotonic()
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=10)
        plugin.channel.close()
    assert (process.returncode, stdout) == (0, "")
    assert time.monotonic() - sent < 2
    assert f"export {line}" in stderr
    assert "Ctrl-C stops it" in stderr
    assert "Traceback" not in stderr


def _preview(plugin: Plugin, url: str, organization: str, token: str) -> str:
    """Talk as the engine does during one preview; give who calls."""
    plugin.stub.Handshake(provider_pb2.ProviderHandshakeRequest(), timeout=30)
    plugin.stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:9"), timeout=30)
    plugin.configure(m3terBaseUrl=url, m3terOrgId=organization, m3terApiToken=token)
    answer = plugin.invoke("getCurrentUser")
    plugin.stub.Cancel(empty_pb2.Empty(), timeout=30)
    return f"{answer['displayName']} in {answer['orgId']}"


def _user(organization: str) -> str:
    return f"GET /organizations/{organization}/users/me"


@pytest.mark.parametrize("number", SIGNALS)
def test_previews_one_after_another(api: Api, number: signal.Signals) -> None:
    """Each preview is answered by its own settings, the latest, and a signal ends it all."""
    api.on(_user("one"), json_reply(bodies.person(firstName="Ada", lastName="One")))
    api.on(_user("two"), json_reply(bodies.person(firstName="Bob", lastName="Two")))
    with _attached(number) as plugin:
        assert _preview(plugin, api.url, "one", "token-1") == "Ada One in one"
        assert _preview(plugin, api.url, "two", "token-2") == "Bob Two in two"
    sent = {seen.headers["authorization"] for seen in api.seen if "/two/" in seen.path}
    assert sent == {"Bearer token-2"}


@pytest.mark.parametrize("number", SIGNALS)
def test_a_call_that_hangs_does_not_hold_up_the_end(api: Api, number: signal.Signals) -> None:
    """A signal ends it within two seconds, whatever the API does."""
    api.on(_user("one"), Reply(delay=5))
    with _attached(number) as plugin:
        plugin.configure(m3terBaseUrl=api.url, m3terOrgId="one", m3terApiToken="token")
        refused: list[grpc.StatusCode] = []
        call = Thread(target=lambda: refused.append(plugin.refusal("getCurrentUser")[0]))
        call.start()
        while not api.seen:
            time.sleep(0.01)
    call.join(10)
    assert refused[0] in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}


def test_port_is_taken() -> None:
    """It says so in one sentence, and exits with 1."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        process = _start("--port", port)
        stdout, stderr = process.communicate(timeout=10)
    assert (process.returncode, stdout) == (1, "")
    assert stderr == (
        f"Error: The provider cannot listen on port {port} of 127.0.0.1: Address already in use. "
        "Choose another port, or leave it out for a free one.\n"
    )


def test_the_port_of_choice() -> None:
    """`--port` names it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = _start("--port", str(port))
    assert process.stdout
    assert process.stdout.readline() == f"PULUMI_DEBUG_PROVIDERS=callerid:{port}\n"
    process.terminate()
    process.communicate(timeout=10)
    assert process.returncode == 0


@pytest.mark.parametrize("number", [*SIGNALS, *OF_A_TERMINAL])
def test_terraform_is_told_where_to_attach(number: signal.Signals) -> None:
    """The variable names a socket that listens, and this process; a signal ends it cleanly."""
    pytest.importorskip("grpclib")
    process = _start("--terraform")
    assert process.stdout
    name, _, value = process.stdout.readline().partition("=")
    [attached] = json.loads(value).values()
    assert (name, attached["Protocol"], attached["Test"]) == ("TF_REATTACH_PROVIDERS", "grpc", True)
    kind = socket.AF_UNIX if attached["Addr"]["Network"] == "unix" else socket.AF_INET
    with socket.socket(kind, socket.SOCK_STREAM) as host:
        host.connect(attached["Addr"]["String"])
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=10)
    assert (process.returncode, stdout) == (0, "")
    assert f"TF_REATTACH_PROVIDERS={shlex.quote(value.strip())}" in stderr
    assert not Path(attached["Addr"]["String"]).parent.exists()


def test_terraform_has_no_port_to_choose() -> None:
    """It finds the provider by the variable alone."""
    process = _start("--terraform", "--port", "4711")
    _, stderr = process.communicate(timeout=10)
    assert process.returncode == 2
    assert "--port is for Pulumi" in stderr
