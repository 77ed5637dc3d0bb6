"""CSP's side (VMware Cloud Services), under `/csp/gateway/am/api`.

Not there: the JWKS and PEM forms of the public key, since signing with a key pair needs a
cryptography library that callerid does not depend on; no one verifies these tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from callerid.platforms.csp.sandbox import errors, holders
from callerid.platforms.csp.sandbox.caller import SECONDS, CspCaller
from callerid.sandbox import wire
from callerid.sandbox.gate import Gate
from callerid.sandbox.stand_in import StandIn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from callerid.platforms.csp.sandbox.behaviour import CspBehaviour
    from callerid.sandbox.caller import Body

_PREFIX = "/csp/gateway/am/api"
_SCOPE = "ALL_PERMISSIONS openid"
_API_TOKEN_SECONDS = 182 * 24 * 3600


async def authorize(request: Request) -> JSONResponse:
    """`POST /auth/api-tokens/authorize`: exchange an API token, in a form and anonymously."""
    behaviour = errors.behaviour_of(request)
    if request.query_params and not behaviour.query_string_token:
        raise HTTPException(400, "The token must not be in the query string")
    if "authorization" in request.headers and behaviour.authorize_refuses_header:
        raise HTTPException(401)
    fields = dict(request.query_params) or await _form(request)
    given = _require_api_token(fields, behaviour)
    found = holders.api_token_holder(request, given)
    if found is None or found[1].behaviour.other_host:
        return errors.invalid_grant(request, f"Invalid refresh token: {errors.masked(given)}")
    return _reply(request, *found, refresh_token=given)


async def token(request: Request) -> JSONResponse:
    """`POST /auth/token` and the older `/auth/authorize`: an OAuth app's client credentials.

    Without `orgId` the token is of the main organization. A wrong id or secret is answered with
    401, like a missing one; that is an inference.
    """
    served = errors.behaviour_of(request).app_token_path
    if served != "both" and not request.url.path.endswith(f"/{served}"):
        raise HTTPException(404)
    name, caller = _app(request)
    if caller.behaviour.other_host:
        return errors.invalid_grant(request, "Invalid client id")
    fields = await _form(request)
    if fields.get("grant_type") != "client_credentials":
        raise HTTPException(400, "unsupported_grant_type: use client_credentials")
    there = caller.in_organization(fields.get("orgId") or caller.organization_id)
    if there is None:
        raise HTTPException(caller.behaviour.app_organization_status)
    seconds = fields.get("accessTokenValiditySeconds", str(SECONDS))
    if not (seconds.isascii() and seconds.isdigit() and 1 <= int(seconds) <= SECONDS):
        raise HTTPException(400, f"accessTokenValiditySeconds must be 1 to {SECONDS}")
    return _reply(request, name, there, seconds=int(seconds))


async def details(request: Request) -> JSONResponse:
    """`POST /auth/api-tokens/details`: what an API token is; times in seconds, as documented."""
    found = holders.api_token_holder(request, (await wire.json_object(request)).get("tokenValue"))
    if not found:
        raise HTTPException(404, "No user with given token exists")
    name, caller = found
    tokens = wire.desk(request).tokens
    return JSONResponse(
        {
            "orgId": caller.organization_id,
            "userId": caller.subject,
            "username": caller.username,
            "expiresAt": tokens.started_at + _API_TOKEN_SECONDS,
            "createdAt": tokens.started_at,
            "lastUsedAt": tokens.last_minted(caller.holder(name)),
            "allowedScopes": None,
        }
    )


async def info(request: Request) -> JSONResponse:
    """`GET /loggedin/user/orgs/{orgId}/info`."""
    found = _info(request)
    if errors.behaviour_of(request).service_roles == "objects":
        found = {**found, "userOrgInfo": [_with_objects(org) for org in _reported(found)]}
    return JSONResponse(found)


async def roles(request: Request) -> JSONResponse:
    """`GET /loggedin/user/orgs/{orgId}/roles`: a bare array."""
    found = [role for org in _reported(_info(request)) for role in org.get("orgRoles") or []]
    return JSONResponse(found)


async def service_roles(request: Request) -> JSONResponse:
    """`GET /loggedin/user/orgs/{orgId}/service-roles`: an object, unlike its sibling."""
    wanted = request.query_params.get("serviceDefinitionLink")
    found = [
        _held_in(service)
        for org in _reported(_info(request))
        for service in org.get("servicesDef") or org.get("serviceDef") or []
        if wanted in (None, service.get("refLink"))
    ]
    return JSONResponse({"serviceRoles": found})


async def user(request: Request) -> JSONResponse:
    """`GET /loggedin/user`: the user of `/info`."""
    return JSONResponse(_info(request).get("user"))


_GATE = Gate(CspCaller, errors.refusal)
_POSTED = {
    "auth/api-tokens/authorize": ("authorize", authorize, holders.by_api_token),
    "auth/api-tokens/details": ("details", details, holders.by_details),
    "auth/token": ("token", token, holders.by_app),
    "auth/authorize": ("token", token, holders.by_app),
}
_LOGGED_IN = {
    "": ("user", user),
    "/orgs/{org_id}/info": ("info", info),
    "/orgs/{org_id}/roles": ("roles", roles),
    "/orgs/{org_id}/service-roles": ("service-roles", service_roles),
}
_ROUTES = [
    *(
        Route(f"{_PREFIX}/{path}", _GATE.before(endpoint, answer, find), methods=["POST"])
        for path, (endpoint, answer, find) in _POSTED.items()
    ),
    *(
        Route(
            f"{_PREFIX}/loggedin/user{path}",
            _GATE.before(endpoint, answer, holders.by_access_token),
        )
        for path, (endpoint, answer) in _LOGGED_IN.items()
    ),
]


def _reply(
    request: Request,
    name: str,
    caller: CspCaller,
    refresh_token: str | None = None,
    seconds: int = SECONDS,
) -> JSONResponse:
    return JSONResponse(
        {
            "id_token": None,
            "token_type": "bearer",
            "expires_in": seconds - 1,
            "scope": _SCOPE,
            "access_token": caller.mint(wire.desk(request).tokens, name, seconds),
            "refresh_token": refresh_token,
        }
    )


def _require_api_token(fields: Mapping[str, str], behaviour: CspBehaviour) -> str:
    """Read the API token from the parameter that is known; the text of the 400 is inferred."""
    known = behaviour.api_token_parameter
    if known == "both":
        return next((fields[name] for name in holders.API_TOKEN_PARAMETERS if fields.get(name)), "")
    if known not in fields:
        raise HTTPException(400, f"Missing mandatory parameter: {known}")
    return fields[known]


async def _form(request: Request) -> dict[str, str]:
    if wire.media_type(request) != wire.FORM:
        raise HTTPException(400, f"The content type must be {wire.FORM}")
    return await wire.form(request)


def _app(request: Request) -> tuple[str, CspCaller]:
    if wire.basic(request) is None:
        raise HTTPException(401, "Missing mandatory request header: authorization")
    found = holders.app_holder(request)
    if found is None:
        raise HTTPException(401)
    return found


def _info(request: Request) -> Body:
    """Find the caller's `/info`; every `/loggedin` route starts here, and refuses alike."""
    caller = wire.signed_in(request, CspCaller, holders.access_token(request))
    if caller is None or caller.behaviour.other_host:
        raise HTTPException(401)
    if not caller.is_person:
        raise _machine_refusal(caller.behaviour)
    if request.path_params.get("org_id", caller.organization_id) != caller.organization_id:
        raise HTTPException(caller.behaviour.wrong_organization_status)
    if caller.info is None:
        raise HTTPException(403)
    return caller.info


def _machine_refusal(behaviour: CspBehaviour) -> HTTPException:
    status, body = behaviour.service_account_status, behaviour.service_account_body
    return HTTPException(status) if body is None else wire.Verbatim(status, body)


def _reported(info: Mapping[str, Any]) -> list[dict[str, Any]]:
    return info.get("userOrgInfo") or []


def _held_in(service: Mapping[str, Any]) -> dict[str, Any]:
    """Write the caller's roles in a service as `/service-roles` does."""
    return {
        "serviceDefinitionLink": service.get("refLink"),
        "serviceRoleNames": service.get("serviceRoles") or [],
        "serviceRoles": service.get("roles") or [],
    }


def _with_objects(org: Mapping[str, Any]) -> dict[str, Any]:
    """Write the services of an organization with objects as their roles."""
    own = ("refLink", "roles")
    return {
        key: [
            {**{k: v for k, v in each.items() if k not in own}, **_held_in(each)} for each in found
        ]
        if key in {"servicesDef", "serviceDef"} and found
        else found
        for key, found in org.items()
    }


STAND_IN = StandIn(f"{_PREFIX}/", _ROUTES, errors.refusal)
