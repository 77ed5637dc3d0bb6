"""Times in scenarios: those that count from the sandbox's start, and those that stand still."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, WithJsonSchema

from callerid.sandbox.strict import mistake

if TYPE_CHECKING:
    from collections.abc import Iterator

_Part = TypeVar("_Part", bound=BaseModel)

_RELATIVE = re.compile(r"now(Seconds|Ms)?([+-][0-9]{1,5})([smhd])")
_NEARLY = re.compile(r"now[A-Za-z]*\s*[+-]\s*[0-9]+\s*[A-Za-z]*")
_RFC3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)
_NO_TIME = "expected a time with its zone, such as 2026-03-01T12:00:00Z"
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600}
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Relative(NamedTuple):
    """A time that counts from the sandbox's start; `form` is empty, `Seconds` or `Ms`."""

    form: str
    seconds: int

    def at(self, start: float) -> str | int:
        """Write the time as the body wants it: RFC 3339, or seconds or milliseconds since 1970."""
        moment = int(start) + self.seconds
        if self.form:
            return moment * 1000 if self.form == "Ms" else moment
        return rfc3339(_EPOCH + timedelta(seconds=moment))


def relative(value: object) -> Relative | None:
    """Read `now+3d`, `nowSeconds-1h`, `nowMs+30m`; None for anything else."""
    found = _RELATIVE.fullmatch(value) if isinstance(value, str) else None
    return Relative(found[1] or "", int(found[2]) * _SECONDS[found[3]]) if found else None


def rfc3339(moment: datetime) -> str:
    """Write a time in UTC with `Z` and without a zero fraction."""
    text = moment.astimezone(timezone.utc).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def settled(part: _Part, start: float) -> _Part:
    """Copy a scenario, or a part of one, with the relative times of its bodies written out.

    Args:
        part: what may hold bodies.
        start: what `now` is, in seconds since 1970.
    """
    names = _with_bodies(type(part)) & part.model_fields_set
    return part.model_copy(update={name: _settle(getattr(part, name), start) for name in names})


class Settled(Mapping[str, _Part]):
    """A view of callers, `settled`; one that is added later, or replaced, is seen here too."""

    def __init__(self, given: Mapping[str, _Part], start: float) -> None:
        """Look at `given`; `start` is what `now` is, in seconds since 1970."""
        self._given, self._start = given, start
        self._made: dict[str, tuple[_Part, _Part]] = {}

    def __getitem__(self, name: str) -> _Part:
        """Return a caller; its times are resolved once."""
        given = self._given[name]
        known, made = self._made.get(name, (None, None))
        if made is None or known is not given:
            made = settled(given, self._start)
            self._made[name] = (given, made)
        return made

    def __iter__(self) -> Iterator[str]:
        """Return the names."""
        return iter(self._given)

    def __len__(self) -> int:
        """Count the callers."""
        return len(self._given)


@cache
def _with_bodies(model: type[BaseModel]) -> frozenset[str]:
    """Find the fields that are bodies, or hold some."""
    fields = model.model_fields.items()
    return frozenset(
        name for name, field in fields if Timed in field.metadata or _holds_a_body(field.annotation)
    )


def _holds_a_body(annotation: Any) -> bool:
    if Timed in getattr(annotation, "__metadata__", ()):
        return True
    if inner := get_args(annotation):  # first: to Python 3.10 `list[str]` is a type
        return any(map(_holds_a_body, inner))
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return is_model and bool(_with_bodies(annotation))


def _settle(value: Any, start: float) -> Any:
    if isinstance(value, BaseModel):
        return settled(value, start)
    if isinstance(value, dict):
        return {name: _settle(item, start) for name, item in value.items()}
    if isinstance(value, list):
        return [_settle(item, start) for item in value]
    found = relative(value)
    return found.at(start) if found else value


def _require_times(body: Any) -> Any:
    """Refuse a text that is nearly a relative time: it would be answered as it stands."""
    for at, text in _texts(body):
        if _NEARLY.fullmatch(text) and not relative(text):
            place = ".".join(map(str, at))
            expected = "now+3d, nowSeconds+3d or nowMs+3d, with s, m, h or d"
            raise mistake(f"{place}: expected {expected}" if at else f"expected {expected}", *at)
    return body


def _texts(
    value: Any, at: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield at, value
    inner = value.items() if isinstance(value, dict) else ()
    for place, item in enumerate(value) if isinstance(value, list) else inner:
        yield from _texts(item, (*at, place))


def _in_utc(text: str) -> str:
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise mistake(_NO_TIME)
    zone = "+00:00" if found[3] == "Z" else found[3]  # Python 3.10 reads no Z, nor seven digits
    try:
        return rfc3339(datetime.fromisoformat(f"{found[1]}.{found[2] or '0':0<6.6}{zone}"))
    except (OverflowError, ValueError):
        raise mistake(_NO_TIME) from None


Timed = AfterValidator(_require_times)
"""Marks a body, in which a text may be a relative time."""
Instant = Annotated[
    str,
    AfterValidator(_in_utc),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A time that stands still: RFC 3339, kept in UTC with `Z`."""
