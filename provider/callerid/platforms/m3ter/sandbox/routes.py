"""m3ter's endpoints: tokens, who the caller is, and the caller's permission policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from callerid.platforms.m3ter.sandbox import errors, holders
from callerid.platforms.m3ter.sandbox.caller import SECONDS, M3terCaller
from callerid.sandbox import bodies, wire
from callerid.sandbox.gate import Gate
from callerid.sandbox.stand_in import StandIn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue
    from starlette.requests import Request

    from callerid.platforms.m3ter.sandbox.behaviour import M3terBehaviour, Shape
    from callerid.platforms.m3ter.sandbox.caller import M3terMembership
    from callerid.sandbox.caller import Body

    _Answer = TypeVar("_Answer", Body, list[Body])

_USER_PAGE = 200
_GROUP_PAGE = 100
_GRANT = "client_credentials"
_AT_END: dict[str, dict[str, Any]] = {
    "absent": {},
    "explicitNull": {"nextToken": None},
    "empty": {"nextToken": ""},
}


async def token(request: Request) -> JSONResponse:
    """`POST /oauth/token`: exchange key and secret; the body may be JSON or a form."""
    found = holders.key_holder(request)
    if found is None:
        raise errors.unauthorized(request)
    name, caller = found
    if (await _fields(request)).get("grant_type") != _GRANT:
        raise HTTPException(400, f"grant_type must be {_GRANT}")
    return JSONResponse(
        {
            "token_type": "Bearer",
            "access_token": caller.mint(wire.desk(request).tokens, name),
            "expires_in": SECONDS,
            "scope": None,
        }
    )


async def users_me(request: Request) -> JSONResponse:
    """`GET /organizations/{orgId}/users/me`."""
    behaviour, member = _asked(request)
    if behaviour.users_me_needs_permission and not _may_do_all(member):
        raise HTTPException(403)
    return JSONResponse(_allowed(member.me))


async def user(request: Request) -> JSONResponse:
    """`GET /organizations/{orgId}/users/{id}`: the user in `me` and what only this call has."""
    _, member = _asked(request)
    _require_id(request, member.user_id("user"))
    return JSONResponse({**bodies.mapping(member.me, "user"), **_allowed(member.user_details)})


async def permissions(request: Request) -> JSONResponse:
    """`GET /organizations/{orgId}/{users,serviceusers}/{id}/permissions`, in pages of up to 200."""
    behaviour, member = _asked(request)
    asked = request.scope["path"].split("/", 3)[3]
    if asked == f"users/{member.user_id('user')}/permissions":
        shape = behaviour.permissions_shape
    elif asked == _machine_path(behaviour, member):
        shape = behaviour.service_user_permissions_shape
    else:
        raise HTTPException(404)
    return _listed(request, _allowed(member.policies), _USER_PAGE, shape)


async def user_groups(request: Request) -> JSONResponse:
    """`GET /organizations/{orgId}/users/{id}/usergroups`, in pages of up to 200."""
    behaviour, member = _asked(request)
    _require_id(request, member.user_id("user"))
    hidden = [] if request.query_params.get("inherited") == "true" else member.inherited_groups
    groups = [each for each in _allowed(member.user_groups) if each.get("id") not in hidden]
    return _listed(request, groups, _USER_PAGE, behaviour.user_groups_shape)


async def group_permissions(request: Request) -> JSONResponse:
    """`GET /organizations/{orgId}/resourcegroups/user/{id}/permissions`, in pages of up to 100."""
    behaviour, member = _asked(request)
    _require_id(request, *(group.get("id") for group in member.user_groups or []))
    policies = _allowed(member.group_policies.get(request.path_params["id"], []))
    return _listed(request, policies, _GROUP_PAGE, behaviour.permissions_shape)


_GATE = Gate(M3terCaller, errors.refusal)
_ORGANIZATION = "/organizations/{org_id}"
_BELOW = {
    "users/me": ("users/me", users_me),
    "users/{id}": ("user", user),
    "users/{id}/permissions": ("permissions", permissions),
    "users/{id}/usergroups": ("usergroups", user_groups),
    "serviceusers/{id}/permissions": ("permissions", permissions),
    "serviceUsers/{id}/permissions": ("permissions", permissions),
    "resourcegroups/user/{id}/permissions": ("group-permissions", group_permissions),
}
_ROUTES = [
    Route("/oauth/token", _GATE.before("token", token, holders.by_key), methods=["POST"]),
    *(
        Route(f"{_ORGANIZATION}/{path}", _GATE.before(endpoint, answer, holders.by_token))
        for path, (endpoint, answer) in _BELOW.items()
    ),
]


async def _fields(request: Request) -> dict[str, str]:
    read = wire.json_object if wire.media_type(request) == "application/json" else wire.form
    return await read(request)


def _asked(request: Request) -> tuple[M3terBehaviour, M3terMembership]:
    """Find who asks, as they are in the organization of the path."""
    caller = wire.signed_in(request, M3terCaller, holders.access_token(request))
    if caller is None:
        raise errors.unauthorized(request)
    member = caller.membership(request.path_params["org_id"])
    if member is None:
        raise HTTPException(caller.behaviour.wrong_organization_status)
    return caller.behaviour, member


def _machine_path(behaviour: M3terBehaviour, member: M3terMembership) -> str | None:
    template = behaviour.service_user_permissions_path
    machine = member.user_id("serviceUser")
    return template.replace("{id}", machine) if template and machine else None


def _may_do_all(member: M3terMembership) -> bool:
    """Return whether one of the caller's policies allows every action, in either casing."""
    policies = [member.policies or [], *(p or [] for p in member.group_policies.values())]
    held: list[Any] = [policy.get("permissionPolicy") or [] for some in policies for policy in some]
    return any(
        str(statement.get("effect")).upper() == "ALLOW"
        and "ALL" in {str(action).upper() for action in statement.get("action") or []}
        for statements in held
        for statement in statements
    )


def _require_id(request: Request, *known: JsonValue) -> None:
    if request.path_params["id"] not in known:
        raise HTTPException(404)


def _allowed(body: _Answer | None) -> _Answer:
    if body is None:
        raise HTTPException(403)
    return body


def _listed(request: Request, rows: Sequence[Body], most: int, shape: Shape) -> JSONResponse:
    """Answer a list in one of its forms; as a bare object it is the first row, or an empty one."""
    if shape == "array":
        return JSONResponse(list(rows))
    if shape == "object":
        return JSONResponse(rows[0] if rows else {})
    return _page(request, rows, most)


def _page(request: Request, rows: Sequence[Body], most: int) -> JSONResponse:
    """Cut one page: `pageSize` rows from the position in `nextToken`."""
    size = _number(request, "pageSize", default=most, least=1, most=most)
    start = _number(request, "nextToken", default=0, least=0, most=len(rows))
    end = start + size
    at_end = _AT_END[request.state.caller.behaviour.next_token_at_end]
    following = {"nextToken": str(end)} if end < len(rows) else at_end
    return JSONResponse({"data": rows[start:end], **following})


def _number(request: Request, name: str, *, default: int, least: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise HTTPException(400, f"{name} is not valid")
    return int(text)


STAND_IN = StandIn("", _ROUTES, errors.refusal)
