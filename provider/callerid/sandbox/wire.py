"""What every stand-in reads from a request: who asks, its credentials, its form."""

from __future__ import annotations

import base64
import binascii
import json
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic import JsonValue
    from starlette.requests import Request

    from callerid.sandbox.caller import Caller
    from callerid.sandbox.counts import Counts
    from callerid.sandbox.scenario import Scenario
    from callerid.sandbox.tokens import Tokens

C = TypeVar("C", bound="Caller")
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Desk:
    """What a request is answered from: the callers by name, and what is known of requests so far.

    `clock` returns seconds since 1970; `stopping` is set when the sandbox ends.
    """

    callers: Mapping[str, Scenario]
    tokens: Tokens
    counts: Counts
    clock: Callable[[], float] = time.time
    stopping: Event = field(default_factory=Event)


class Verbatim(HTTPException):
    """A refusal with a body of its own."""

    def __init__(self, status: int, body: JsonValue) -> None:
        """Keep the body as it is to be sent."""
        super().__init__(status)
        self.body = body


def desk(request: Request) -> Desk:
    """Find the desk of the app that the request came to."""
    found: Desk = request.app.state.desk
    return found


def callers(request: Request, kind: type[C]) -> Iterator[tuple[str, C]]:
    """Go through the callers of one platform, by name."""
    known = desk(request).callers
    for name in known:
        if found := caller(request, kind, name):
            yield name, found


def caller(request: Request, kind: type[C], name: str | None) -> C | None:
    """Return who `name` is at a platform; None if it is no caller there."""
    found = desk(request).callers.get(name) if name is not None else None
    at = found.at(kind.platform) if found else None
    return at if isinstance(at, kind) else None


def recorded_at(request: Request, name: str | None) -> str | None:
    """Return when the bodies of caller `name` were recorded; None if they were not."""
    found = desk(request).callers.get(name) if name is not None else None
    return found.recorded_at if found else None


def first_caller(request: Request, kind: type[C]) -> C | None:
    """Return the first caller at a platform, whose switches decide for unknown credentials too."""
    return next((found for _, found in callers(request, kind)), None)


def owner(request: Request, kind: type[C], token: str) -> str | None:
    """Name the caller that an access token was made for, expired or not; None for no one."""
    return desk(request).tokens.owner(token, kind.platform)


def signed_in(request: Request, kind: type[C], token: str) -> C | None:
    """Return the caller that an access token is valid for, and count the call; None for no one."""
    tokens = desk(request).tokens
    found = caller(request, kind, tokens.holder(token, kind.platform))
    most = found.token_expires_after_calls if found else None
    if most is not None and tokens.count_call(token) > most:
        return None
    return found


def phrase(status: int) -> str:
    """Return HTTP's reason phrase for a status, or that of its class if it has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Bad Request" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "Server Error"


def verbatim(body: JsonValue, status: int) -> Response:
    """Answer a body as it is written: a text as plain text, anything else as JSON."""
    if isinstance(body, str):
        return PlainTextResponse(body, status)
    return JSONResponse(body, status)


def media_type(request: Request) -> str:
    """Return the media type of the body without its parameters, in lower case."""
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
    """Read name and password of HTTP Basic (RFC 7617); None if there are none."""
    encoded = _after(request, "basic")
    try:
        text = base64.b64decode(encoded or "", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    name, colon, password = text.partition(":")
    return (name, password) if colon else None


def bearer(request: Request) -> str | None:
    """Read the bearer token (RFC 6750); None if there is none."""
    return _after(request, "bearer")


def _after(request: Request, scheme: str) -> str | None:
    found, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if found.lower() == scheme and value.strip() else None
