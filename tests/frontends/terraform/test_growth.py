"""A provider that lives long, as for a debugger, keeps nothing of what is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import memory
from support.proc import used
from support.terraform_host import Host, spawn

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = memory.LINUX
FIRST = 50
MOST = 2.0
"""MiB: less than was ever kept of so many, 8 KiB of a call and 36 KiB of a connection."""


def _connect(host: Host) -> None:
    connection = host.connect()
    connection.call("GetMetadata")
    connection.close()


ACTS: dict[str, tuple[int, Callable[[Host], object]]] = {
    "connections": (150, _connect),
    "schemas": (500, lambda host: host.connection.call("GetProviderSchema")),
    "refusals": (500, lambda host: host.connection.read("callerid_current_user", platform="none")),
}
"""What is done, and how often."""


@pytest.mark.parametrize(("more", "act"), ACTS.values(), ids=list(ACTS))
def test_what_is_over_is_forgotten(more: int, act: Callable[[Host], object]) -> None:
    """Whether or not anything was ever read: garbage is not kept off until then."""
    with spawn() as host:
        host.connection.configure()
        for _ in range(FIRST):
            act(host)
        before = used(host.process.pid).memory
        for _ in range(more):
            act(host)
        assert used(host.process.pid).memory - before < MOST
