"""Errors as the engine gets them: a gRPC status and one message; it shows no other detail."""

from __future__ import annotations

import grpc

from callerid import errors
from callerid.frontends import failures
from callerid.frontends.pulumi.lacking import LackingError

CODES: dict[type[errors.CalleridError], grpc.StatusCode] = {
    errors.ConfigurationError: grpc.StatusCode.FAILED_PRECONDITION,
    errors.ArgumentError: grpc.StatusCode.INVALID_ARGUMENT,
    errors.FunctionNotFoundError: grpc.StatusCode.NOT_FOUND,
    errors.CancelledError: grpc.StatusCode.CANCELLED,
    errors.RefusedError: grpc.StatusCode.PERMISSION_DENIED,
    errors.OtherUserError: grpc.StatusCode.PERMISSION_DENIED,
    errors.ApiError: grpc.StatusCode.UNKNOWN,
    errors.UnreachableError: grpc.StatusCode.UNAVAILABLE,
    errors.UnauthorizedError: grpc.StatusCode.UNAUTHENTICATED,
    errors.ForbiddenError: grpc.StatusCode.PERMISSION_DENIED,
    errors.NotFoundError: grpc.StatusCode.NOT_FOUND,
    errors.RateLimitedError: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.UnexpectedReplyError: grpc.StatusCode.UNAVAILABLE,
}
"""Every class of the tree in `callerid.errors` but its root."""


def of(error: Exception) -> tuple[grpc.StatusCode, str]:
    """Return the status and message for an error; one that is not ours is a bug of ours."""
    if isinstance(error, errors.CalleridError):
        return CODES[type(error)], failures.text(error)
    if isinstance(error, LackingError):
        return grpc.StatusCode.UNIMPLEMENTED, str(error)
    if failures.shortage(error):
        return grpc.StatusCode.RESOURCE_EXHAUSTED, failures.text(error)
    return grpc.StatusCode.INTERNAL, failures.text(error)
