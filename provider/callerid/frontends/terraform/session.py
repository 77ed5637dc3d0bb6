"""What one connection of a host has set up: settings, and the calls that they answer."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from callerid.errors import ConfigurationError
from callerid.frontends import process
from callerid.frontends.cores import Cores
from callerid.frontends.unknown import has_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from callerid.core import Core


_LOST = "The connection to the provider was lost, and its settings with it. Run the command again."


class _Told(threading.local):
    """The warnings of the call that a thread answers."""

    def __init__(self) -> None:
        self.texts: list[str] = []


class Session:
    """One provider of one host. Methods are called by many threads at once.

    A host that was not told settings asks nothing but functions and schemas.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Start unconfigured."""
        self._environ = environ
        self._settings: dict[str, Any] | None = None
        self._told = _Told()
        self._cores: Cores[object] = Cores(self._connect)

    def configure(self, settings: dict[str, Any]) -> None:
        """Take a provider's settings, under the schema's names; unknown ones stay `UNKNOWN`."""
        self._settings = settings
        self._cores.stop()

    @property
    def configured(self) -> bool:
        """Whether settings were sent, be they empty."""
        return self._settings is not None

    @property
    def unknown(self) -> list[str]:
        """The settings that are not known yet."""
        return sorted(name for name, value in self._given().items() if has_unknown(value))

    def _given(self) -> dict[str, Any]:
        """Return the settings; without any, who asks would be whom the environment names.

        Raises:
            ConfigurationError: none were sent, not even empty ones.
        """
        if self._settings is None:
            raise ConfigurationError(_LOST)
        return self._settings

    @contextmanager
    def flight(self, warnings: list[str]) -> Iterator[Core]:
        """Yield the core that answers a call; what it warns of is added to `warnings`."""
        self._told.texts = warnings
        try:
            with self._cores.flight(object()) as core:
                yield core
        finally:
            process.settle()  # what answering needs is loaded

    def stop(self) -> None:
        """End the calls in flight."""
        self._cores.stop(at_once=True)

    def _connect(self) -> Core:
        from callerid.config import SNAKE_CASE, load  # noqa: PLC0415 - slow, and few processes read
        from callerid.readiness import prepare  # noqa: PLC0415 - as above

        config = load(self._given(), self._environ, SNAKE_CASE)
        for warning in config.warnings:
            self._warn(warning)
        prepare(config)
        from callerid.core import Core  # noqa: PLC0415 - loaded now

        return Core(config, warn=self._warn)

    def _warn(self, text: str) -> None:
        self._told.texts.append(text)
