"""The guard around every RPC: what goes wrong in our own code."""

from __future__ import annotations

import logging
from typing import Any

import grpc
import pytest

from callerid.frontends.pulumi import server


class _AbortedError(Exception):
    """What a context raises when it aborts."""


class _Context:
    """Notes how a call was aborted."""

    def abort(self, code: grpc.StatusCode, text: str) -> None:
        """Abort like gRPC does."""
        raise _AbortedError(code, text)


def _bug(_request: Any, _context: Any) -> Any:
    return dict[str, str]()["canary"]


@pytest.mark.parametrize(("level", "traced"), [(logging.DEBUG, True), (logging.INFO, False)])
def test_a_bug_is_one_line_and_its_traceback_is_for_debuggers(
    caplog: pytest.LogCaptureFixture, level: int, traced: object
) -> None:
    """The engine gets a sentence; the traceback is written at debug level alone."""
    caplog.set_level(level, "callerid")
    handle = server._guarded("Invoke", _bug)  # noqa: SLF001 - no RPC of ours has a bug to call
    with pytest.raises(_AbortedError) as caught:
        handle(object(), _Context())
    code, text = caught.value.args
    assert code == grpc.StatusCode.INTERNAL
    assert text.startswith("callerid internal error (KeyError at pulumi/test_server.py:")
    assert "report" in text
    assert ("in _bug" in caplog.text) is traced
    assert "KeyError: " not in caplog.text
