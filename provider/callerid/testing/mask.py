"""Secrets of the configuration, masked in what a run reports, as the CLI masks them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from callerid.testing.marks import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from callerid.testing.project import Project
    from callerid.testing.result import Invoke, PreviewResult, RegisteredResource

_MASKED = "[secret]"
_SHORTEST = 3
"""A shorter secret is not looked for: it would be found in every second word."""
_SHORTEST_PART = 8
"""A shorter text in a secret that is JSON may be a word of everybody's, such as a region."""


class Mask:
    """Replaces the values of a project's secret settings with `[secret]`."""

    def __init__(self, project: Project) -> None:
        """Take the values of the settings that are secret, in all the ways they are written."""
        values = {project.config[key] for key in project.secrets if key in project.config}
        written = {form for value in values for form in _forms(value) if len(form) >= _SHORTEST}
        longest_first = sorted({*written, _MASKED}, key=lambda form: (-len(form), form))
        any_of = "|".join(map(re.escape, longest_first))
        self._secrets = re.compile(f"(?=({any_of}))", re.DOTALL)
        self._numbers = {number for value in written if (number := _number(value)) is not None}

    def __call__(self, text: str) -> str:
        """Return a text without secrets; one that was masked already stays as it is."""
        parts, end = list[str](), 0
        for found in self._secrets.finditer(text):
            if found.start() >= end:
                parts += [text[end : found.start()], _MASKED]
            end = max(end, found.end(1))
        return "".join([*parts, text[end:]])

    def result(self, result: PreviewResult) -> PreviewResult:
        """Return all that a run came to without secrets: names, values and texts."""
        return replace(
            result,
            exports=self.value(result.exports),
            invokes=tuple(map(self._invoke, result.invokes)),
            resources=tuple(map(self._resource, result.resources)),
            logs=tuple(replace(each, message=self(each.message)) for each in result.logs),
            error=self(result.error) if result.error is not None else None,
            output=self(result.output),
        )

    def invoke(self, invoke: Invoke) -> Invoke:
        """Return a call whose error has no secrets; its arguments are values, and stay exact."""
        return replace(invoke, error=self(invoke.error)) if invoke.error else invoke

    def value(self, value: Any) -> Any:
        """Return a value without secrets in its texts and names, at every depth."""
        if isinstance(value, bytes):
            value = value.decode(errors="replace")
        if isinstance(value, str):
            return self(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _MASKED if value in self._numbers else value
        if isinstance(value, dict):
            return self._named(value)
        if isinstance(value, list | tuple):
            return [self.value(each) for each in value]
        return replace(value, urn=self(value.urn)) if isinstance(value, Reference) else value

    def _named(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Mask a mapping; names that become equal are told apart, so that no value is lost."""
        masked: dict[str, Any] = {}
        for name, value in values.items():
            shown = self(name)
            while shown in masked:
                shown += "'"
            masked[shown] = self.value(value)
        return masked

    def _invoke(self, invoke: Invoke) -> Invoke:
        args, result = self.value(invoke.args), self.value(invoke.result)
        return replace(self.invoke(invoke), token=self(invoke.token), args=args, result=result)

    def _resource(self, resource: RegisteredResource) -> RegisteredResource:
        return replace(
            resource,
            urn=self(resource.urn),
            type=self(resource.type),
            name=self(resource.name),
            inputs=self.value(resource.inputs),
        )


def _forms(value: str) -> Iterator[str]:
    """Give the texts in which a secret is found: as JSON and Python write it, and its parts."""
    for text in (value, value.strip(), *_parts(value)):
        yield text
        for ascii_only in (True, False):
            yield json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        yield repr(text)[1:-1]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _parts(value: str) -> Iterator[str]:
    """Give the longer texts in a secret that is JSON, which a program may take out of it."""
    try:
        rest = [json.loads(value)]
    except (ValueError, RecursionError):
        return
    while rest:
        part = rest.pop()
        if isinstance(part, dict | list):
            rest.extend(part.values() if isinstance(part, dict) else part)
        elif isinstance(part, str) and len(part) >= _SHORTEST_PART:
            yield part
