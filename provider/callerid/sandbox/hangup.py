"""Hanging up on a client, before or within an answer, which ASGI has no message for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

    from starlette.types import Receive, Scope, Send


class Connection(H11Protocol):
    """uvicorn's HTTP/1.1 connection; the state of its requests names its `transport`."""

    def connection_made(  # type: ignore[override]  # narrowed as in uvicorn's own
        self, transport: asyncio.Transport
    ) -> None:
        """Note the transport."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class Dropped(Response):
    """No answer: the connection closes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close the connection."""
        del send
        scope["state"]["transport"].abort()
        await _gone(receive)


class CutShort(Response):
    """Half of an answer under the length of the whole; then the connection closes."""

    def __init__(self, whole: Response) -> None:
        """Take status, headers and body from `whole`."""
        super().__init__(whole.body, whole.status_code)
        self.raw_headers = whole.raw_headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the headers and half of the body, and close the connection."""
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})
        scope["state"]["transport"].close()
        await _gone(receive)


async def _gone(receive: Receive) -> None:
    """Wait for uvicorn to notice; an app that ends earlier is a bug to it, and is logged as one."""
    while (await receive())["type"] != "http.disconnect":
        pass
