"""Whose credential a request to CSP carries, good or expired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.platforms.csp.sandbox.caller import CspCaller
from callerid.sandbox import wire

if TYPE_CHECKING:
    from starlette.requests import Request

API_TOKEN_PARAMETERS = ("api_token", "refresh_token")
"""The form parameters of an API token: the current name and the deprecated one."""


def api_token_holder(request: Request, given: object) -> tuple[str, CspCaller] | None:
    """Find the caller, and its name, that an API token belongs to."""
    found = wire.callers(request, CspCaller)
    return next(((n, c) for n, c in found if given and given == c.credential.api_token), None)


def app_holder(request: Request) -> tuple[str, CspCaller] | None:
    """Find the OAuth app, and its name, that the Basic header belongs to."""
    given = wire.basic(request)
    for name, caller in wire.callers(request, CspCaller):
        if given == (caller.credential.client_id, caller.credential.client_secret):
            return name, caller
    return None


def access_token(request: Request) -> str:
    """Read the access token, which has two headers; empty if there is none."""
    return wire.bearer(request) or request.headers.get("csp-auth-token") or ""


async def by_api_token(request: Request) -> str | None:
    """Name who exchanges an API token."""
    fields = dict(request.query_params) or await wire.form(request)
    found = (api_token_holder(request, fields.get(name)) for name in API_TOKEN_PARAMETERS)
    return next((holder[0] for holder in found if holder), None)


async def by_details(request: Request) -> str | None:
    """Name whose API token's details are asked for."""
    found = api_token_holder(request, (await wire.json_object(request)).get("tokenValue"))
    return found[0] if found else None


async def by_app(request: Request) -> str | None:
    """Name the OAuth app that signs in."""
    found = app_holder(request)
    return found[0] if found else None


async def by_access_token(request: Request) -> str | None:
    """Name who holds the access token."""
    return wire.owner(request, CspCaller, access_token(request))
