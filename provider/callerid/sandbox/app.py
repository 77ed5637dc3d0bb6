"""All platforms as one ASGI app; the one without a prefix of its own words other refusals."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect

from callerid.platforms import part
from callerid.registry import PLATFORMS
from callerid.shown import shown_id

if TYPE_CHECKING:
    from starlette.requests import Request as StarletteRequest
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from callerid.sandbox.stand_in import StandIn
    from callerid.sandbox.wire import Desk

_NO_ANSWER = 0


@dataclass(frozen=True)
class Request:
    """A request that was answered: never a header, a query or a body, so never a secret.

    A status of 0 is a connection that was closed without an answer, as a fault wanted.
    """

    method: str
    path: str
    status: int
    shown: str = field(default="", compare=False, repr=False)
    """The path as a log shows it: see `callerid.shown.shown_id`."""


def build(desk: Desk, answered: list[Request]) -> Starlette:
    """Make the app; every answered request is added to `answered`.

    A `Host` header that names any other machine is refused, which keeps web pages out that point a
    name of theirs at this address.
    """
    app = Starlette(
        routes=[route for stand_in in _stand_ins() for route in stand_in.routes],
        middleware=[
            Middleware(_Recorder, answered=answered),
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]),
        ],
        exception_handlers={HTTPException: _refused},
    )
    app.router.redirect_slashes = False
    app.state.desk = desk
    return app


@cache
def _stand_ins() -> list[StandIn]:
    """Load every platform's side, longer prefixes first."""
    found: list[StandIn] = [part(name, "sandbox.routes").STAND_IN for name in PLATFORMS]
    return sorted(found, key=lambda each: len(each.prefix), reverse=True)


async def _refused(request: StarletteRequest, error: Exception) -> Response:
    """Word a refusal like the API that it is of; none documents 405, so that is 404 too."""
    refusal = cast("HTTPException", error)
    status, message = refusal.status_code, refusal.detail
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        status, message = 404, "Not Found"
    path = request.url.path
    stand_in = next(each for each in _stand_ins() if path.startswith(each.prefix))
    return stand_in.refuse(request, status, message)


class _Recorder:
    """ASGI middleware that notes method, path and status of every answer."""

    def __init__(self, app: ASGIApp, answered: list[Request]) -> None:
        self._app = app
        self._answered = answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = _NO_ANSWER

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._answered.append(_noted(scope, status))
            await send(message)

        with suppress(ClientDisconnect):  # whoever asked left before the whole question was here
            await self._app(scope, receive, noting)
        if status == _NO_ANSWER:
            self._answered.append(_noted(scope, status))


def _noted(scope: Scope, status: int) -> Request:
    """Note a request; which parts of its path are ids, the router has found out."""
    ids = set(scope.get("path_params", {}).values())
    parts = (shown_id(each) if each in ids else each for each in scope["path"].split("/"))
    return Request(scope["method"], scope["path"], status, "/".join(parts))
