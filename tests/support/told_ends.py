"""Ends as APIs write them, read apart from callerid: what surely has passed, or is no time.

In doubt nothing is denied: of a number any unit may be meant, and a text that is not understood
here may be a time all the same.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from math import inf
from typing import Any

LARGEST = 2**63 - 1
NEVER = (None, 0, "0", LARGEST, f"{LARGEST}")
"""The ways of VMware Cloud Services to write that a role never ends."""
_UNITS = (1, 10**3, 10**6, 10**9)
_SLACK = 86400.0
"""More than zones can move a time."""


def is_blank(value: Any) -> bool:
    """Tell whether this says no more than null."""
    return value is None or (isinstance(value, str) and not value.strip())


def is_surely_over(end: Any, now: float) -> bool:
    """Tell whether something with this end does not count: the end has passed, or is no time."""
    if is_blank(end) or _is_never(end):
        return False
    number = _number(end)
    if number is not None:
        return number <= now or number > LARGEST
    if not isinstance(end, str) or not re.search(r"\d", end):
        return True
    moment = _moment(end)
    return moment is not None and moment <= now - _SLACK


def may_be(end: Any, answered: str) -> bool:
    """Tell whether an end may be the one that is answered; 0 may be 1970."""
    if is_blank(end):
        return False
    told = _moment(answered)
    if told is None:
        return True
    number, moment = _number(end), _moment(end) if isinstance(end, str) else None
    if number is None:
        return moment is None or abs(moment - told) <= _SLACK
    return number < 0 or any(abs(number / unit - told) <= 1 for unit in _UNITS)


def _is_never(end: Any) -> bool:
    return not isinstance(end, bool) and (end.strip() if isinstance(end, str) else end) in NEVER


def _number(value: Any) -> float | int | None:
    """Read a number, or a text of one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not re.fullmatch(r"\s*-?[0-9]+(\.[0-9]+)?\s*", value):
        return None
    try:
        return value if not isinstance(value, str) else float(value) if "." in value else int(value)
    except ValueError:  # more digits than Python reads
        return inf


def _moment(text: str) -> float | None:
    """Read ISO 8601 or a date of e-mail as seconds since 1970; None for what may be another one."""
    try:
        moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text.strip()))
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (TypeError, ValueError, IndexError):
            return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    try:
        return aware.timestamp()
    except OverflowError:
        return None
