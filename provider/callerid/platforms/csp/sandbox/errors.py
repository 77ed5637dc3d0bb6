"""The error bodies of CSP (VMware Cloud Services).

Error texts are the documented ones. The codes `250.100`, 340 and 540 were observed by others, and
so were the two bodies of `invalid_grant`; the other codes are made up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from starlette.responses import JSONResponse

from callerid.platforms.csp.sandbox.behaviour import CspBehaviour
from callerid.platforms.csp.sandbox.caller import CspCaller
from callerid.sandbox import wire

if TYPE_CHECKING:
    from starlette.requests import Request

_TEXTS = {
    401: "The user is not authorized to use the API",
    403: "The user is forbidden to use the API",
    404: "The requested resource could not be found",
    429: "The user has sent too many requests",
    500: "An unexpected error has occurred while processing the request",
}
_MODULE, _GRANT_MODULE, _LONG_GRANT_MODULE = 250, 340, 540
_CODES = {401: 100}
_CHAINED = "340.800"
_TAIL = 4
_NOT_FOUND = 404


def behaviour_of(request: Request) -> CspBehaviour:
    """Find the switches of who asks; a request to nowhere has the usual ones."""
    caller = getattr(request.state, "caller", None)
    return caller.behaviour if isinstance(caller, CspCaller) else CspBehaviour()


def refusal(request: Request, status: int, message: str | None = None) -> JSONResponse:
    """Answer an error the way CSP does; its documented text of a status wins over HTTP's phrase."""
    return JSONResponse(_refusal(status, message, behaviour_of(request)), status)


def invalid_grant(request: Request, what: str) -> JSONResponse:
    """Refuse a credential: with the short body of 400 or the long one of 404."""
    behaviour = behaviour_of(request)
    return JSONResponse(_invalid_grant(what, behaviour), behaviour.invalid_grant_status)


def masked(token: str) -> str:
    """Mask an API token as CSP does, which shows its tail."""
    return f"xxxxx{token[-_TAIL:] if len(token) > 2 * _TAIL else ''}"


def _refusal(status: int, message: str | None, behaviour: CspBehaviour) -> dict[str, Any]:
    phrase = wire.phrase(status)
    plain = message is None or message == phrase
    code = f"{_MODULE}.{_CODES.get(status, status)}"
    chained = f"{code}-{_CHAINED}" if behaviour.chained_csp_error_code else code
    body = {
        "statusCode": status,
        "message": _TEXTS.get(status, phrase) if plain else message,
        "requestId": str(uuid4()),
        "moduleCode": _module(_MODULE, behaviour),
        "cspErrorCode": chained,
    }
    traced = {"metadata": None, "traceId": uuid4().hex[:16]}
    return {
        **(traced if behaviour.trace_and_metadata else {}),
        **body,
        **({"errorCode": code} if behaviour.error_code else {}),
    }


def _invalid_grant(what: str, behaviour: CspBehaviour) -> dict[str, Any]:
    message = f"invalid_grant: {what}"
    if behaviour.invalid_grant_status != _NOT_FOUND:
        return {"moduleCode": _module(_GRANT_MODULE, behaviour), "message": message}
    return {
        "metadata": "knull",
        "traceId": uuid4().hex[:16],
        "statusCode": _NOT_FOUND,
        "message": message,
        "requestId": str(uuid4()),
        "moduleCode": str(_LONG_GRANT_MODULE),
        "cspErrorCode": f"{_LONG_GRANT_MODULE}.120-{_CHAINED}",
    }


def _module(code: int, behaviour: CspBehaviour) -> int | str:
    return code if behaviour.module_code_type == "number" else str(code)
