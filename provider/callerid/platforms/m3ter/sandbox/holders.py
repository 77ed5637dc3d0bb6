"""Whose credential a request to m3ter carries, good or expired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.platforms.m3ter.sandbox.caller import M3terCaller
from callerid.sandbox import wire

if TYPE_CHECKING:
    from starlette.requests import Request


def key_holder(request: Request) -> tuple[str, M3terCaller] | None:
    """Find the service user, and its name, that the Basic header belongs to."""
    given = wire.basic(request)
    for name, caller in wire.callers(request, M3terCaller):
        if given and given == (caller.credential.api_key, caller.credential.api_secret):
            return name, caller
    return None


def access_token(request: Request) -> str:
    """Read the access token; empty if there is none."""
    return wire.bearer(request) or ""


async def by_key(request: Request) -> str | None:
    """Name the service user that signs in."""
    found = key_holder(request)
    return found[0] if found else None


async def by_token(request: Request) -> str | None:
    """Name who holds the access token."""
    return wire.owner(request, M3terCaller, access_token(request))
