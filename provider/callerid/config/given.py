"""Which settings the environment has."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callerid.config.table import SETTINGS
from callerid.setting_rules import pasted, plain

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
    found = ((each, list(values(each, environ))) for each in SETTINGS)
    return tuple(Given(each, names[0], tuple(names[1:])) for each, names in found if names)


def values(setting: Setting, environ: Mapping[str, str]) -> dict[str, str]:
    """Return what the setting's variables hold, in their order; of `setting.files` it is a path.

    A variable that holds nothing, or blanks and quotation marks alone, is not set.
    """
    found = {each: plain(setting.name, environ.get(each)) for each in setting.env}
    found |= {each: pasted("", environ.get(each, "")) for each in setting.files}
    return {each: value for each, value in found.items() if value}
