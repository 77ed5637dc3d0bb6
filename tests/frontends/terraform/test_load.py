"""Many calls at once, over real connections: none waits for another, however many there are."""

from __future__ import annotations

from concurrent import futures
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest
from support import bodies
from support.api import Api, Reply, json_reply
from support.terraform_host import Host, spawn

if TYPE_CHECKING:
    from collections.abc import Iterator

USER = "callerid_current_user"
CALLS = 1200
CONNECTIONS = 4
HANGING = 120
"""More calls than HTTP/2's usual limit for one connection, which is 100."""


@pytest.fixture
def host(api: Api) -> Iterator[Host]:
    """Give a host with a provider that is pointed at a scripted m3ter where anybody is Ada."""
    api.on(bodies.ME, json_reply(bodies.person()))
    with spawn() as running:
        yield running


def _settings(api: Api) -> dict[str, str]:
    return {"m3ter_base_url": api.url, "m3ter_org_id": bodies.ORG, "m3ter_api_token": "t"}


def test_a_thousand_reads_at_once_are_all_answered(host: Host, api: Api) -> None:
    """Over several connections, each with settings of its own; one request each."""
    with ExitStack() as stack:
        each = [stack.enter_context(closing(host.connect())) for _ in range(CONNECTIONS)]
        for one in each:
            assert not one.configure(**_settings(api))
        pool = stack.enter_context(futures.ThreadPoolExecutor(CALLS // 4))
        reads = [pool.submit(each[i % CONNECTIONS].state, USER) for i in range(CALLS)]
        names = {read.result(60)["display_name"] for read in reads}
    assert names == {"Ada Lovelace"}
    assert api.paths() == [bodies.ME] * CONNECTIONS


def test_hanging_reads_do_not_use_up_a_connection(host: Host, api: Api) -> None:
    """A call beside them is answered: HTTP/2's own limit would have it wait for one of them."""
    api.on(bodies.ME, Reply(delay=30))
    connection = host.connection
    assert not connection.configure(**_settings(api))
    with futures.ThreadPoolExecutor(HANGING + 1) as pool:
        reads = [pool.submit(connection.read, USER) for _ in range(HANGING)]
        beside = pool.submit(connection.call, "GetMetadata")
        assert beside.result(10).data_sources
        connection.call("StopProvider")
        told = {read.result(10).diagnostics[0].summary for read in reads}
    assert told == {"Cancelled"}
