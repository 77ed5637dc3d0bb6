"""URNs and provider references: how the engine names a resource."""

from __future__ import annotations

from dataclasses import dataclass

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"
_PARTS = 4


class UrnError(ValueError):
    """A text that is no URN, no provider reference, or no type token."""


@dataclass(frozen=True)
class ProviderRef:
    """A provider instance: the URN of its resource, and its id."""

    urn: str
    id: str

    def __str__(self) -> str:
        """Return the form that SDKs send."""
        return f"{self.urn}::{self.id}"


def make(stack: str, project: str, parent: str, kind: str, name: str) -> str:
    """Make the URN of a resource; below anything but the stack, the parent's type goes first."""
    above = qualified_type(parent) if parent else STACK_TYPE
    whole = kind if above == STACK_TYPE else f"{above}${kind}"
    return f"urn:pulumi:{stack}::{project}::{whole}::{name}"


def qualified_type(urn: str) -> str:
    """Take the type out of a URN, its parents' types included."""
    return check(urn).split("::", _PARTS - 1)[2]


def check(urn: str) -> str:
    """Return the URN if it is valid.

    Raises:
        UrnError: it is not valid.
    """
    parts = urn.split("::", _PARTS - 1)
    if not urn.startswith("urn:pulumi:") or len(parts) != _PARTS:
        message = f"invalid URN {urn!r}"
        raise UrnError(message)
    return urn


def check_type(kind: str) -> str:
    """Return the type token if it has three parts, as custom resources need.

    Raises:
        UrnError: it has not.
    """
    if len(kind.split(":")) != 3:  # noqa: PLR2004 - package, module, member
        message = f"Type {kind!r} is no valid type token: it must look like package:module:Name"
        raise UrnError(message)
    return kind


def parse_reference(text: str) -> ProviderRef:
    """Read a provider reference as SDKs send it, `URN::ID`.

    Raises:
        UrnError: it is not valid.
    """
    urn, separator, identity = text.rpartition("::")
    if not separator:
        message = f"could not parse provider reference {text!r}: it must look like URN::ID"
        raise UrnError(message)
    return ProviderRef(check(urn), identity)
