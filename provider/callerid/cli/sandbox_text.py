"""How `callerid sandbox` shows callers, and what to paste to be one: 80 columns of plain text."""

from __future__ import annotations

import os
import textwrap
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from callerid.cli.console import quoted
from callerid.config import BY_NAME, PLATFORM_TITLES
from callerid.errors import printable
from callerid.sandbox.environment import INTERFERING
from callerid.sandbox.extending import built_in_files
from callerid.sandbox.moments import relative
from callerid.setting import setting_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from callerid.registry import PlatformName
    from callerid.sandbox.caller import Caller, Role
    from callerid.sandbox.library import Entry
    from callerid.sandbox.scenario import Scenario
    from callerid.sandbox.server import Sandbox

_COLUMNS = 80
_LABEL = 15
_LONGEST_NAME = 24
_UNITS = (("d", 24 * 3600), ("h", 3600), ("min", 60), ("s", 1))
_FIRST_MILLISECONDS = 1e11  # as seconds it would lie past the year 5138
_LIMITS = {"tokenExpiresAfterCalls", "requestsPerSecond", "retryAfterOn429"}


def table(callers: Mapping[str, Scenario]) -> str:
    """List callers: name, platforms, description."""
    names = {name: printable(name) for name in callers}
    at = {name: "+".join(caller.platforms) for name, caller in callers.items()}
    at_width = max(map(len, at.values()), default=0)
    width = max((len(name) for name in names.values() if len(name) <= _LONGEST_NAME), default=0)
    rows = []
    for name, caller in callers.items():
        label = f"  {names[name]:<{width}}  {at[name]:<{at_width}}  "
        rows.append(_hung(label, caller.description, width + at_width + 6))
    return "\n".join(rows)


def description(name: str, entry: Entry) -> str:
    """Describe one caller: everything about it but its credential."""
    caller, (file, *bases) = entry.scenario, entry.files
    rows = [_hung(f"{printable(name)}: ", caller.description, 2)]
    rows.append(_row("file", [_shown(file)]))
    if bases:
        rows.append(_row("extends", [", ".join(map(_shown, bases))]))
    if caller.recorded_at:
        rows.append(_row("recorded", [caller.recorded_at]))
    for platform, at in caller.callers.items():
        rows.append(f"\n{PLATFORM_TITLES[platform]}")
        rows.extend(_row(*each) for each in _facts(platform, at))
    return "\n".join(rows)


def welcome(sandbox: Sandbox, callers: Mapping[str, Scenario], names: Sequence[str]) -> str:
    """Describe where it listens, who can call, and what to paste to be each of `names`."""
    pastes = [
        f"To be {printable(name)} in another shell (--as NAME shows another), paste:\n"
        f"{_paste(sandbox.environment(name))}\n"
        for name in names
    ]
    wanted = " ".join(f"--as {quoted(name)}" for name in names)
    return (
        f"callerid's sandbox listens on {sandbox.url}; Ctrl-C stops it. Its callers are made up:\n"
        f"{table(callers)}\n{''.join(pastes)}"
        f"Or in one go: callerid sandbox {wanted} -- pulumi preview"
    )


def _paste(wanted: Mapping[str, str]) -> str:
    """Write the shell's lines; variables that would interfere are unset where they are set here."""
    others = sorted(INTERFERING.intersection(os.environ).difference(wanted))
    unset = [f"  unset {' '.join(others)}"] if others else []
    exports = [f"  export {name}={quoted(value)}" for name, value in wanted.items()]
    return "\n".join([*unset, *exports])


def _facts(platform: PlatformName, caller: Caller) -> Iterator[tuple[str, list[str]]]:
    yield "who", [caller.who()]
    yield "principal", ["a person" if caller.is_person else "a machine"]
    yield "signs in with", [_way(platform, caller)]
    for place, member in enumerate(caller.memberships()):
        name = f" ({member.organization})" if member.organization else ""
        yield "also in" if place else "organization", [f"{member.organization_id}{name}"]
        yield "roles", _roles(member.roles)
    written = caller.model_dump(by_alias=True, exclude_unset=True)
    yield "faults", [_fault(each) for each in written.get("faults", [])] or ["none"]
    yield "limits", [_pairs(each for each in written.items() if each[0] in _LIMITS)]
    if switches := written.get("behaviour"):
        yield "behaviour", [_pairs(switches.items())]


def _way(platform: PlatformName, caller: Caller) -> str:
    given = caller.credential.model_dump(by_alias=True, exclude_none=True)
    variables = ", ".join(BY_NAME[setting_name(platform, key)].env[0] for key in given)
    return f"{caller.credential.way} ({variables})"


def _roles(roles: Sequence[Role] | None) -> list[str]:
    if roles is None:
        return ["refused (HTTP 403)"]
    return [f"{role.name}: {_ends(role)}{_LACKING * role.not_in_token}" for role in roles] or [
        "none"
    ]


_LACKING = ", not in the token"


def _ends(role: Role) -> str:
    value = role.ends
    if value is None:
        return "as the token says" if role.from_token else "never ends"
    if found := relative(value):
        when = "ends {} after" if found.seconds >= 0 else "ended {} before"
        return f"{when.format(_span(abs(found.seconds)))} the sandbox starts"
    if isinstance(value, int | float):
        return _date(value / 1000 if value > _FIRST_MILLISECONDS else value)
    return f"ends {value}"


def _date(seconds: float) -> str:
    try:
        moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)
    except OverflowError:
        return "never ends"
    tense = "ends" if moment > datetime.now(timezone.utc) else "ended"
    return f"{tense} {moment:%Y-%m-%d}"


def _span(seconds: int) -> str:
    unit, size = next(each for each in _UNITS if seconds % each[1] == 0)
    return f"{seconds // size} {unit}"


def _fault(fault: dict[str, Any]) -> str:
    what = ((name, value) for name, value in fault.items() if name != "endpoint")
    return f"{fault['endpoint']}: {_pairs(what)}"


def _pairs(values: Iterable[tuple[str, Any]]) -> str:
    """Write `status 503, drop`; a body is not shown, it may be long."""
    shown = (
        name if value is True or name == "body" else f"{name} {value}" for name, value in values
    )
    return ", ".join(shown) or "none"


def _shown(file: Path) -> str:
    return f"{file.name} (built in)" if file in built_in_files() else str(file)


def _row(label: str, texts: Sequence[str]) -> str:
    """Lay out what stands beside a label, each text on lines of its own."""
    labels = [f"  {label}", *[""] * (len(texts) - 1)]
    rows = (
        _hung(f"{at:<{_LABEL}}  ", text, _LABEL + 2) for at, text in zip(labels, texts, strict=True)
    )
    return "\n".join(rows)


def _hung(label: str, text: str, indent: int) -> str:
    """Put a text that came from outside behind a label, wrapped below itself."""
    lines = textwrap.wrap(
        printable(text),
        _COLUMNS,
        initial_indent=label,
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
    )
    return "\n".join(lines)
