"""What was answered while recording."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.config import PlatformName

_OK = range(200, 300)


class Exchange(NamedTuple):
    """One answer: to which path and query of which platform, and the claims of the token used.

    `body` is JSON, None where the answer had none; the claims are empty for an opaque token. There
    is never a credential in it.
    """

    platform: PlatformName
    path: str
    query: str
    status: int
    body: Any
    claims: Mapping[str, Any]

    @property
    def ok(self) -> bool:
        """Whether the request was answered, not refused."""
        return self.status in _OK


class Tape:
    """What was answered so far, and the secrets that went by, to search for. Thread-safe."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.replayed: str | None = None
        """When the answers were recorded before, if a replay gave them."""
        self._lock = Lock()
        self._exchanges: list[Exchange] = []
        self._secrets: set[str] = set()

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The answers in the order of their arrival."""
        with self._lock:
            return tuple(self._exchanges)

    @property
    def secrets(self) -> frozenset[str]:
        """Every credential that was seen; kept in memory, never to be written."""
        with self._lock:
            return frozenset(self._secrets)

    def keep(self, exchange: Exchange) -> None:
        """Keep an answer."""
        with self._lock:
            self._exchanges.append(exchange)

    def beware(self, *secrets: str) -> None:
        """Remember credentials that must not be in the recording."""
        with self._lock:
            self._secrets.update(secret for secret in secrets if secret)
