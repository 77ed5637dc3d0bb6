"""The guard around every RPC: what goes wrong in our own code."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from callerid.frontends import failures, memory
from callerid.frontends.pulumi import server
from callerid.frontends.pulumi.messages import message
from callerid.frontends.pulumi.other_users import OtherUsers
from callerid.frontends.strike import Strike

if TYPE_CHECKING:
    from collections.abc import Iterator


class _AbortedError(Exception):
    """What a context raises when it aborts."""


class _Context:
    """Notes how a call was aborted."""

    def peer(self) -> str:
        """Give where nobody listens."""
        return "unix:"

    def abort(self, code: grpc.StatusCode, text: str) -> None:
        """Abort like gRPC does."""
        raise _AbortedError(code, text)


def _bug(_request: Any, _context: Any) -> Any:
    return dict[str, str]()["canary"]


def _aborted(requests: Iterator[bytes], other_users: OtherUsers) -> tuple[Any, ...]:
    """Call what has a bug, which no RPC of ours has, and give how that is told."""
    handle = server._guarded("Invoke", _bug, message("InvokeRequest"), other_users)  # noqa: SLF001 - see above
    with pytest.raises(_AbortedError) as caught:
        handle(requests, _Context())
    return caught.value.args


@pytest.mark.parametrize(("level", "traced"), [(logging.DEBUG, True), (logging.INFO, False)])
def test_a_bug_is_one_line_and_its_traceback_is_for_debuggers(
    caplog: pytest.LogCaptureFixture, level: int, traced: object
) -> None:
    """The engine gets a sentence; the traceback is written at debug level alone."""
    caplog.set_level(level, "callerid")
    code, text = _aborted(iter([b""]), OtherUsers(()))
    assert code == grpc.StatusCode.INTERNAL
    assert text.startswith("callerid internal error (KeyError at pulumi/test_server.py:")
    assert "report" in text
    assert ("in _bug" in caplog.text) is traced
    assert "KeyError: " not in caplog.text


class _Blind(OtherUsers):
    """Has no memory left to look whose a connection is."""

    def refuse(self, peer: str) -> None:
        """Fail."""
        raise MemoryError(peer)


def test_what_fails_before_the_message_has_come_is_a_sentence_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Looking whose the connection is takes memory as all else does."""
    monkeypatch.setattr(memory, "_STRIKE", Strike())
    assert _aborted(iter([b""]), _Blind(())) == (grpc.StatusCode.RESOURCE_EXHAUSTED, memory.TEXT)


@pytest.mark.parametrize("error", [StopIteration(), grpc.RpcError()])
def test_a_message_that_never_comes(error: Exception) -> None:
    """Whoever asked ended the call, or has gone."""

    def requests() -> Iterator[bytes]:
        if isinstance(error, grpc.RpcError):
            raise error
        yield from ()

    told = failures.unreadable("Invoke", "the engine")
    assert _aborted(requests(), OtherUsers(())) == (grpc.StatusCode.INVALID_ARGUMENT, told)
