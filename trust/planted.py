"""The canaries: a random text for each place that may hold a secret, and what is none, and why."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable

PART = 8
"""A canary is found by any so many characters of it in a row."""
PUBLIC = {
    "platform": "one of the names that every answer begins with",
    "m3terOrgId": "answers and refusals name the organization that was asked about",
    "cspOrgId": "answers and refusals name the organization that was asked about",
    "cspClientId": "no secret at VMware Cloud Services: it names the app, as a user name does",
    "m3terBaseUrl": "doctor and errors name the host that was asked",
    "cspBaseUrl": "doctor and errors name the host that was asked",
    "requestTimeoutSeconds": "a number that errors name when it has run out",
}
"""The settings whose value may come out, and why; any other setting is a secret here."""
TOLD = {
    "a text for a value sent to a question": "an answer is told, and recorded, as it came",
}
"""The places that are part of an answer, and why what is there may come out."""
_LETTERS = "abcdfghjkquvwxz"
"""Few words have eight of them in a row."""
_MIXED = "abcdefghjkmnpqrstuvwxyz23456789"
_ODD = "+/=~%&"


class Canary(NamedTuple):
    """A text that stands in one place alone: found anywhere else, it tells where it was from."""

    place: str
    value: str
    setting: str | None = None

    @property
    def public(self) -> bool:
        """Whether it may come out."""
        return self.setting in PUBLIC or self.place in TOLD


class Planted:
    """All canaries of a run."""

    def __init__(self) -> None:
        """Plant nothing yet."""
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
        canary = Canary(place, text, setting)
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
