"""Which settings the environment has."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callerid.config.table import SETTINGS
from callerid.setting_rules import pasted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.setting import Setting


class Given(NamedTuple):
    """A setting that the environment has, never its value, which may be a secret.

    `variable` is the one that counts, `ignored` are others of the setting that are set too.
    """

    setting: Setting
    variable: str
    ignored: tuple[str, ...]


def given(environ: Mapping[str, str]) -> tuple[Given, ...]:
    """Return which settings the environment has, in the order of the table."""
    found = ((each, [name for name in each.env if is_set(name, environ)]) for each in SETTINGS)
    return tuple(Given(each, names[0], tuple(names[1:])) for each, names in found if names)


def is_set(variable: str, environ: Mapping[str, str]) -> bool:
    """Return whether a variable holds more than blanks and quotation marks."""
    return bool(pasted("", environ.get(variable, "")))
