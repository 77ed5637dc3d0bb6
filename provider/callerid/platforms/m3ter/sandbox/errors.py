"""The errors of m3ter, which carry `{"message"}` and nothing else.

m3ter documents 403 for "Forbidden or Unauthorized" and lists no 401 at all; so a wrong or missing
key, a token that is unknown or expired, and an organization that is not the token's are all 403
here, and only the message distinguishes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from callerid.platforms.m3ter.sandbox.behaviour import M3terBehaviour
from callerid.platforms.m3ter.sandbox.caller import M3terCaller
from callerid.sandbox import wire

if TYPE_CHECKING:
    from starlette.requests import Request


def refusal(request: Request, status: int, message: str | None = None) -> JSONResponse:
    """Answer an error the way m3ter does; without a message with HTTP's phrase."""
    del request
    return JSONResponse({"message": message or wire.phrase(status)}, status)


def unauthorized(request: Request) -> HTTPException:
    """Return the error of a credential that is not accepted."""
    known = request.state.caller
    behaviour = known.behaviour if isinstance(known, M3terCaller) else M3terBehaviour()
    return HTTPException(behaviour.unauthorized_status, "Unauthorized")
