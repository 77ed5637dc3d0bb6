"""Toy Cloud's two endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.platforms.toy.sandbox.caller import SECONDS, ToyCaller
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from callerid.sandbox import wire
from callerid.sandbox.gate import Gate
from callerid.sandbox.stand_in import StandIn

if TYPE_CHECKING:
    from starlette.requests import Request


def refusal(request: Request, status: int, message: str | None = None) -> JSONResponse:
    """Answer an error."""
    del request
    return JSONResponse({"error": message or wire.phrase(status)}, status)


async def by_key(request: Request) -> str | None:
    """Name the caller whose key it is."""
    for name, caller in wire.callers(request, ToyCaller):
        if wire.basic(request) == (caller.credential.api_key, caller.credential.api_secret):
            return name
    return None


async def by_token(request: Request) -> str | None:
    """Name the caller whose token it is."""
    return wire.owner(request, ToyCaller, wire.bearer(request) or "")


async def token(request: Request) -> JSONResponse:
    """Exchange a key for a token."""
    name = await by_key(request)
    caller = wire.caller(request, ToyCaller, name)
    if name is None or caller is None:
        raise HTTPException(401)
    made = caller.mint(wire.desk(request).tokens, name)
    return JSONResponse({"access_token": made, "expires_in": SECONDS})


async def me(request: Request) -> JSONResponse:
    """Answer who calls."""
    caller = wire.signed_in(request, ToyCaller, wire.bearer(request) or "")
    if caller is None:
        raise HTTPException(401)
    if caller.me is None or request.path_params["org_id"] != caller.organization_id:
        raise HTTPException(403)
    return JSONResponse(caller.me)


_GATE = Gate(ToyCaller, refusal)
STAND_IN = StandIn(
    "/toy/",
    [
        Route("/toy/token", _GATE.before("token", token, by_key), methods=["POST"]),
        Route("/toy/orgs/{org_id}/me", _GATE.before("me", me, by_token)),
    ],
    refusal,
)
