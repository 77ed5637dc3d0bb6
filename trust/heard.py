"""What a plugin says over gRPC: every message, error, detail and trailer, searched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from callerid.config import BY_NAME
from callerid.frontends.pulumi import values

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.plugin import Plugin

    from searched import Search


class Hearing(grpc.UnaryUnaryClientInterceptor):
    """Searches whatever comes back from a call."""

    def __init__(self, search: Search) -> None:
        """Search for these canaries."""
        self._search = search

    def intercept_unary_unary(
        self, continuation: Callable[..., Any], details: Any, request: Any
    ) -> Any:
        """Make the call, and search what comes of it."""
        call = continuation(details, request)
        if error := call.exception():
            told = f"{error.code()} {error.details()} {error.debug_error_string()}"
            self._search.look("gRPC errors", told)
        else:
            self._search.look("gRPC messages", sent(call.result(), request))
        for metadata in (call.initial_metadata(), call.trailing_metadata()):
            pairs = [f"{name}: {value!r}" for name, value in metadata or ()]
            self._search.look("gRPC trailers", "\n".join(pairs))
        return call


def hear(plugin: Plugin, search: Search) -> None:
    """Let all calls of a plugin be heard from now on."""
    channel = grpc.intercept_channel(plugin.channel, Hearing(search))
    plugin.stub = provider_pb2_grpc.ResourceProviderStub(channel)


def sent(response: Any, request: Any) -> bytes:
    """Give the bytes of a response, but for settings given back as the protocol wants them.

    CheckConfig returns the settings that it was sent: a secret one has to be marked as a secret.
    """
    copy = type(response).FromString(response.SerializeToString())
    if isinstance(copy, provider_pb2.CheckResponse):
        for name, value in request.news.fields.items():
            if copy.inputs.fields.get(name) == _given_back(name, value):
                del copy.inputs.fields[name]
    return bytes(copy.SerializeToString())


def _given_back(name: str, value: struct_pb2.Value) -> struct_pb2.Value:
    """Write a setting as the engine keeps it in its state: a secret one encrypted, by this mark."""
    if name not in BY_NAME or not BY_NAME[name].secret:
        return value
    marked = struct_pb2.Struct()
    marked.update({values.SIGNATURE: values.SECRET})
    marked.fields["value"].CopyFrom(value)
    return struct_pb2.Value(struct_value=marked)
