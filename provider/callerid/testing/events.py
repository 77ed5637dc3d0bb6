"""The event log of the Pulumi CLI, read into a `PreviewResult`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from callerid.testing import values
from callerid.testing.result import LogLine, PreviewResult, RegisteredResource
from callerid.testing.urn import PROVIDER_PREFIX, STACK_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ON_PATH = "using pulumi-resource-"
"""How the CLI's own remark begins that it found a provider on PATH."""

_LINES = {"warning": "warning", "error": "error"}


def read(text: str) -> PreviewResult:
    """Read an event log: one JSON object a line.

    What a program prints and what it logs as information look the same in there, so both become
    `output`. The CLI's remarks on providers found on PATH are dropped.
    """
    events = [json.loads(line) for line in text.splitlines() if line.strip()]
    spoken = [event["diagnosticEvent"] for event in events if "diagnosticEvent" in event]
    logs = tuple(_log_lines(spoken))
    errors = [line.message for line in logs if line.severity == "error"]
    return PreviewResult(
        exports=_exports(events),
        resources=tuple(_resources(events)),
        logs=logs,
        error="\n".join(errors) or None,
        output="".join(_output(spoken)),
    )


def _log_lines(spoken: Iterable[Mapping[str, Any]]) -> Iterable[LogLine]:
    for line in spoken:
        severity = _LINES.get(line["severity"])
        if severity and not line["message"].startswith(_ON_PATH):
            yield LogLine(severity, line["message"].strip())


def _output(spoken: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for line in spoken:
        if line["severity"].startswith("info"):
            yield line["message"].rstrip("\n") + "\n"


def _states(events: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    for event in events:
        state = event.get("resOutputsEvent", {}).get("metadata", {}).get("new")
        if state:
            yield state


def _exports(events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Take the stack's outputs from the last event of the stack that has any."""
    found: Mapping[str, Any] = {}
    for state in _states(events):
        if state["type"] == STACK_TYPE:
            found = state.get("outputs") or found
    return {name: values.mark(value, name) for name, value in sorted(found.items())}


def _resources(events: Iterable[Mapping[str, Any]]) -> Iterable[RegisteredResource]:
    seen = set()
    for state in _states(events):
        name = state["urn"].rpartition("::")[2]
        default = state["type"].startswith(PROVIDER_PREFIX) and not state.get("parent")
        if state["urn"] in seen or state["type"] == STACK_TYPE or default:
            continue
        seen.add(state["urn"])
        inputs = {
            key: values.mark(value, key)
            for key, value in (state.get("inputs") or {}).items()
            if not key.startswith("__")
        }
        yield RegisteredResource(
            state["urn"], state["type"], name, bool(state.get("custom")), inputs
        )
