"""The last look at a recording: whatever looks like a credential keeps it from being written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.shown import credential_in, masked

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
_LONGEST_ENDING = 50
"""So much of a name's end is looked at; a long name is that of each text in a long list."""
_USED = "a credential that was used"


class Suspicion(NamedTuple):
    """Something that looks like a credential: where it stands, and what it looks like.

    `shown` is the place for people: it has the length of a name that looks like a credential
    itself. `is_name` says that the name is meant, and not what stands there.
    """

    place: str
    what: str
    shown: str
    is_name: bool

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
        Suspicion(".".join(each.place), what, ".".join(each.shown), each.is_name)
        for each in _texts(value, secrets)
        if (what := _looks_like(each.name, each.text, secrets))
    ]


def used(value: Any, secrets: Collection[str]) -> list[Suspicion]:
    """Find the credentials in JSON that were used, and nothing that only looks like one."""
    return [each for each in suspicions(value, secrets) if each.what == _USED]


class _Text(NamedTuple):
    """A text, with its place, in parts, and the name of its field."""

    place: tuple[str, ...]
    shown: tuple[str, ...]
    name: str
    text: str
    is_name: bool


def _looks_like(name: str, text: str, secrets: Collection[str]) -> str | None:
    if any(secret in text for secret in secrets if len(secret) >= SHORTEST_SECRET):
        return _USED
    if _MADE_UP.fullmatch(text):
        return None
    if what := credential_in(text):
        return what
    is_secret = _SECRET_NAMES.search(name[-_LONGEST_ENDING:]) and text != name
    return "a secret, by its name" if is_secret else None


def _texts(
    value: Any,
    secrets: Collection[str],
    place: tuple[str, ...] = (),
    shown: tuple[str, ...] = (),
    name: str = "",
) -> Iterator[_Text]:
    """Yield every text; names count as texts too."""
    if isinstance(value, str):
        yield _Text(place, shown, name, value, is_name=False)
    elif isinstance(value, dict):
        for key, item in value.items():
            text = str(key)
            hidden = masked(text) if _looks_like("", text, secrets) else text
            inner = ((*place, text), (*shown, hidden))
            yield _Text(*inner, "", text, is_name=True)
            yield from _texts(item, secrets, *inner, text)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, secrets, (*place, f"{number}"), (*shown, f"{number}"), name)
