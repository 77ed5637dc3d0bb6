"""The answers of faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from callerid.sandbox import wire
from callerid.sandbox.hangup import CutShort, Dropped

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from callerid.sandbox.fault import Fault

_PAGE = "<!DOCTYPE html><html><body><h1>{status}</h1><p>The gateway speaks.</p></body></html>"
_OK = 200
_REDIRECT = 307


async def respond(
    fault: Fault,
    now: float,
    refuse: Callable[[int], Response],
    answer: Callable[[], Awaitable[Response]],
) -> Response:
    """Make the answer that a fault asks for, all but its latency.

    Args:
        fault: what goes wrong.
        now: seconds since 1970, for dates.
        refuse: returns the platform's own error for a status.
        answer: returns the answer without the fault; called only if needed.
    """
    if fault.drop:
        return Dropped()
    made = _own(fault)
    if made is None:
        made = refuse(fault.status) if fault.status else await answer()
    if fault.content_type:
        made.headers["content-type"] = fault.content_type
    if fault.retry_after:
        made.headers["retry-after"] = fault.retry_after.header(now)
    return CutShort(made) if fault.cut else made


def _own(fault: Fault) -> Response | None:
    """Make the answer that the fault itself describes; None where it only changes another."""
    status = fault.status or _OK
    if fault.redirect:
        return Response(status_code=_REDIRECT, headers={"location": fault.redirect})
    if fault.has_body:
        return wire.verbatim(fault.body, status)
    if fault.html:
        return Response(_PAGE.format(status=status), status, media_type="text/html")
    if fault.empty:
        return Response(b"", status)
    if fault.huge_bytes:
        text = b'"' + b"x" * (fault.huge_bytes - 2) + b'"'
        return Response(text, status, media_type="application/json")
    return None
