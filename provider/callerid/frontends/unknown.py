"""Values that a host does not know yet, and what is said of them."""

from __future__ import annotations

from typing import Final


class Unknown:
    """A value that the host does not know yet."""


UNKNOWN: Final = Unknown()


def has_unknown(value: object) -> bool:
    """Return whether a value is unknown, in whole or in part."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN


def setting_not_known_yet(setting: str) -> str:
    """Describe a setting that depends on what is still to be created."""
    return (
        f"provider setting {setting} is not known yet. Give the provider plain values, or values "
        "of resources that exist."
    )


def argument_not_known_yet(argument: str, function: str) -> str:
    """Describe an argument that depends on what is still to be created."""
    return (
        f"The argument {argument} of {function} is not known yet. Who calls cannot depend on what "
        "is still to be created: pass a plain value, or a value of a resource that exists."
    )
