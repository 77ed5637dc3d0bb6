"""Modules that are loaded when something of them is used, and not when they are imported."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from importlib.machinery import ModuleSpec
from threading import RLock
from types import ModuleType
from typing import Any

NAMES = (
    "google.protobuf.internal.python_message",  # 7 ms; for where protobuf has no C
    "inspect",  # 4 ms; for debugging, and what comes after the port
    "email.parser",  # 3 ms; for http.client, of which httpx uses other parts
    "traceback",  # 3 ms; for bugs
    "ast",  # 2 ms; for inspect, from Python 3.13 on
    "idna",  # 3 ms; for hosts whose names are not ASCII
    "shutil",  # 3 ms; for temporary files
    "calendar",  # 2 ms; for protobuf's times, and what comes after the port
    "certifi",  # 2 ms; for https
    "anyio",  # 2 ms; for httpx's other half
    "tokenize",  # 1 ms; for showing lines of sources
    "ntpath",  # 1 ms; for paths of Windows, elsewhere
    "mimetypes",  # 1 ms; for sending files
)
"""Modules that others import whole, and seldom use."""
_LOADING = RLock()


def put_off(*more: str) -> None:
    """Let them, and `more`, come late: but for those that are there, and those of no package here.

    Whoever imports `a.b` without `from` finds it as the attribute `b` of `a`.
    """
    sys.meta_path.insert(0, _Loaded)
    for name in (*NAMES, *more):
        package, _, own = name.rpartition(".")
        with suppress(ImportError):
            if name not in sys.modules:
                late = _Late(name)
                if package:
                    setattr(import_module(package), own, late)
                sys.modules[name] = late


class _Late(ModuleType):
    """Stands in for a module until something of it, or below it, is used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":  # asked by whoever imports it
            raise AttributeError(name)
        with _LOADING:
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


class _Loaded:
    """Finds `a.b`, where importing it has just loaded the late `a` and that `a.b`: once will do."""

    @classmethod
    def find_spec(cls, name: str, _path: object, target: object = None) -> ModuleSpec | None:
        if name not in sys.modules or target:
            return None
        loader: Any = cls
        return ModuleSpec(name, loader, loader_state=sys.modules[name].__spec__)

    @staticmethod
    def create_module(spec: ModuleSpec) -> ModuleType:
        return sys.modules[spec.name]

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        if module.__spec__:
            module.__spec__ = module.__spec__.loader_state
