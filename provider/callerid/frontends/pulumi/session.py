"""What one engine has set up for one provider: settings, and the calls that they answer."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from callerid.errors import ConfigurationError, printable_line
from callerid.frontends.cores import Cores

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import grpc

    from callerid.config import Config
    from callerid.core import Core
    from callerid.frontends.pulumi.engine import Engine


class Session:
    """One provider of one engine. Methods are called by many threads at once.

    Without a Configure the environment alone decides.
    """

    def __init__(self, engine: Engine, environ: Mapping[str, str]) -> None:
        """Start unconfigured; warnings go to `engine`."""
        self.engine = engine
        self.ended = False
        """Whether a Cancel came, and nothing since: the engine is about to leave."""
        self._environ = environ
        self._lock = Lock()
        self._config: Config | None = None
        self._urn = ""
        """The provider that was configured, where the engine says which."""
        self._cores: Cores[grpc.ServicerContext] = Cores(self._connect)
        self._told: set[str] = set()

    def warn_once(self, text: str) -> None:
        """Show a warning to the user of the program, unless it was shown before."""
        with self._lock:
            new = text not in self._told
            self._told.add(text)
        if new:
            self.engine.warn(text)

    @property
    def configured(self) -> bool:
        """Whether settings came with a Configure."""
        return self._config is not None

    @property
    def busy(self) -> bool:
        """Whether calls are in flight."""
        return self._cores.busy

    def configure(self, config: Config, urn: str) -> None:
        """Take a provider's settings; calls that older ones answer end at their next wait.

        Raises:
            ConfigurationError: another provider's came before, and calls do not say whose they are.
        """
        with self._lock:
            if self._urn and urn not in {"", self._urn}:
                names = " and ".join(each.rpartition("::")[2] for each in (self._urn, urn))
                raise ConfigurationError(_TWO.format(names=printable_line(names)))
            self._config, self._urn, self.ended = config, urn, False
            self._cores.stop(lambda: self._connect(config))

    @contextmanager
    def flight(self, context: grpc.ServicerContext) -> Iterator[Core]:
        """Yield the core that answers a call, which `end` can end from here on."""
        with self._cores.flight(context) as core:
            self.ended = False
            yield core

    def end(self) -> None:
        """End the calls in flight. The settings stay: the next call is answered by them."""
        with self._lock:
            self.ended, self._urn = True, ""
            calls = self._cores.stop(at_once=True)
        for context in calls:
            context.cancel()

    def _connect(self, config: Config | None = None) -> Core:
        from callerid.config import load  # noqa: PLC0415 - slow, and the port is printed before
        from callerid.core import Core  # noqa: PLC0415 - as above

        return Core(config or load({}, self._environ), warn=self.engine.warn)


_TWO = (
    "The engine set up the providers {names} on one connection, and its calls do not say whose "
    "they are.\nLet the engine start the plugin by itself: unset PULUMI_DEBUG_PROVIDERS."
)
