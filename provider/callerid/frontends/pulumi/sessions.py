"""Whose call it is: the engine opens a connection for each provider, and calls name none.

In attach mode (`PULUMI_DEBUG_PROVIDERS`) one process serves all providers of a program, and one
program after the other.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from callerid.errors import ConfigurationError
from callerid.frontends.pulumi.engine import Engine
from callerid.frontends.pulumi.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 256
"""How many connections are remembered, besides busy ones. gRPC does not report closed ones."""


class Sessions:
    """The sessions by connection, as gRPC names the peer. Thread-safe."""

    def __init__(
        self, engine_address: str | None, environ: Mapping[str, str], *, shared: bool = False
    ) -> None:
        """Start with none; `engine_address` is of the engine that started this process.

        `shared` is a process that was started by hand, and that any engine may attach to.
        """
        self._engine = Engine(engine_address)
        self._by_hand = engine_address is None
        self._shared = shared
        self._environ = environ
        self._lock = Lock()
        self._by_peer: dict[str, Session] = {}
        """The one that was used last stands last."""

    def begin(self, peer: str, engine_address: str) -> None:
        """Reset a connection: its port may have been another engine's before."""
        with self._lock:
            old = self._by_peer.pop(peer, None)
            self._use(peer, self._new(engine_address))
            given_up = [old] if old and old not in self._by_peer.values() else []
            given_up += self._drop_oldest()
        for each in given_up:
            each.end()

    def attach(self, peer: str, engine_address: str) -> None:
        """Set where a connection's engine is, in its session; older engines begin with this."""
        session = self.of(peer)
        if engine_address:
            session.engine = Engine(engine_address)

    def of(self, peer: str) -> Session:
        """Return the session that a connection has set up, or a new one."""
        with self._lock:
            session = self._use(peer, self._by_peer.get(peer) or self._new(""))
            given_up = self._drop_oldest()
        for each in given_up:
            each.end()
        return session

    def end(self, peer: str) -> None:
        """End the calls of a connection's session, else of the only one that can be meant."""
        with self._lock:
            known = [] if self._by_hand else self._configured()
            session = self._by_peer.get(peer) or (known[0] if len(known) == 1 else None)
        if session:
            session.end()

    def meant(self, peer: str) -> Session:
        """Return the session that a call is for.

        A connection that begins with a call is an engine's who comes back: gRPC closes connections
        that are idle for half an hour, and opens others. Where one engine started this process, the
        settings of the one session that was configured count for it, and the environment's where
        none was. Where it was started by hand, the call could be anybody's; a connection that was
        cancelled counts as a new one then, for its port may be another's by now.

        Raises:
            ConfigurationError: it is unknown whose call it is.
        """
        with self._lock:
            session = self._by_peer.get(peer)
            if session is None or (self._shared and session.ended):
                known = self._configured()
                if self._shared or len(known) > 1 or (known and self._by_hand):
                    raise ConfigurationError(_WHOSE)
                if known:
                    self._use(peer, known[0])
        return self.of(peer)

    def _configured(self) -> list[Session]:
        return [each for each in set(self._by_peer.values()) if each.configured]

    def _new(self, engine_address: str) -> Session:
        engine = Engine(engine_address) if engine_address else self._engine
        return Session(engine, self._environ)

    def _use(self, peer: str, session: Session) -> Session:
        self._by_peer.pop(peer, None)
        self._by_peer[peer] = session
        return session

    def _drop_oldest(self) -> list[Session]:
        """Forget connections where there are too many: first those whose engine has left."""
        too_many = len(self._by_peer) - MOST
        if too_many <= 0:
            return []
        *idle, _newest = [peer for peer, each in self._by_peer.items() if not each.busy] or [""]
        idle.sort(key=lambda peer: not self._by_peer[peer].ended)
        dropped = [self._by_peer.pop(peer) for peer in idle[:too_many]]
        return [each for each in dropped if each not in self._by_peer.values()]


_WHOSE = (
    "This process was started by hand, for any engine to attach to, and the call came on a "
    "connection that set up no provider: it cannot be told whose settings count.\nRun the program "
    "again, or let the engine start the plugin by itself: unset PULUMI_DEBUG_PROVIDERS."
)
