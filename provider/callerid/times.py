"""Times in the forms in which APIs write them: numbers by their size, texts by their shape.

A form that could mean two plausible times is none that can be read. What names no zone is in UTC,
and a date alone is its first moment.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from math import inf

from pydantic_core import SchemaValidator, ValidationError

_LARGEST = 2**63 - 1
"""The largest whole number of 64 bits: where it stands for an end there is none."""
_NEVER = (0, "0", _LARGEST, f"{_LARGEST}")
_UNITS = ((10**11, 1), (10**14, 10**3), (10**17, 10**6), (_LARGEST, 10**9))
"""Below what a number counts how many parts of a second since 1970. In a coarser unit it would lie
past the year 5138, in a finer one before March 1973."""
_LAST_YEAR, _CALENDARS_END = 253_370_764_800, 253_402_300_800
"""The year 9999, in seconds since 1970: an end that is meant to be far away, in whatever unit. In
the next finer one it is a few hours of January 1978."""
_DIGITS_OF_A_DATE = (
    r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])[0-5]\d[0-5]\d(\d{3})?"
)
"""`20240501120000`, also with milliseconds: as a number it would be a time of the years about 2600.
Of the shorter ones ten digits may be seconds as well; the others, read as numbers, have passed."""
_DECIMAL = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?"
"""A number as text. Other ways to write one are no time that an API sends."""
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
"""How ISO 8601 begins; a reader of times would take numbers too."""
_BASIC = r"(?a)(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\D.*)?"
"""The same without hyphens and colons."""
_ANNOTATED = r"(?ai)[^\[\]]+T[^\[\]]+(?:Z|[+-]\d\d:?\d\d)"
_ANNOTATIONS = r"(?a)(?:[\w/+.=:-]+\]\[)*[\w/+.=:-]+\]"
"""A time with an offset, which decides, and behind the first bracket the names of zone and calendar
(RFC 9557); not if one is marked as critical."""
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MAIL = (
    rf"(?a)(?:({'|'.join(_DAYS)}), )?\d{{1,2}} [A-Z][a-z]{{2}} \d{{4}} \d\d:\d\d(?::\d\d)?"
    r" (?:GMT|UTC?|Z|[+-]\d{4})(?: \(\w+\))?"
)
"""RFC 1123 and RFC 2822, with four digits of the year and a zone that is surely known."""
_LONGEST = 200
"""A longer text is no time; to find that out by its shape could take very long."""
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_FIRST = datetime(1, 1, 1, tzinfo=timezone.utc)
_LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc)
_ISO = SchemaValidator({"type": "datetime"})


def is_never(value: object) -> bool:
    """Tell whether a value stands for no end where a platform writes one as a number."""
    return not isinstance(value, bool) and _bare(value) in _NEVER


def read(value: object) -> datetime | None:
    """Read a time: in UTC, within the calendar; None for what is none, or may be another.

    Numbers, or texts of them, count seconds to nanoseconds since 1970, by their size; 0 is 1970.
    """
    value = _bare(value)
    if isinstance(value, str) and len(value) > _LONGEST:
        return None
    number = _number(value)
    if number is not None:
        return _from_number(number)
    return _from_text(value) if isinstance(value, str) else None


def is_number(value: object) -> bool:
    """Tell whether a value is a number, whatever it counts."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _bare(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _number(value: object) -> int | float | None:
    number = _number_in(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return number if -inf < number < inf else None


def _number_in(text: str) -> int | float | None:
    """Read a number from a text; of a zero in it nobody knows what it would say."""
    if not re.fullmatch(_DECIMAL, text):
        return None
    try:
        return (float(text) if "." in text else int(text)) or None
    except ValueError:  # more digits than Python reads
        return None


def _from_number(number: float) -> datetime | None:
    """Place a number in the calendar; what lies before it has passed, whatever it counts."""
    per_second = _per_second(abs(number))
    if per_second is None or re.fullmatch(_DIGITS_OF_A_DATE, f"{int(number)}"):
        return _FIRST if number < 0 else None
    seconds, parts = divmod(number, per_second)
    try:
        return _EPOCH + timedelta(seconds=seconds, microseconds=parts * 10**6 / per_second)
    except OverflowError:  # before the calendar: what would lie behind it has no unit
        return _FIRST


def _per_second(size: float) -> int | None:
    if size >= _LARGEST:
        return None
    far = (each for _, each in _UNITS if _LAST_YEAR * each <= size < _CALENDARS_END * each)
    near = (each for below, each in _UNITS if size < below)
    return next(far, None) or next(near)


def _from_text(text: str) -> datetime | None:
    own, _, annotations = text.partition("[")
    if annotations and re.fullmatch(_ANNOTATIONS, annotations) and re.fullmatch(_ANNOTATED, own):
        text = own
    if text[8:9] == "T" and (basic := re.fullmatch(_BASIC, text)):
        year, month, day, hour, minute, second, rest = basic.groups(default="")
        text = f"{year}-{month}-{day}T{hour}:{minute}:{second}{rest}"
    return _from_iso(text) if re.match(_DATE, text) else _from_mail(text)


def _from_iso(text: str) -> datetime | None:
    try:
        return _in_utc(_ISO.validate_python(text))
    except ValidationError:
        return None


def _from_mail(text: str) -> datetime | None:
    found = re.fullmatch(_MAIL, text)
    if not found:
        return None
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - few APIs write times so

    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if found[1] not in {None, _DAYS[moment.weekday()]}:
        return None
    return _in_utc(moment)


def _in_utc(moment: datetime) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    try:
        return aware.astimezone(timezone.utc)
    except OverflowError:  # a zone moves it over the calendar's edge
        return _LAST if moment.year > 1 else _FIRST
