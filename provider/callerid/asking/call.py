"""The clients of one configuration, each connected when it is first needed."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from callerid.asking.clock import Clock
from callerid.platforms import part

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.asking.client import Client
    from callerid.asking.clock import Deadline
    from callerid.asking.refusals import Org
    from callerid.config import Config


_REMEMBERED = 1_000
"""So many sentences are known to have been shown; some hold a number that goes on counting."""


class Call(NamedTuple):
    """One call of a function: whom it may ask, and until when."""

    clients: Clients
    deadline: Deadline

    def ask(self, platform: str | None, org_id: str | None) -> tuple[Client, Org]:
        """Find the client to ask, and the organization to ask about.

        Raises:
            CalleridError: the platform or organization is unknown, or no token can be obtained.
        """
        client = self.clients.choose(platform)
        return client, client.organization(org_id, self.deadline)


class Clients:
    """Finds the client that answers a call."""

    def __init__(
        self,
        config: Config,
        clock: Clock | None = None,
        warn: Callable[[str], None] | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        """Connect nothing yet.

        `warn` shows a sentence to people, each sentence once; `tell` receives what is waited for.
        """
        self._config = config
        self._warn = warn
        self._tell = tell
        self._warned: dict[str, None] = {}
        self._lock = Lock()
        self._connected: dict[str, Client] = {}
        self._stopped = False
        self.clock = clock or Clock()

    def call(self) -> Call:
        """Start a call, and its time limit."""
        return Call(self, self.clock.deadline(self._config.timeout_seconds))

    def choose(self, platform: str | None) -> Client:
        """Return the client of a platform, or of the only one with a credential.

        Raises:
            ConfigurationError: see `callerid.config.Config.choose`.
        """
        chosen = self._config.choose(platform)
        with self._lock:
            if chosen.name not in self._connected:
                credential = chosen.credential
                assert credential  # noqa: S101 - choose() gives no platform without one
                kind = part(chosen.name, "answers").ANSWERS.client
                client: Client = kind(chosen, credential, self.clock, self.warn, self._tell)
                self._connected[chosen.name] = client
                if self._stopped:  # which does not wait for certificates to be read
                    client.stop()
            connected = self._connected[chosen.name]
        for sentence in connected.warnings:
            self.warn(sentence)
        return connected

    def stop(self) -> None:
        """End what is under way; nothing is asked any more."""
        self._stopped = True
        for client in list(self._connected.values()):
            client.stop()

    def close(self) -> None:
        """Close the connections of all clients; a call made after this fails."""
        with self._lock:
            for client in self._connected.values():
                client.close()

    def warn(self, text: str) -> None:
        """Show a sentence to people, unless it was shown already."""
        with self._lock:
            known = text in self._warned
            self._warned[text] = None
            if len(self._warned) > _REMEMBERED:
                del self._warned[next(iter(self._warned))]
        if self._warn and not known:
            self._warn(text)
