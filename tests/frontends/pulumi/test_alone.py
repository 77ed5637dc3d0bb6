"""The plugin in an environment that has no pulumi, as the engine starts it for other languages.

protobuf may be newer there than any that pulumi's package allows: `make newest` tries it.
"""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf import json_format, struct_pb2
from support.commands import environment

from callerid import launch
from callerid.frontends.pulumi.messages import message
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 30.0


@contextmanager
def _started(sandbox: Sandbox, caller: str) -> Iterator[grpc.Channel]:
    """Start the plugin, and configure it by its environment."""
    environ = environment(**sandbox.environment(caller))
    with subprocess.Popen(launch.PLUGIN, stdout=subprocess.PIPE, env=environ, text=True) as plugin:  # noqa: S603 - our own command
        assert plugin.stdout
        port = plugin.stdout.readline().strip()
        try:
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield channel
        finally:
            plugin.terminate()
    assert plugin.returncode == 0


def _call(channel: grpc.Channel, name: str, request: Any, response: str) -> Any:
    method = channel.unary_unary(
        f"/pulumirpc.ResourceProvider/{name}",
        request_serializer=type(request).SerializeToString,
        response_deserializer=message(response).FromString,
    )
    return method(request, timeout=SECONDS)


@pytest.mark.parametrize("caller", ["owner", "service-user"])
def test_every_function_answers(caller: str) -> None:
    """A person and a machine, one of each platform, by the plugin's own messages."""
    with Sandbox.start() as sandbox, _started(sandbox, caller) as channel:
        _call(channel, "Configure", message("ConfigureRequest")(), "ConfigureResponse")
        given = {"requireCaller": {"principalTypes": ["user", "serviceUser"]}}
        for name in ("getCurrentUser", "getUserOrgRoles", "requireCaller"):
            args = json_format.ParseDict(given.get(name, {}), struct_pb2.Struct())
            asked = message("InvokeRequest")(tok=f"callerid:index:{name}", args=args)
            answer = _call(channel, "Invoke", asked, "InvokeResponse")
            assert not answer.failures
            told = json_format.MessageToDict(getattr(answer, "return"))
            assert told["displayName"]
