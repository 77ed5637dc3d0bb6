"""CSP's side (VMware Cloud Services), under `/csp/gateway/am/api`.

Error texts are the documented ones. The codes `250.100` and 340 were observed by others; the other
codes are made up. Not there: the JWKS and PEM forms of the public key, since signing with a key
pair needs a cryptography library that callerid does not depend on; nobody verifies these tokens.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from callerid.sandbox import wire
from callerid.sandbox.tokens import CSP_SECONDS, Holder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.requests import Request

    from callerid.sandbox.scenario import Body, CspCaller

PREFIX = "/csp/gateway/am/api"
_SCOPE = "ALL_PERMISSIONS openid"
_API_TOKEN_SECONDS = 182 * 24 * 3600
_TEXTS = {
    401: "The user is not authorized to use the API",
    403: "The user is forbidden to use the API",
    404: "The requested resource could not be found",
}
_MODULE = 250
_CODES = {401: 100}
_TAIL = 4


def refusal(status: int, message: str) -> JSONResponse:
    """Answer an error the way CSP does; the documented text of a status wins over HTTP's phrase."""
    plain = message == HTTPStatus(status).phrase
    code = f"{_MODULE}.{_CODES.get(status, status)}"
    return JSONResponse(
        {
            "metadata": None,
            "traceId": uuid4().hex[:16],
            "statusCode": status,
            "message": _TEXTS.get(status, message) if plain else message,
            "requestId": str(uuid4()),
            "moduleCode": _MODULE,
            "cspErrorCode": code,
            "errorCode": code,
        },
        status,
    )


async def authorize(request: Request) -> JSONResponse:
    """`POST /auth/api-tokens/authorize`: exchange an API token, in a form and anonymously."""
    if request.query_params:
        raise HTTPException(400, "The token must not be in the query string")
    if "authorization" in request.headers:
        raise HTTPException(401)
    fields = await _form(request)
    given = fields.get("api_token") or fields.get("refresh_token") or ""
    found = _api_token_holder(request, given)
    return _reply(request, *found, refresh_token=given) if found else _invalid_grant(given)


async def token(request: Request) -> JSONResponse:
    """`POST /auth/token` and the older `/auth/authorize`: an OAuth app's client credentials.

    A wrong id or secret is answered with 401, like a missing one; that is an inference.
    """
    name, caller = _app(request)
    fields = await _form(request)
    if fields.get("grant_type") != "client_credentials":
        raise HTTPException(400, "unsupported_grant_type: use client_credentials")
    if fields.get("orgId", caller.organization_id) != caller.organization_id:
        raise HTTPException(403)
    seconds = fields.get("accessTokenValiditySeconds", str(CSP_SECONDS))
    if not (seconds.isascii() and seconds.isdigit() and 1 <= int(seconds) <= CSP_SECONDS):
        raise HTTPException(400, f"accessTokenValiditySeconds must be 1 to {CSP_SECONDS}")
    return _reply(request, name, caller, seconds=int(seconds))


async def details(request: Request) -> JSONResponse:
    """`POST /auth/api-tokens/details`: what an API token is; times in seconds, as documented."""
    found = _api_token_holder(request, (await wire.json_object(request)).get("tokenValue"))
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
            "lastUsedAt": tokens.last_minted(Holder("csp", name)),
            "allowedScopes": None,
        }
    )


async def info(request: Request) -> JSONResponse:
    """`GET /loggedin/user/orgs/{orgId}/info`."""
    return JSONResponse(_info(request))


async def roles(request: Request) -> JSONResponse:
    """`GET /loggedin/user/orgs/{orgId}/roles`: a bare array."""
    found = [role for org in _reported(_info(request)) for role in org.get("orgRoles") or []]
    return JSONResponse(found)


async def service_roles(request: Request) -> JSONResponse:
    """`GET /loggedin/user/orgs/{orgId}/service-roles`: an object, unlike its sibling."""
    wanted = request.query_params.get("serviceDefinitionLink")
    found = [
        {
            "serviceDefinitionLink": service.get("refLink"),
            "serviceRoleNames": service.get("serviceRoles") or [],
            "serviceRoles": service.get("roles") or [],
        }
        for org in _reported(_info(request))
        for service in org.get("servicesDef") or org.get("serviceDef") or []
        if wanted in (None, service.get("refLink"))
    ]
    return JSONResponse({"serviceRoles": found})


async def user(request: Request) -> JSONResponse:
    """`GET /loggedin/user`: the user of `/info`."""
    return JSONResponse(_info(request).get("user"))


_LOGGED_IN = f"{PREFIX}/loggedin/user"
ROUTES = [
    Route(f"{PREFIX}/auth/api-tokens/authorize", authorize, methods=["POST"]),
    Route(f"{PREFIX}/auth/api-tokens/details", details, methods=["POST"]),
    Route(f"{PREFIX}/auth/token", token, methods=["POST"]),
    Route(f"{PREFIX}/auth/authorize", token, methods=["POST"]),
    Route(_LOGGED_IN, user),
    Route(f"{_LOGGED_IN}/orgs/{{org_id}}/info", info),
    Route(f"{_LOGGED_IN}/orgs/{{org_id}}/roles", roles),
    Route(f"{_LOGGED_IN}/orgs/{{org_id}}/service-roles", service_roles),
]


def _reply(
    request: Request,
    name: str,
    caller: CspCaller,
    refresh_token: str | None = None,
    seconds: int = CSP_SECONDS,
) -> JSONResponse:
    return JSONResponse(
        {
            "id_token": None,
            "token_type": "bearer",
            "expires_in": seconds - 1,
            "scope": _SCOPE,
            "access_token": wire.desk(request).tokens.mint_csp(name, caller, seconds),
            "refresh_token": refresh_token,
        }
    )


def _invalid_grant(given: str) -> JSONResponse:
    """Refuse an API token with the short body and the masked tail that CSP answers."""
    tail = given[-_TAIL:] if len(given) > 2 * _TAIL else ""
    message = f"invalid_grant: Invalid refresh token: xxxxx{tail}"
    return JSONResponse({"moduleCode": 340, "message": message}, 400)


async def _form(request: Request) -> dict[str, str]:
    if wire.media_type(request) != wire.FORM:
        raise HTTPException(400, f"The content type must be {wire.FORM}")
    return await wire.form(request)


def _callers(request: Request) -> Iterator[tuple[str, CspCaller]]:
    for name, scenario in wire.desk(request).callers.items():
        if scenario.csp:
            yield name, scenario.csp


def _api_token_holder(request: Request, given: object) -> tuple[str, CspCaller] | None:
    found = ((n, c) for n, c in _callers(request) if given and given == c.credential.api_token)
    return next(found, None)


def _app(request: Request) -> tuple[str, CspCaller]:
    given = wire.basic(request)
    if given is None:
        raise HTTPException(401, "Missing mandatory request header: authorization")
    for name, caller in _callers(request):
        if given == (caller.credential.client_id, caller.credential.client_secret):
            return name, caller
    raise HTTPException(401)


def _info(request: Request) -> Body:
    """Find the caller's `/info`; every `/loggedin` route starts here, and refuses alike."""
    desk = wire.desk(request)
    given = wire.bearer(request) or request.headers.get("csp-auth-token", "")
    name = desk.tokens.holder(given, "csp")
    caller = desk.callers[name].csp if name else None
    if caller is None:
        raise HTTPException(401)
    org_id = request.path_params.get("org_id", caller.organization_id)
    if caller.is_machine or caller.info is None or org_id != caller.organization_id:
        raise HTTPException(403)
    return caller.info


def _reported(info: Mapping[str, Any]) -> list[dict[str, Any]]:
    return info.get("userOrgInfo") or []
