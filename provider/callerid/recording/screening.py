"""The last look at a recording: whatever looks like a credential keeps it from being written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.shown import credential_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

MADE_UP = "sandbox-"
"""How the credentials of the sandbox begin."""
_MADE_UP = re.compile(r"sandbox-[\w.-]{1,64}-(?:id|key|secret|token)")
"""The credentials that a recording is given."""
SHORTEST_SECRET = 6
"""A shorter credential would be found in any text."""
_SECRET_NAMES = re.compile(
    r"(?:secret|passw(?:or)?d|passphrase|credential|authorization|token|session_?id|key)s?\d*$",
    re.IGNORECASE,
)


class Suspicion(NamedTuple):
    """Something that looks like a credential: where it stands, and what it looks like."""

    place: str
    what: str

    @property
    def field(self) -> str:
        """The name of the field, which for an item of a list is the list's."""
        return next(part for part in reversed(self.place.split(".")) if not part.isdecimal())


def suspicions(value: Any, secrets: Collection[str]) -> list[Suspicion]:
    """Find what looks like a credential in JSON, in names and in values.

    Args:
        value: any JSON.
        secrets: credentials that are known to have been used.
    """
    return [
        Suspicion(place, what)
        for place, name, text in _texts(value)
        if (what := _looks_like(name, text, secrets))
    ]


def _looks_like(name: str, text: str, secrets: Collection[str]) -> str | None:
    if any(secret in text for secret in secrets if len(secret) >= SHORTEST_SECRET):
        return "a credential that was used"
    if _MADE_UP.fullmatch(text):
        return None
    if what := credential_in(text):
        return what
    return "a secret, by its name" if _SECRET_NAMES.search(name) and text != name else None


def _texts(value: Any, place: str = "", name: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield every text with its place and the name of its field; names count as texts too."""
    if isinstance(value, str):
        yield place, name, value
    elif isinstance(value, dict):
        for key, item in value.items():
            inner = f"{place}.{key}" if place else str(key)
            yield inner, "", str(key)
            yield from _texts(item, inner, str(key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, f"{place}.{number}", name)
