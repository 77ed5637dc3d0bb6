"""A fleet: fifty plugins against an organization that answers ten requests a second."""

from __future__ import annotations

import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

import uvicorn
from support.plugin import spawn

from callerid.asking.retry import TOO_MANY_REQUESTS
from callerid.sandbox import library
from callerid.sandbox.app import build
from callerid.sandbox.counts import Counts
from callerid.sandbox.environment import variables
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.tokens import Tokens
from callerid.sandbox.wire import Desk
from start import compiling
from table import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROCESSES, STARTED_WITHIN, PER_SECOND, DEADLINE = 50, 5.0, 10, 60.0
BAR = 50


class Arrival(NamedTuple):
    """A request that arrived: seconds since the start, whose it was, how it was answered."""

    at: float
    process: str
    status: int


class Recorder:
    """Passes requests on to the sandbox; the first part of the path says whose they are."""

    def __init__(self, app: Any) -> None:
        """Start with none."""
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


def rows() -> list[Row]:
    """Start the fleet, wait for every answer, and print the retries over time."""
    scenario = _limited()
    desk = Desk({"fleet": scenario}, Tokens(time.time), Counts(time.time))
    with (
        compiling() as environ,
        _serve(Recorder(build(desk, []))) as (recorder, url),
        ThreadPoolExecutor(PROCESSES) as pool,
    ):
        with spawn(environ=environ):
            pass  # compiles
        seconds = list(pool.map(partial(_ask, url, scenario, environ), range(PROCESSES)))
    per_process = Counter(each.process for each in recorder.arrivals)
    retries = [each.at for each in recorder.arrivals if each.status == TOO_MANY_REQUESTS]
    _histogram(retries)
    mean = sum(per_process.values()) / PROCESSES
    what = f"{PROCESSES} processes at {PER_SECOND} requests/s: "
    return [
        Row(f"{what}answered", str(len(seconds)), "", str(PROCESSES)),
        Row(f"{what}longest wait for an answer", f"{max(seconds):.1f} s", "", f"{DEADLINE:.0f} s"),
        Row(
            f"{what}requests per process",
            f"{mean:.1f}, at most {max(per_process.values())}",
            "",
            "",
        ),
    ]


def _limited() -> Scenario:
    own = library.built_in()["service-user"].model_dump(by_alias=True, exclude_unset=True)
    own["m3ter"]["requestsPerSecond"] = PER_SECOND
    return Scenario.model_validate(own)


def _ask(url: str, scenario: Scenario, environ: Mapping[str, str], number: int) -> float:
    time.sleep(number * STARTED_WITHIN / PROCESSES)
    caller = scenario.m3ter
    if caller is None:
        raise TypeError
    settings = {
        "m3terBaseUrl": f"{url}/p{number}",
        "m3terOrgId": caller.organization_id,
        "m3terApiKey": caller.credential.api_key,
        "m3terApiSecret": caller.credential.api_secret,
    }
    started = time.monotonic()
    with spawn(environ={**environ, **variables(settings)}) as plugin:
        plugin.invoke("getCurrentUser", timeout=DEADLINE + 5)
        return time.monotonic() - started


@contextmanager
def _serve(recorder: Recorder) -> Iterator[tuple[Recorder, str]]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(recorder, lifespan="off", log_config=None))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield recorder, f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def _histogram(moments: list[float]) -> None:
    """Print how many requests were turned away in each second: a wave would stand out."""
    counts = Counter(int(moment) for moment in moments)
    print("Requests turned away (429), by second since the start")  # noqa: T201 - the bench's output
    for second in range(max(counts, default=0) + 1):
        bar = "#" * min(counts[second], BAR)
        print(f"  {second:>3}  {counts[second]:>3}  {bar}")  # noqa: T201 - as above
