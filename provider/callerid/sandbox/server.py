"""A running sandbox: uvicorn in a thread of this process, on 127.0.0.1 alone."""

from __future__ import annotations

import os
import socket
import time
from threading import Thread
from typing import TYPE_CHECKING

import uvicorn

from callerid.errors import ConfigurationError
from callerid.sandbox import library
from callerid.sandbox.app import Request, build
from callerid.sandbox.counts import Counts
from callerid.sandbox.environment import as_caller, of_all, variables
from callerid.sandbox.hangup import Connection
from callerid.sandbox.moments import Settled
from callerid.sandbox.tokens import Tokens
from callerid.sandbox.wire import Desk
from callerid.setting import setting_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from typing_extensions import Self

    from callerid.registry import PlatformName
    from callerid.sandbox.caller import Caller
    from callerid.sandbox.scenario import Scenario

__all__ = ["Request", "Sandbox", "as_caller"]

_HOST = "127.0.0.1"
_POLL_SECONDS = 0.002
_DRAIN_SECONDS = 1
_DEAD = "The sandbox's server thread ended before it served. Its own error is printed above."


class Sandbox:
    """A local stand-in for the APIs. Use `Sandbox.start` in a `with` statement."""

    url: str
    """Where it listens, for example `http://127.0.0.1:43121`: the base URL of every platform."""
    requests: list[Request]
    """Every request answered, in order. It may be cleared."""

    def __init__(
        self, callers: Mapping[str, Scenario], listener: socket.socket, clock: Callable[[], float]
    ) -> None:
        """Serve `callers` on a listening socket; `Sandbox.start` does all of it."""
        self.url = f"http://{_HOST}:{listener.getsockname()[1]}"
        self.requests = []
        self._callers = callers
        self._tokens = Tokens(clock)
        self._existing = {
            caller.holder(name): caller.existing_token(self._tokens, name)
            for name, scenario in callers.items()
            for caller in scenario.callers.values()
        }
        self._listener = listener
        self._desk = Desk(callers, self._tokens, Counts(clock), clock)
        self._server = uvicorn.Server(_quiet(build(self._desk, self.requests)))
        self._thread = Thread(target=self._serve, name="callerid-sandbox", daemon=True)

    @classmethod
    def start(
        cls,
        callers: Mapping[str, Scenario] | None = None,
        port: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> Self:
        """Start to serve, on a free port unless one is given.

        Args:
            callers: who can call, by name; the built-in callers if omitted. One that is added to
                the mapping later can call too.
            port: a TCP port; 0 takes a free one.
            clock: returns seconds since 1970; tokens are issued and expire by it, rate limits count
                by it, and what it says now is the `now` of relative times in bodies.

        Raises:
            ConfigurationError: the port is taken, two callers share a credential, or a built-in
                caller cannot be read.
        """
        given = library.built_in() if callers is None else callers
        _require_own_credentials(given)
        known = Settled(given, clock())
        sandbox = cls(known, _listen(port), clock)
        sandbox._thread.start()
        while not sandbox._server.started and sandbox._thread.is_alive():
            time.sleep(_POLL_SECONDS)
        if not sandbox._server.started:
            raise RuntimeError(_DEAD)
        return sandbox

    def environment(self, name: str) -> dict[str, str]:
        """Return exactly the variables that make callerid the caller `name` of this sandbox.

        Raises:
            ConfigurationError: there is no such caller; the text lists those that there are.
        """
        found = library.find(self._callers, name).callers
        return {
            variable: value
            for platform, caller in found.items()
            for variable, value in self._variables(platform, caller, name).items()
        }

    def environment_of_all(self) -> dict[str, str]:
        """Return the variables by which a command can be each caller: `environment.of_all`."""
        return of_all({name: self.environment(name) for name in self._callers}, self.url)

    def stop(self) -> None:
        """Stop to serve. A second call does nothing."""
        self._desk.stopping.set()
        self._server.should_exit = True
        self._thread.join()

    def __enter__(self) -> Self:
        """Return the sandbox, which already runs."""
        return self

    def __exit__(self, *error: object) -> None:
        """Stop it."""
        self.stop()

    def _serve(self) -> None:
        self._server.run(sockets=[self._listener])

    def _variables(self, platform: PlatformName, caller: Caller, name: str) -> dict[str, str]:
        token = self._existing.get(caller.holder(name))
        given = {
            "baseUrl": self.url,
            "orgId": caller.organization_id,
            **caller.credential.model_dump(by_alias=True),
        }
        settings = {
            setting_name(platform, key): token if value is True else value
            for key, value in given.items()
        }
        return variables(settings)


def _quiet(app: object) -> uvicorn.Config:
    """Configure uvicorn to log nothing but a bug of ours, and to start and stop at once."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        loop="asyncio",
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )


def _listen(port: int) -> socket.socket:
    """Open the socket with its protocol named.

    asyncio sets TCP_NODELAY only then; `socket.create_server` leaves it out, and every answer would
    wait some 40 ms for the client's delayed acknowledgement.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        text = (
            f"The sandbox cannot listen on port {port} of {_HOST}: {error.strerror}.\n"
            "Choose another port, or leave it out for a free one."
        )
        raise ConfigurationError(text) from None
    return listener


def _require_own_credentials(callers: Mapping[str, Scenario]) -> None:
    """Refuse callers that share a credential: the sandbox could not distinguish them."""
    owners: dict[tuple[str, str], str] = {}
    for name, caller in callers.items():
        for credential in _identifiers(caller):
            owner = owners.setdefault(credential, name)
            if owner != name:
                text = f"The callers {owner} and {name} share one {credential[0]}. Change either."
                raise ConfigurationError(text)


def _identifiers(caller: Scenario) -> Iterable[tuple[str, str]]:
    for at in caller.callers.values():
        credential = at.credential.model_dump(by_alias=True)
        for name, value in credential.items():
            if isinstance(value, str) and not name.endswith("Secret"):
                yield name, value
