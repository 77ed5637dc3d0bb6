"""In front of every endpoint: who asks, whether that is too often, and whether it goes wrong."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from callerid.replay import RECORDED_AT
from callerid.sandbox import faulty, wire
from callerid.sandbox.hangup import Dropped

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from callerid.sandbox.caller import Caller
    from callerid.sandbox.fault import Fault

    Answer = Callable[[Request], Awaitable[Response]]
    Refuse = Callable[[Request, int, str | None], Response]
    Find = Callable[[Request], Awaitable[str | None]]

_TOO_MANY = 429
_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Gate:
    """The gate of one platform; `refuse` words an error (request, status, message) its way."""

    kind: type[Caller]
    refuse: Refuse

    def before(self, endpoint: str, answer: Answer, find: Find) -> Answer:
        """Put the gate in front of `answer`.

        Args:
            endpoint: the name that faults call it by.
            answer: the endpoint; an `HTTPException` that it raises becomes a refusal.
            find: names the caller by the credential in a request, good or expired; else None.
        """

        async def serve(request: Request) -> Response:
            name = await find(request)
            found = wire.caller(request, self.kind, name)
            request.state.caller = found or wire.first_caller(request, self.kind)
            if found is None:
                return await self._worded(request, answer)
            response = await self._answer(request, endpoint, answer, (name, found))
            if found.retry_after_on_429 and response.status_code == _TOO_MANY:
                response.headers.setdefault("retry-after", "1")
            if recorded_at := wire.recorded_at(request, name):
                response.headers[RECORDED_AT] = recorded_at
            return response

        return serve

    async def _answer(
        self,
        request: Request,
        endpoint: str,
        answer: Answer,
        who: tuple[str | None, Caller],
    ) -> Response:
        desk, (name, caller) = wire.desk(request), who
        organization = caller.limited_as(str(request.path_params.get("org_id")))
        asked = desk.counts.add_this_second(self.kind.platform, organization)
        if caller.requests_per_second and asked > caller.requests_per_second:
            return self.refuse(request, _TOO_MANY, None)
        fault = desk.counts.due(caller.holder(str(name)), endpoint, caller.faults)
        if fault is None:
            return await self._worded(request, answer)
        return await self._fail(request, fault, answer)

    async def _fail(self, request: Request, fault: Fault, answer: Answer) -> Response:
        if not await _waited(request, fault.latency_seconds or 0):
            return Dropped()
        return await faulty.respond(
            fault,
            wire.desk(request).clock(),
            lambda status: self.refuse(request, status, None),
            lambda: self._worded(request, answer),
        )

    async def _worded(self, request: Request, answer: Answer) -> Response:
        try:
            return await answer(request)
        except wire.Verbatim as refusal:
            return wire.verbatim(refusal.body, refusal.status_code)
        except HTTPException as refusal:
            return self.refuse(request, refusal.status_code, refusal.detail)


async def _waited(request: Request, seconds: float) -> bool:
    """Wait; return whether the sandbox still runs afterwards."""
    stopping, time = wire.desk(request).stopping, asyncio.get_running_loop().time
    ends = time() + seconds
    while (left := ends - time()) > 0 and not stopping.is_set():  # noqa: ASYNC110 - set by a thread
        await asyncio.sleep(min(left, _POLL_SECONDS))
    return not stopping.is_set()
