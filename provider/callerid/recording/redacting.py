"""What a recording must not reveal: secrets are dropped, people become made-up people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from callerid.recording import contract

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

REDACTED = "redacted"
"""Stands for a text about a person that no program needs."""
DROPPED = frozenset({"password"})
"""Fields that are left out, whatever they hold."""
_FIRST_NAMES = ("Robin", "Sasha", "Kim", "Noa", "Jules", "Charlie", "Sam", "Toni")
_FIRST, _LAST = "firstname", "lastname"
_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*")


class People:
    """Makes up a person for each real one; the same one always, in the order of appearance."""

    def __init__(self) -> None:
        """Start without any known text."""
        self._made_up: dict[tuple[str, str], str] = {}

    def __call__(self, kind: str, real: str) -> str:
        """Return the made-up text for a real one of a kind."""
        key = (kind, real.casefold())
        if key not in self._made_up:
            number = sum(known == kind for known, _ in self._made_up)
            self._made_up[key] = _make_up(kind, number)
        return self._made_up[key]


def redact(value: Any, also: Collection[str] = (), *, keep_names: bool = False) -> Any:
    """Copy JSON without what a recording must not reveal.

    Args:
        value: any JSON.
        also: further fields, case-insensitive, whose texts become `redacted`.
        keep_names: keep people's names; passwords and `also` are redacted nevertheless.
    """
    people = People()
    further = {name.casefold() for name in also}
    spoken = {} if keep_names else dict(_full_names(value, people))
    handles = set() if keep_names else set(_handles(value))
    return _Redaction(people, further, spoken, handles, keep_names=keep_names).of(value)


class _Redaction:
    def __init__(
        self,
        people: People,
        further: set[str],
        spoken: Mapping[str, str],
        handles: set[str],
        *,
        keep_names: bool,
    ) -> None:
        self._people = people
        self._further = further
        self._spoken = spoken
        self._handles = handles
        self._keep_names = keep_names
        self._people_fields = _fields("people")
        self._private = _fields("private")
        self._telling = {_FIRST, _LAST, *self._people_fields, *self._private, *further}

    def of(self, value: Any, name: str = "") -> Any:
        if value is None or isinstance(value, bool) or value == "":
            return value
        if name in self._private and not self._keep_names:
            return REDACTED
        if isinstance(value, dict):
            return {
                self._text(key): self.of(item, self._field(key.casefold(), name))
                for key, item in value.items()
                if key.casefold() not in DROPPED
            }
        if isinstance(value, list):
            return [self.of(item, name) for item in value]
        return self._scalar(value, name)

    def _field(self, name: str, within: str) -> str:
        """Return what tells how to treat a field: its name, or that of such a field around it."""
        return within if within in self._telling and name not in self._telling else name

    def _scalar(self, value: Any, name: str) -> Any:
        if name in self._further:
            return REDACTED
        return value if self._keep_names or not isinstance(value, str) else self._named(value, name)

    def _named(self, value: str, name: str) -> str:
        if name in {_FIRST, _LAST}:
            return self._people(name, value)
        if name in self._people_fields and not _ADDRESS.fullmatch(value):
            return self._people("handle", value)
        return self._text(value)

    def _text(self, value: str) -> str:
        """Replace e-mail addresses and full names wherever they stand."""
        if self._keep_names:
            return value
        if value.casefold() in self._handles:
            return self._people("handle", value)
        for real, made_up in self._spoken.items():
            value = re.sub(re.escape(real), made_up, value, flags=re.IGNORECASE)
        return _ADDRESS.sub(lambda found: self._people("address", found[0]), value)


def _fields(kind: Literal["people", "private"]) -> frozenset[str]:
    """Return the fields of a kind, of all platforms together: one may copy from another."""
    return frozenset().union(*(getattr(each, kind) for each in contract.all_of_them()))


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in JSON, the outer ones first."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from objects(item)


def _full_names(value: Any, people: People) -> Iterator[tuple[str, str]]:
    """Find people's full names, which stand in other texts too."""
    for each in objects(value):
        names = {key.casefold(): item for key, item in each.items()}
        first, last = names.get(_FIRST), names.get(_LAST)
        if isinstance(first, str) and isinstance(last, str) and first.strip() and last.strip():
            yield f"{first} {last}", f"{people(_FIRST, first)} {people(_LAST, last)}"


def _handles(value: Any) -> Iterator[str]:
    """Find people's user names that are no addresses; they stand in other fields too."""
    fields = _fields("people")
    for each in objects(value):
        for key, item in each.items():
            named = key.casefold() in fields and isinstance(item, str) and item.strip()
            if named and not _ADDRESS.fullmatch(item):
                yield item.casefold()


def _make_up(kind: str, number: int) -> str:
    if kind == _FIRST:
        again = number // len(_FIRST_NAMES)
        return _FIRST_NAMES[number % len(_FIRST_NAMES)] + (str(again + 1) if again else "")
    if kind == _LAST:
        return f"Example{number or ''}"
    name = f"person-{number + 1}"
    return f"{name}@example.com" if kind == "address" else name
