"""The watchdog: when the engine is gone, the plugin goes too.

The engine starts a plugin and ends it, unless the engine itself was killed. Its own gRPC address
shows whether it lives: it answers a health check (`grpc.health.v1`), if only by not implementing
it.
"""

from __future__ import annotations

import os
from threading import Event, Thread
from typing import TYPE_CHECKING

import grpc

from callerid.frontends.pulumi.engine import PAST_PROXIES

if TYPE_CHECKING:
    from collections.abc import Callable

INTERVAL_SECONDS = 8.0
ANSWER_SECONDS = 5.0
MISSED = 2
"""After so many checks in a row without an answer the engine counts as gone: within 26 seconds."""

_GONE = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED})
"""Whatever else comes back, somebody is there."""


def watch(
    address: str,
    interval: float = INTERVAL_SECONDS,
    leave: Callable[[], object] = lambda: os._exit(0),
) -> Event:
    """Check the engine at `address` every `interval` seconds, and `leave` when it is gone.

    Returns:
        An event that ends the watch when it is set.
    """
    ended = Event()

    def run() -> None:
        missed = 0
        while not ended.wait(interval):
            missed = 0 if _is_alive(address) else missed + 1
            if missed >= MISSED:
                leave()
                return

    Thread(target=run, daemon=True).start()
    return ended


def _is_alive(address: str) -> bool:
    with grpc.insecure_channel(address, options=PAST_PROXIES) as channel:
        check: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
            "/grpc.health.v1.Health/Check"
        )
        try:
            check(b"", timeout=ANSWER_SECONDS)
        except grpc.RpcError as error:
            return error.code() not in _GONE
    return True
