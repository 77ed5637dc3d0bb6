"""The clients of one configuration, each connected when it is first needed."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from callerid.platforms.clock import Clock
from callerid.platforms.csp import Csp
from callerid.platforms.m3ter import M3ter

if TYPE_CHECKING:
    from callerid.config import Config
    from callerid.platforms.clock import Deadline

AnyClient: TypeAlias = M3ter | Csp
_KINDS: dict[str, type[AnyClient]] = {"m3ter": M3ter, "csp": Csp}


class Clients:
    """Finds the client that answers a question."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        """Connect nothing yet."""
        self._config = config
        self._lock = Lock()
        self._connected: dict[str, AnyClient] = {}
        self.clock = clock or Clock()

    def deadline(self) -> Deadline:
        """Start the time limit of one answer."""
        return self.clock.deadline(self._config.timeout_seconds)

    def choose(self, platform: str | None) -> AnyClient:
        """Give the client of a platform, or of the only one with a credential.

        Raises:
            ConfigurationError: see `callerid.config.Config.choose`.
        """
        chosen = self._config.choose(platform)
        with self._lock:
            if chosen.name not in self._connected:
                credential = chosen.credential
                assert credential  # noqa: S101 - choose() gives no platform without one
                self._connected[chosen.name] = _KINDS[chosen.name](chosen, credential, self.clock)
            return self._connected[chosen.name]
