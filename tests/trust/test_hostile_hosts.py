"""Providers that a Cancel or a StopProvider ruins, or does nothing to, and slow ones, are lost."""

from __future__ import annotations

import threading
from concurrent import futures
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
from support.memory import MIB
from support.plugin import Plugin, struct

import hostile_engine
import hostile_terraform
from attacked import Watch
from callerid.errors import CancelledError
from callerid.frontends.terraform import dynamic
from callerid.frontends.terraform.messages import message
from outcome import NAME
from trial import Scale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.terraform_host import Connection, Host


class _Ends:
    """When a provider ends calls: now and then, never, always from the first stop on; or badly."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._lock = threading.Lock()
        self._calls = 0
        self._stopped = False

    def stop(self) -> None:
        """Be told to end what is in flight."""
        self._stopped = True

    @property
    def next(self) -> str:
        """The end of the next call: a name, or what else is said."""
        with self._lock:
            self._calls += 1
            begun = self._calls
        ends = {
            "now and then": begun % 2 == 0 and begun < 50,
            "never": False,
            "for ever": self._stopped or begun > 1,
            "with another error": begun % 2 == 0 and begun < 50,
            "with another name": begun % 2 == 0,
        }
        other = {"with another error": "callerid is busy.", "with another name": "somebody"}
        return other.get(self._kind, str(CancelledError())) if ends[self._kind] else NAME


LOST = {
    "now and then": "",
    "never": "nothing was tried: no call",
    "for ever": "on the same connection: ",
    "with another error": "callerid is busy.",
    "with another name": "a wrong answer: somebody",
}


def _is_lost(kind: str, lost: list[str]) -> bool:
    return any(LOST[kind] in each for each in lost) if LOST[kind] else not lost


class _Engine(provider_pb2_grpc.ResourceProviderServicer):
    """A plugin that ends calls so."""

    def __init__(self, ends: _Ends) -> None:
        self._ends = ends

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802 - as gRPC names it
        """End calls."""
        del request, context
        self._ends.stop()
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802 - as above
        """Answer, or do not."""
        del request
        end = self._ends.next
        if end == str(CancelledError()):
            context.abort(grpc.StatusCode.CANCELLED, end)
        if end.endswith("."):
            context.abort(grpc.StatusCode.INTERNAL, end)
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(struct({"displayName": end}))
        return response


@contextmanager
def _plugin(ends: _Ends) -> Iterator[Plugin]:
    server = grpc.server(futures.ThreadPoolExecutor(8))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(_Engine(ends), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    plugin = Plugin(cast("Any", None), port)
    yield plugin
    plugin.channel.close()
    server.stop(None)


@pytest.mark.parametrize("kind", LOST)
def test_a_plugin_answers_after_cancel(kind: str) -> None:
    """On the same connection; amid Cancels a call is cancelled or answered, and both come."""
    with _plugin(_Ends(kind)) as plugin:
        lost = hostile_engine._cancels(plugin, Scale.SHORT).lost  # noqa: SLF001 - the judge
    assert _is_lost(kind, lost), lost


class _Connection:
    """A connection to a provider that ends calls so; it is its own host."""

    def __init__(self, ends: _Ends) -> None:
        self._ends = ends

    def connect(self) -> Connection:
        """Connect."""
        return cast("Connection", self)

    def configure(self) -> None:
        """Take no settings."""

    def close(self) -> None:
        """Keep it."""

    def call(self, _: str) -> Any:
        """Be stopped."""
        self._ends.stop()
        return message("StopProviderResponse")()

    def read(self, _: str) -> Any:
        """Answer, or do not."""
        end, response = self._ends.next, message("ReadDataSourceResponse")
        if end.endswith("."):
            return response(diagnostics=[{"severity": 1, "summary": "No", "detail": end}])
        return response(state=dynamic.write({"display_name": end}))


@pytest.mark.parametrize("kind", LOST)
def test_a_provider_answers_after_stop(kind: str) -> None:
    """On the same connection; amid StopProviders a call is stopped or answered, and both come."""
    host = cast("Host", _Connection(_Ends(kind)))
    lost = hostile_terraform._stops(host, Scale.SHORT).lost  # noqa: SLF001 - the judge
    assert _is_lost(kind, lost), lost


def test_an_answer_that_names_nobody_is_wrong() -> None:
    """Whether or not it says that something else is amiss."""
    answer = message("ReadDataSourceResponse")(state=dynamic.write({"display_name": None}))
    assert [*hostile_terraform._amiss(answer)] == ["a wrong answer: None"]  # noqa: SLF001 - the judge


class _Slow:
    """A plugin and a provider at once, that take any message; `time` says that it took so long."""

    def __init__(self, seconds: float) -> None:
        self.channel = self
        self._now = 0.0
        self._seconds = seconds

    def unary_unary(self, _: str) -> Any:
        """Give a method."""
        return self.send

    def call(self, _: str) -> None:
        """Be called in no time."""

    def send(self, *_: Any, **__: Any) -> bytes:
        """Let the time pass."""
        self._now += self._seconds
        return b""

    def monotonic(self) -> float:
        """Tell the time."""
        return self._now


@pytest.mark.parametrize(("seconds", "lost"), [(3.2, 0), (10.0, 1)])
@pytest.mark.parametrize("front", [hostile_engine, hostile_terraform])
def test_a_large_message_has_a_limit(
    front: Any, seconds: float, lost: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It grows with the message; a small one has less."""
    slow, watch = _Slow(seconds), Watch()
    monkeypatch.setattr(front, "time", slow)
    name = {hostile_engine: "Invoke", hostile_terraform: "StopProvider"}[front]
    assert len(front._sent(slow, watch, name, b"x" * 8 * MIB)) == lost  # noqa: SLF001 - the judge
    assert watch.seen == f"at most {seconds:.1f} s, and {seconds:.1f} s with 8 MiB"
    assert front._sent(slow, watch, name, b"x")  # noqa: SLF001 - as above


@pytest.mark.parametrize(("seconds", "lost"), [(2.5, 0), (9.0, 1)])
def test_metadata_has_a_limit(seconds: float, lost: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent beside a message is no excuse."""
    slow, watch = _Slow(seconds), Watch()
    monkeypatch.setattr(hostile_terraform, "time", slow)
    found = hostile_terraform._with_metadata(cast("Connection", slow), watch, 1024)  # noqa: SLF001 - the judge
    assert len(found) == lost
    assert watch.seen == f"at most {seconds:.1f} s"
