"""Requests that reach the API, and the time of a kept answer; the other side is m3ter's own SDK."""

from __future__ import annotations

import json
import timeit
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from m3ter import M3ter

from callerid.asking.call import Clients
from callerid.asking.refusals import Org
from callerid.config import load
from callerid.core import Core
from callerid.platforms.m3ter.client import M3ter as M3terClient
from callerid.sandbox.server import Sandbox
from table import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from callerid.asking.clock import Deadline

THREADS, READS, REPEATS = 32, 1000, 5000


def rows() -> list[Row]:
    """Measure everything of this file against one sandbox."""
    with Sandbox.start() as sandbox:
        return [
            _many_reads(sandbox, "service-user", ["getCurrentUser"]),
            _many_reads(sandbox, "owner", ["getCurrentUser", "getUserOrgRoles"]),
            _token_requests(sandbox),
            _kept_answer(sandbox),
        ]


def _core(sandbox: Sandbox, name: str) -> Core:
    return Core(load({}, sandbox.environment(name)))


def _requests(sandbox: Sandbox, act: Callable[[], object], path: str = "") -> int:
    sandbox.requests.clear()
    act()
    return sum(path in request.path for request in sandbox.requests)


def _many_reads(sandbox: Sandbox, name: str, functions: list[str]) -> Row:
    core = _core(sandbox, name)

    def read(number: int) -> str:
        return json.dumps(core.call(functions[number % len(functions)], {}))

    def read_all() -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            answers = set(pool.map(read, range(READS)))
        if len(answers) != len(functions):
            message = f"{READS} reads gave {len(answers)} different answers"
            raise AssertionError(message)

    what = (
        f"upstream requests for {READS:,} reads of {' and '.join(functions)} by {THREADS} threads"
    )
    return Row(what, str(_requests(sandbox, read_all)), "", "2")


def _token_requests(sandbox: Sandbox) -> Row:
    environ = sandbox.environment("service-user")
    org = Org(environ["M3TER_ORG_ID"], None)
    ours, deadline = _m3ter(environ)
    theirs = M3ter(
        api_key=environ["M3TER_API_KEY"],
        api_secret=environ["M3TER_API_SECRET"],
        org_id=org.id,
        base_url=environ["M3TER_BASE_URL"],
    )

    def ask_ours() -> None:
        for _ in range(3):
            ours.me(org, deadline())

    def ask_theirs() -> None:
        for _ in range(3):
            theirs.users.me()

    return Row(
        "token requests for three users.me reads",
        str(_requests(sandbox, ask_ours, "/oauth/token")),
        str(_requests(sandbox, ask_theirs, "/oauth/token")),
        "1",
    )


def _kept_answer(sandbox: Sandbox) -> Row:
    environ = sandbox.environment("service-user")
    org = Org(environ["M3TER_ORG_ID"], None)
    ours, deadline = _m3ter(environ)

    def ask() -> object:
        return ours.me(org, deadline())

    ask()
    seconds = min(timeit.repeat(ask, number=REPEATS, repeat=3)) / REPEATS
    return Row("time for a kept answer through the client", f"{seconds * 1e6:.1f} µs", "", "50 µs")


def _m3ter(environ: Mapping[str, str]) -> tuple[M3terClient, Callable[[], Deadline]]:
    clients = Clients(load({}, environ))
    client = clients.choose("m3ter")
    if not isinstance(client, M3terClient):
        raise TypeError
    return client, lambda: clients.call().deadline
