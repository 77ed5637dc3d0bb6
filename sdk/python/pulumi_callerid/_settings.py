# Generated from schema.json by sdk/generate.py; edit those.
"""The settings of an explicit provider, on their way to the engine."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pulumi

from pulumi_callerid import _checks, _setting_rules

__all__ = ["Setting", "inputs"]


class Setting(NamedTuple):
    """A setting: its name in the schema and in Python, and what the schema says of it."""

    name: str
    python_name: str
    kind: str
    secret: bool = False

    def problems(self, value: Any) -> Iterator[str]:
        """Say what is wrong with a value, in the plugin's sentences and under Python's name."""
        source = f"provider setting {self.python_name}"
        problem = _setting_rules.problem(self.name, value, self.kind, source)
        if problem:
            yield problem

    def written(self, value: Any) -> Any:
        """Write a value as the engine takes it: secrets marked, and all of them text."""
        if value is None:
            return None
        text = value if self.kind == "string" else pulumi.Output.from_input(value).apply(_as_json)
        return pulumi.Output.secret(text) if self.secret else text


def inputs(settings: Sequence[Setting], args: object) -> dict[str, Any]:
    """Check the settings of a provider, and write them as the engine takes them.

    Raises:
        pulumi.RunError: plain settings are wrong; the text has a line for each.
    """
    by_name = {setting.name: setting for setting in settings}
    given = {setting.name: getattr(args, setting.python_name) for setting in settings}
    checked = _checks.checked(given, lambda name, value: by_name[name].problems(value))
    return {name: by_name[name].written(value) for name, value in checked.items()}


def _as_json(known: Any) -> Any:
    return None if known is None else json.dumps(known)
