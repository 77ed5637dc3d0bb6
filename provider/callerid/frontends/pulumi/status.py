"""Errors as the engine gets them: a gRPC status and one message; it shows no other detail."""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING

import grpc

from callerid import errors

if TYPE_CHECKING:
    from types import TracebackType

CODES: dict[type[errors.CalleridError], grpc.StatusCode] = {
    errors.ConfigurationError: grpc.StatusCode.FAILED_PRECONDITION,
    errors.ArgumentError: grpc.StatusCode.INVALID_ARGUMENT,
    errors.FunctionNotFoundError: grpc.StatusCode.NOT_FOUND,
    errors.CancelledError: grpc.StatusCode.CANCELLED,
    errors.RefusedError: grpc.StatusCode.PERMISSION_DENIED,
    errors.ApiError: grpc.StatusCode.UNKNOWN,
    errors.UnreachableError: grpc.StatusCode.UNAVAILABLE,
    errors.UnauthorizedError: grpc.StatusCode.UNAUTHENTICATED,
    errors.ForbiddenError: grpc.StatusCode.PERMISSION_DENIED,
    errors.NotFoundError: grpc.StatusCode.NOT_FOUND,
    errors.RateLimitedError: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.UnexpectedReplyError: grpc.StatusCode.UNAVAILABLE,
}
"""Every class of the tree in `callerid.errors` but its root."""


LONGEST = 3000
"""The most characters of a message; names that came from outside may be long."""


def of(error: Exception) -> tuple[grpc.StatusCode, str]:
    """Give the status and the message for an error; what is none of ours is a bug of ours."""
    if isinstance(error, errors.CalleridError):
        return CODES[type(error)], _cut(errors.printable(str(error)))
    place = _place(error.__traceback__)
    text = (
        f"callerid internal error ({type(error).__name__}{place}). This is a bug in callerid, not "
        "in your program.\nPlease report this line on callerid's issue tracker."
    )
    return grpc.StatusCode.INTERNAL, text


def _cut(text: str) -> str:
    """Keep a message short enough for gRPC, which loses one of 16 KiB with its status."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _place(traceback: TracebackType | None) -> str:
    """Say where an error arose, by file and line alone: its text may hold a value."""
    if traceback is None:
        return ""
    while traceback.tb_next:
        traceback = traceback.tb_next
    folder, file = os.path.split(traceback.tb_frame.f_code.co_filename)
    return f" at {os.path.basename(folder)}/{file}:{traceback.tb_lineno}"
