"""The extras of callerid: what to report if one is missing."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Literal

Extra = Literal["sandbox", "terraform", "testing"]
_SANDBOX = frozenset({"starlette", "uvicorn", "yaml"})
_LIBRARIES = {
    "sandbox": _SANDBOX,
    "terraform": frozenset({"cryptography", "grpclib", "msgpack"}),
    "testing": _SANDBOX | {"google", "grpc", "pulumi", "semver"},
}
"""The libraries that each brings; testing brings the sandbox's too."""


def demand(extra: Extra) -> None:
    """Look for what an extra brings, before anything is done that needs all of it.

    Raises:
        ModuleNotFoundError: one of its libraries is missing.
    """
    for library in missing(extra):
        raise ModuleNotFoundError(name=library)


def missing(extra: Extra) -> list[str]:
    """Name the libraries of an extra that this environment lacks."""
    return [library for library in sorted(_LIBRARIES[extra]) if find_spec(library) is None]


def explain(error: ModuleNotFoundError, what: str, extra: Extra) -> str:
    """Return how to install the library that `what` needs, such as `The preview`.

    Raises:
        ModuleNotFoundError: the error itself, where the extra does not bring the module.
    """
    library = (error.name or "").partition(".")[0]
    if library not in _LIBRARIES[extra]:
        raise error
    return f'{what} needs {library}: pip install "callerid[{extra}]"'
