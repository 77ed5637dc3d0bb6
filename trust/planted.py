"""The canaries: a random text for each place that may hold a secret, and what is none, and why."""

from __future__ import annotations

import secrets
from string import hexdigits
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from callerid.config import BY_NAME, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from callerid.setting import Setting

PART = 8
"""A canary is found by any so many characters of it in a row."""
_OF_ANY_PLATFORM = {
    "OrgId": "answers and refusals name the organization that was asked about",
    "BaseUrl": "doctor and errors name the host that was asked",
}
"""The settings that every platform has, by their suffix."""


def of_platforms(settings: Iterable[Setting]) -> dict[str, str]:
    """Give the settings among these whose value may come out at any platform, and why."""
    return {
        each.name: why
        for each in settings
        for suffix, why in _OF_ANY_PLATFORM.items()
        if each.platform and each.name == f"{each.platform}{suffix}"
    }


PUBLIC = {
    **of_platforms(SETTINGS),
    "platform": "one of the names that every answer begins with",
    "cspClientId": "no secret at VMware Cloud Services: it names the app, as a user name does",
    "requestTimeoutSeconds": "a number that errors name when it has run out",
}
"""The settings whose value may come out, and why; any other setting is a secret here."""
TOLD = {
    "a text in the answer to a question": "an answer is told, and recorded, as it came",
    "argument allRoles": "a refusal names the roles that were required",
    "argument anyRoles": "a refusal names the roles of which one was required",
    "argument ids": "a refusal names the ids that were required",
    "argument emails": "a refusal names the addresses that were required",
    "argument orgIds": "a refusal names the organizations that were required",
}
"""The places that are part of an answer or a refusal, and why what is there may come out."""
RECORDED = {
    "a value of a wrong type in the answer to a question": (
        "what cannot be read is to be as unreadable in a replay"
    ),
}
"""The places that are part of a recording and of nothing else that comes out, and why."""
_WHERE = "PUBLIC in trust/planted.py"
_LETTERS = "abcdfghjkquvwxz"
"""Few words have eight of them in a row."""
_MIXED = "abcdefghjkmnpqrstuvwxyz23456789"
_ODD = "+/=~%&"
ALPHABET = frozenset(f"{_LETTERS}{_MIXED}{_ODD}{hexdigits.lower()}-".encode())
"""The bytes that canaries are made of, in lower case."""


class Canary(NamedTuple):
    """A text that stands in one place alone: found anywhere else, it tells where it was from."""

    place: str
    value: str
    setting: str | None = None
    public: bool = False
    """Whether it may come out."""

    @property
    def hint(self) -> str:
        """What to do if it may come out, and nobody has said so yet; nothing for a secret."""
        setting = BY_NAME.get(self.setting or "")
        if self.public or setting is None or setting.secret:
            return ""
        return f"; {setting.name} is no secret: if it may come out, add why to {_WHERE}"


class Planted:
    """All canaries of a run."""

    def __init__(self, public: Container[str | None] = PUBLIC) -> None:
        """Plant nothing yet; the values of these settings may come out."""
        self._public = public
        self.canaries: list[Canary] = []
        self.parts: dict[bytes, Canary] = {}
        """Every part of every canary, in lower case."""
        self._at: dict[str, str] = {}

    def plant(self, place: str, *, setting: str | None = None) -> str:
        """Make a canary for a place; give its text, of which no two canaries share a part."""
        looks = (_mixed, _words, _odd)
        return self._add(place, setting, looks[len(self.canaries) % len(looks)])

    def _add(self, place: str, setting: str | None, make: Callable[[], str]) -> str:
        text = make()
        low = text.lower().encode()
        parts = {low[start : start + PART] for start in range(len(low) - PART + 1)}
        if parts & self.parts.keys():
            return self._add(place, setting, make)
        canary = Canary(place, text, setting, setting in self._public or place in TOLD)
        self.canaries.append(canary)
        self.parts |= dict.fromkeys(parts, canary)
        return text

    def at(self, place: str, setting: str | None = None) -> str:
        """Give the canary of a place that is passed often, the same each time."""
        if place not in self._at:
            self._at[place] = self.plant(place, setting=setting)
        return self._at[place]

    def words(self, place: str, setting: str | None = None) -> str:
        """Make one that is letters and hyphens alone, as a URL has them."""
        return self._add(place, setting, _words)

    def organization(self, setting: str) -> str:
        """Make one that is an id, as organizations have."""
        return self._add(f"setting {setting}", setting, lambda: str(uuid4()))


def _mixed() -> str:
    """Make one that looks like a key."""
    return "q" + "".join(secrets.choice(_MIXED) for _ in range(39))


def _words() -> str:
    """Make one that looks like words: nobody knows a secret by its looks."""
    return "-".join(
        "".join(secrets.choice(_LETTERS) for _ in range(length)) for length in (7, 9, 8, 7, 8)
    )


def _odd() -> str:
    """Make one that is written differently in URLs."""
    return "".join(f"{secrets.choice(_ODD)}{_mixed()[1:6]}" for _ in range(7)).lstrip("=") + "q"
