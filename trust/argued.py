"""Secrets as arguments of requireCaller: as what is required, and where they do not belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.casing import camel
from callerid.functions.get_current_user import CallerArgs
from callerid.guard.arguments import RequireCallerArgs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planted import Planted

RULE: dict[str, Any] = {"anyRoles": ["nobody"]}
"""What is required where the arguments are no rule."""
REQUIRED = ("allRoles", "anyRoles", "ids", "emails", "orgIds")
"""The arguments that may be any text: a refusal names what was required."""
ARGUMENTS = tuple(camel(name) for name in RequireCallerArgs.model_fields)
_FROM_SETTINGS = frozenset(camel(name) for name in CallerArgs.model_fields)


def argued(planted: Planted) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give arguments, each by what it is: a secret for each one, of its type and of no type of its.

    An organization to ask about may be any text too; that is tried with every function.
    """
    for name in REQUIRED:
        place = f"argument {name}"
        yield place, {name: [planted.at(place)]}
    for name in ARGUMENTS:
        place = f"argument {name} of a wrong type"
        canary = planted.at(place)
        wrong = {canary: canary} if name in {*REQUIRED, *_FROM_SETTINGS} else [canary]
        for value in (wrong, [wrong], canary if name != "orgId" else [canary]):
            yield place, {**RULE, name: value}
    place = "argument nothing, which there is none of"
    yield place, {**RULE, "nothing": planted.at(place)}
