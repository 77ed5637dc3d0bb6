"""How `callerid doctor` prints what it found: for people at 80 columns, and as JSON."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.text import Text

from callerid.config import PLATFORM_TITLES
from callerid.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from callerid.cli.doctor_finding import Finding

COLUMNS = 80
_STYLES = {"ok": "green", "note": "yellow", "problem": "bold red"}
_MACHINE = frozenset({"plugin", "SDK", "Python", "Terraform", "OpenTofu"})
_MARGIN = 23
"""Where the sentences begin: after the level and the topic."""


def report(findings: Sequence[Finding]) -> Text:
    """Write all findings, in groups and in their order, and a last line that counts them."""
    lines = [
        line
        for heading, group in groupby(findings, _heading)
        for line in (Text(heading, style="bold"), *_lines(group), Text())
    ]
    return Text("\n").join([*lines, _summary(findings)])


def document(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return all findings as plain values for JSON, without empty fields."""
    rows = [
        {name: printable(value) for name, value in asdict(each).items() if value is not None}
        for each in findings
    ]
    return {"ok": is_ok(findings), "findings": rows}


def is_ok(findings: Sequence[Finding]) -> bool:
    """Return whether no finding is a problem."""
    return all(each.level != "problem" for each in findings)


def _heading(finding: Finding) -> str:
    if finding.platform:
        return PLATFORM_TITLES[finding.platform]
    return "this machine" if finding.topic in _MACHINE else "settings"


def _lines(findings: Iterator[Finding]) -> Iterator[Text]:
    for finding in findings:
        first, *rest = _wrapped(finding.text)
        level = Text(f"  {finding.level:<8}", style=_STYLES[finding.level])
        yield Text.assemble(level, f"{finding.topic:<13}{first}")
        yield from (Text(" " * _MARGIN + line) for line in rest)
        for number, line in enumerate(_fix(finding.fix)):
            label = "fix: " if number == 0 else "     "
            yield Text(" " * (_MARGIN - 5) + label + line)


def _fix(fix: str | None) -> list[str]:
    return [
        piece
        for line in (fix or "").splitlines()
        for piece in ([printable(line)] if line.startswith(" ") else _wrapped(line))
    ]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        printable(text).replace("\n", " "),
        COLUMNS - _MARGIN,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]


def _summary(findings: Sequence[Finding]) -> Text:
    counts = {level: sum(each.level == level for each in findings) for level in _STYLES}
    problems, notes = counts["problem"], counts["note"]
    also = f", {_plural(notes, 'note')}" if notes else ""
    if problems:
        return Text(f"{_plural(problems, 'problem')}{also}.", style=_STYLES["problem"])
    return Text(f"Nothing is wrong{also}.", style=_STYLES["ok"])


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
