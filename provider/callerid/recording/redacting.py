"""What a recording must not reveal: secrets are dropped, people become made-up people."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from callerid.recording import contract
from callerid.shown import is_principal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

REDACTED = "redacted"
"""Stands for a text about a person that no program needs."""
DROPPED = frozenset({"password"})
"""Fields that are left out, whatever they hold."""
_FIRST_NAMES = ("Robin", "Sasha", "Kim", "Noa", "Jules", "Charlie", "Sam", "Toni")
_FIRST, _LAST = "firstname", "lastname"
_LOCAL = r"\w.+%#'-"
_ADDRESS = re.compile(
    rf"(?<![@{_LOCAL}])[@{_LOCAL}]*[{_LOCAL}](?P<at>@|%(?:25)*40)[\w-](?:[\w.-]*[\w-])?"
)
"""An e-mail address, also as a link has it. A search from each character of a long run would take
very long, so it begins where the run does; addresses that nothing parts are taken for one."""
_BEFORE = "@#'"
"""What may stand before an address in such a run."""
_USER = re.compile(r"(?<=/users/)[^/?#]+", re.IGNORECASE)
_LONGEST_NAME = 200
"""A longer name is replaced in its own field alone; to find it elsewhere could take very long."""


class People:
    """Makes up a person for each real one; the same one always, in the order of appearance."""

    def __init__(self) -> None:
        """Start without any known text."""
        self._made_up: dict[tuple[str, str], str] = {}
        self._numbers = Counter[str]()

    def __call__(self, kind: str, real: str) -> str:
        """Return the made-up text for a real one of a kind."""
        key = (kind, real.casefold())
        if key not in self._made_up:
            self._made_up[key] = _make_up(kind, self._numbers[kind])
            self._numbers[kind] += 1
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
    names = _FullNames({} if keep_names else dict(_full_names(value, people)))
    handles = set() if keep_names else set(_handles(value))
    return _Redaction(people, further, names, handles, keep_names=keep_names).of(value)


class _FullNames:
    """People's full names, which stand in other texts too, and what is made up for each."""

    def __init__(self, made_up: Mapping[str, str]) -> None:
        """Look for the longest first: one may begin another."""
        names = sorted((each for each in made_up if len(each) <= _LONGEST_NAME), key=len)[::-1]
        either = "|".join(f"({re.escape(each)})" for each in names)
        self._pattern = re.compile(either or "(?!)", re.IGNORECASE)
        self._made_up = [made_up[each] for each in names]

    def replaced(self, text: str) -> str:
        """Replace each name in a text."""
        return self._pattern.sub(self._of, text)

    def made_up(self, text: str) -> str | None:
        """Return what stands for a text that is a name; None if it is none."""
        found = self._pattern.fullmatch(text)
        return self._of(found) if found else None

    def _of(self, found: re.Match[str]) -> str:
        return self._made_up[(found.lastindex or 0) - 1]


class _Redaction:
    def __init__(
        self,
        people: People,
        further: set[str],
        names: _FullNames,
        handles: set[str],
        *,
        keep_names: bool,
    ) -> None:
        self._people = people
        self._further = further
        self._names = names
        self._handles = handles
        self._keep_names = keep_names
        self._people_fields = _fields("people")
        self._authors, self._links = _fields("authors"), _fields("links")
        self._private = _fields("private")
        self._telling = {_FIRST, _LAST, *self._people_fields, *self._authors, *self._links}
        self._telling |= {*self._private, *further}

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
        if name in self._authors:
            value = self._somebody(value)
        if name in self._links:
            value = _USER.sub(lambda found: self._somebody(found[0]), value)
        return self._text(value)

    def _somebody(self, value: str) -> str:
        """Replace whoever is named by no id nor address; a value may be written as in a link."""
        real = unquote(value)
        if is_principal(real) or _ADDRESS.fullmatch(value):
            return value
        return self._names.made_up(real) or self._people("handle", real)

    def _text(self, value: str) -> str:
        """Replace e-mail addresses and full names wherever they stand."""
        if self._keep_names:
            return value
        if value.casefold() in self._handles:
            return self._people("handle", value)
        value = self._names.replaced(value)
        return _ADDRESS.sub(self._address, value) if "@" in value or "%" in value else value

    def _address(self, found: re.Match[str]) -> str:
        """Make up an address in the form of one that was found."""
        written, at = found[0].lstrip(_BEFORE), found["at"]
        made_up = self._people("address", unquote(written.replace(at, "@")))
        return found[0].removesuffix(written) + made_up.replace("@", at)


def _fields(kind: Literal["authors", "links", "people", "private"]) -> frozenset[str]:
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
