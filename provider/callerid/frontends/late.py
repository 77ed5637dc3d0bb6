"""Modules that are loaded when something of them is used, and not when they are imported."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from threading import RLock
from types import ModuleType
from typing import Any

NAMES = (
    "google.protobuf.internal.python_message",  # 7 ms; for where protobuf has no C
    "importlib.metadata",  # 6 ms; pydantic looks for plugins with it, and is told not to
)
"""Modules that others import whole, and seldom use."""
_LOADING = RLock()


def put_off() -> None:
    """Let them come late, but for those that are there already, and those of no package here.

    Whoever imports `a.b` without `from` finds it as the attribute `b` of `a`.
    """
    for name in NAMES:
        package, _, own = name.rpartition(".")
        with suppress(ImportError):
            if name not in sys.modules:
                sys.modules[name] = late = _Late(name)
                setattr(import_module(package), own, late)


class _Late(ModuleType):
    """Stands in for a module until something of it is used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by whoever imports it
            raise AttributeError(name)
        with _LOADING:
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
            return getattr(import_module(self.__name__), name)
