"""What both stand-ins read from a request: its credentials, its form, its page."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from callerid.sandbox.scenario import Scenario
    from callerid.sandbox.tokens import Tokens

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Desk:
    """What a request is answered from: the callers by name, and the tokens handed out so far."""

    callers: Mapping[str, Scenario]
    tokens: Tokens


def desk(request: Request) -> Desk:
    """Find the desk of the app that the request came to."""
    found: Desk = request.app.state.desk
    return found


def media_type(request: Request) -> str:
    """Give the media type of the body without its parameters, in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def form(request: Request) -> dict[str, str]:
    """Read an url-encoded form; of a name that comes twice, the last value counts."""
    text = (await request.body()).decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True))


async def json_object(request: Request) -> dict[str, Any]:
    """Read a JSON object; empty for anything else."""
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def basic(request: Request) -> tuple[str, str] | None:
    """Read name and password of HTTP Basic (RFC 7617); None where there are none."""
    encoded = _after(request, "basic")
    try:
        text = base64.b64decode(encoded or "", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    name, colon, password = text.partition(":")
    return (name, password) if colon else None


def bearer(request: Request) -> str | None:
    """Read the bearer token (RFC 6750); None where there is none."""
    return _after(request, "bearer")


def _after(request: Request, scheme: str) -> str | None:
    found, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if found.lower() == scheme and value.strip() else None
