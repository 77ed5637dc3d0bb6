"""A fleet of plugins, that ask one after the other, at an organization with a rate limit."""

from __future__ import annotations

import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc
import uvicorn

from callerid.asking.retry import TOO_MANY_REQUESTS
from callerid.sandbox import library
from callerid.sandbox.app import build
from callerid.sandbox.counts import Counts
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.tokens import Tokens
from callerid.sandbox.wire import Desk
from support.api_process import environment_at
from support.plugin import spawn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from support.plugin import Plugin

DEADLINE = 60.0
_LATER = 5.0
"""How many seconds past the deadline an answer is waited for."""


class Size(NamedTuple):
    """How many processes ask, within how many seconds, and the requests a second they may make."""

    processes: int
    within: float
    per_second: int


class Arrival(NamedTuple):
    """A request that arrived: seconds since the start, whose it was, how it was answered."""

    at: float
    process: str
    status: int


class Ended(NamedTuple):
    """What came of a process: seconds until it answered, its error, or the name in its answer."""

    seconds: float
    error: str
    name: str


class Sailed(NamedTuple):
    """What came of a fleet."""

    ended: list[Ended]
    arrivals: list[Arrival]

    @property
    def turned_away(self) -> Counter[int]:
        """How many requests were answered with HTTP 429, by the second since the start."""
        return Counter(int(each.at) for each in self._refused)

    @property
    def turned_away_again(self) -> Counter[int]:
        """How many processes were, not counting their first request, by the second."""
        firsts = self._firsts
        again = (each for each in self._refused if each is not firsts[each.process])
        return Counter(second for second, _ in {(int(each.at), each.process) for each in again})

    @property
    def begun(self) -> list[int]:
        """The second of each process's first request."""
        return [int(each.at) for each in self._firsts.values()]

    @property
    def _firsts(self) -> dict[str, Arrival]:
        return {each.process: each for each in sorted(self.arrivals, reverse=True)}

    @property
    def _refused(self) -> Iterator[Arrival]:
        return (each for each in self.arrivals if each.status == TOO_MANY_REQUESTS)

    @property
    def by_process(self) -> Counter[str]:
        """How many requests each process made."""
        return Counter(each.process for each in self.arrivals)


class _Recorder:
    """Passes requests on to the sandbox; the first part of the path says whose they are."""

    def __init__(self, app: Any) -> None:
        self.arrivals: list[Arrival] = []
        self._app = app
        self._started = time.monotonic()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Take one request (ASGI)."""
        _, process, rest = scope["path"].split("/", 2)
        at = time.monotonic() - self._started

        async def note(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.arrivals.append(Arrival(at, process, message["status"]))
            await send(message)

        path = f"/{rest}"
        await self._app({**scope, "path": path, "raw_path": path.encode()}, receive, note)


def sail(size: Size, environ: Mapping[str, str]) -> Sailed:
    """Start a fleet, let each ask who it is once all are there, and wait for every answer.

    A process that starts takes most of a processor: what is measured is not how those are shared.
    """
    scenario = _limited(size.per_second)
    desk = Desk({"fleet": scenario}, Tokens(time.time), Counts(time.time))
    with (
        _serve(_Recorder(build(desk, []))) as (recorder, url),
        ThreadPoolExecutor(size.processes) as pool,
        ExitStack() as stack,
    ):
        urls = (f"{url}/p{number}" for number in range(size.processes))
        callers = ({**environ, **environment_at(each, scenario)} for each in urls)
        plugins = [stack.enter_context(spawn(environ=each)) for each in callers]
        pause = size.within / size.processes
        coming = [pool.submit(_ask, each, pause * n) for n, each in enumerate(plugins)]
        return Sailed([each.result() for each in coming], recorder.arrivals)


def _limited(per_second: int) -> Scenario:
    own = library.built_in()["service-user"].model_dump(by_alias=True, exclude_unset=True)
    own["m3ter"]["requestsPerSecond"] = per_second
    return Scenario.model_validate(own)


def _ask(plugin: Plugin, after: float) -> Ended:
    time.sleep(after)
    started = time.monotonic()
    try:
        answer = plugin.invoke("getCurrentUser", timeout=DEADLINE + _LATER)
    except grpc.RpcError as error:
        return Ended(time.monotonic() - started, f"{error.code().name}: {error.details()}", "")
    return Ended(time.monotonic() - started, "", str(answer["displayName"]))


@contextmanager
def _serve(recorder: _Recorder) -> Iterator[tuple[_Recorder, str]]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(recorder, lifespan="off", log_config=None))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield recorder, f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
