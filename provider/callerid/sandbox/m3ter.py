"""m3ter's side: the token endpoint, who the caller is, and the caller's permission policies.

Errors carry `{"message"}` and nothing else. m3ter documents 403 for "Forbidden or Unauthorized" and
lists no 401 at all; so a wrong or missing key, a token that is unknown or expired, and an
organization that is not the token's are all 403 here, and the message alone tells them apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from callerid.sandbox import wire
from callerid.sandbox.tokens import M3TER_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue
    from starlette.requests import Request

    from callerid.sandbox.scenario import Body, M3terCaller

    _Answer = TypeVar("_Answer", Body, list[Body])

_USER_PAGE = 200
_GROUP_PAGE = 100
_GRANT = "client_credentials"


def refusal(status: int, message: str) -> JSONResponse:
    """Answer an error the way m3ter does."""
    return JSONResponse({"message": message}, status)


async def token(request: Request) -> JSONResponse:
    """`POST /oauth/token`: exchange key and secret; the body may be JSON or a form."""
    name, caller = _key_holder(request)
    if (await _fields(request)).get("grant_type") != _GRANT:
        raise HTTPException(400, f"grant_type must be {_GRANT}")
    return JSONResponse(
        {
            "token_type": "Bearer",
            "access_token": wire.desk(request).tokens.mint_m3ter(name, caller),
            "expires_in": M3TER_SECONDS,
            "scope": None,
        }
    )


async def users_me(request: Request) -> JSONResponse:
    """`GET /organizations/{orgId}/users/me`."""
    return JSONResponse(_allowed(_caller(request).me))


async def user(request: Request) -> JSONResponse:
    """`GET /organizations/{orgId}/users/{id}`: the user in `me` and what only this call has."""
    caller = _caller(request)
    _require_id(request, caller.user_id("user"))
    details = _allowed(caller.user_details)
    me = _allowed(caller.me)["user"]
    return JSONResponse({**me, **details} if isinstance(me, dict) else details)


async def user_permissions(request: Request) -> JSONResponse:
    """`GET /organizations/{orgId}/users/{id}/permissions`, in pages of up to 200."""
    caller = _caller(request)
    _require_id(request, caller.user_id("user"))
    return _page(request, _allowed(caller.policies), _USER_PAGE)


async def service_user_permissions(request: Request) -> JSONResponse:
    """`GET /organizations/{orgId}/serviceusers/{id}/permissions`, in pages of up to 200."""
    caller = _caller(request)
    _require_id(request, caller.user_id("serviceUser"))
    return _page(request, _allowed(caller.policies), _USER_PAGE)


async def user_groups(request: Request) -> JSONResponse:
    """`GET /organizations/{orgId}/users/{id}/usergroups`, in pages of up to 200."""
    caller = _caller(request)
    _require_id(request, caller.user_id("user"))
    return _page(request, _allowed(caller.user_groups), _USER_PAGE)


async def group_permissions(request: Request) -> JSONResponse:
    """`GET /organizations/{orgId}/resourcegroups/user/{id}/permissions`, in pages of up to 100."""
    caller = _caller(request)
    _require_id(request, *(group.get("id") for group in caller.user_groups or []))
    policies = caller.group_policies.get(request.path_params["id"], [])
    return _page(request, _allowed(policies), _GROUP_PAGE)


_ORGANIZATION = "/organizations/{org_id}"
ROUTES = [
    Route("/oauth/token", token, methods=["POST"]),
    Route(f"{_ORGANIZATION}/users/me", users_me),
    Route(f"{_ORGANIZATION}/users/{{id}}", user),
    Route(f"{_ORGANIZATION}/users/{{id}}/permissions", user_permissions),
    Route(f"{_ORGANIZATION}/users/{{id}}/usergroups", user_groups),
    Route(f"{_ORGANIZATION}/serviceusers/{{id}}/permissions", service_user_permissions),
    Route(f"{_ORGANIZATION}/resourcegroups/user/{{id}}/permissions", group_permissions),
]


def _key_holder(request: Request) -> tuple[str, M3terCaller]:
    given = wire.basic(request)
    for name, scenario in wire.desk(request).callers.items():
        caller = scenario.m3ter
        if given and caller and given == (caller.credential.api_key, caller.credential.api_secret):
            return name, caller
    raise HTTPException(403, "Unauthorized")


async def _fields(request: Request) -> dict[str, str]:
    read = wire.json_object if wire.media_type(request) == "application/json" else wire.form
    return await read(request)


def _caller(request: Request) -> M3terCaller:
    desk = wire.desk(request)
    name = desk.tokens.holder(wire.bearer(request) or "", "m3ter")
    caller = desk.callers[name].m3ter if name else None
    if caller is None:
        raise HTTPException(403, "Unauthorized")
    if request.path_params["org_id"] != caller.organization_id:
        raise HTTPException(403, "Forbidden")
    return caller


def _require_id(request: Request, *known: JsonValue) -> None:
    if request.path_params["id"] not in known:
        raise HTTPException(404, "Not Found")


def _allowed(body: _Answer | None) -> _Answer:
    if body is None:
        raise HTTPException(403, "Forbidden")
    return body


def _page(request: Request, rows: Sequence[Body], most: int) -> JSONResponse:
    """Cut one page: `pageSize` rows from where `nextToken` says; the last has a null token."""
    size = _number(request, "pageSize", default=most, least=1, most=most)
    start = _number(request, "nextToken", default=0, least=0, most=len(rows))
    end = start + size
    following = str(end) if end < len(rows) else None
    return JSONResponse({"data": rows[start:end], "nextToken": following})


def _number(request: Request, name: str, *, default: int, least: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise HTTPException(400, f"{name} is not valid")
    return int(text)
