"""Marks: what stands in Python for the property values that JSON has no word for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class Unknown:
    """The type of `UNKNOWN`."""

    def __repr__(self) -> str:
        """Return the name under which the constant is imported."""
        return "UNKNOWN"

    def __bool__(self) -> bool:
        """Refuse: neither yes nor no is true of a value that is not known yet."""
        message = "UNKNOWN is neither true nor false. Compare it with: value is UNKNOWN"
        raise TypeError(message)


UNKNOWN = Unknown()
"""A value that is only known after an update. Compare with `is`."""


@dataclass(frozen=True, repr=False)
class Secret:
    """A value that the program or a provider marked as secret; its `repr` does not show it."""

    value: Any

    def __repr__(self) -> str:
        """Hide the value, so that no failing assertion prints it."""
        return "Secret(…)"


@dataclass(frozen=True)
class Reference:
    """A resource as a value; `id` is None where it has none, `UNKNOWN` before its creation."""

    urn: str
    id: str | Unknown | None = None
    name: str | None = None
    type: str | None = None
    package_version: str | None = None


def holds(value: Any, what: type[Secret | Unknown]) -> bool:
    """Return whether a value contains a secret (`Secret`) or an unknown (`Unknown`)."""
    if isinstance(value, what):
        return True
    if isinstance(value, Secret):
        return holds(value.value, what)
    if isinstance(value, dict):
        return any(holds(each, what) for each in value.values())
    if isinstance(value, list | tuple):
        return any(holds(each, what) for each in value)
    return isinstance(value, Reference) and isinstance(value.id, what)


def bare(value: Any) -> Any:
    """Return a value without its secret marks, at every depth."""
    if isinstance(value, Secret):
        return bare(value.value)
    if isinstance(value, dict):
        return {name: bare(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [bare(each) for each in value]
    return value
