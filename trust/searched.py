"""The search: whatever came out anywhere, looked through for every canary, in every form."""

from __future__ import annotations

import re
from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from forms import forms
from planted import ALPHABET, PART, RECORDED
from trial import Tried

if TYPE_CHECKING:
    from collections.abc import Collection

    from planted import Canary, Planted

_RUNS = re.compile(b"[%s]{%d,}" % (re.escape(bytes(ALPHABET)), PART))
"""Where a part of a canary may be."""
RECORDINGS = "recordings"
"""How the sink of recordings is called."""


class Found(NamedTuple):
    """A canary that came out: where it was planted, where it came out, how, and in which run."""

    place: str
    sink: str
    form: str
    run: str
    hint: str = ""
    """What to do if that is no leak."""

    def __str__(self) -> str:
        """Tell it, without the canary."""
        where = f"is in {self.sink} ({self.form}){self.hint}"
        return f"{self.run}: what was planted as {self.place} {where}"


class Search:
    """Everything that came out of some runs, and what was found in it."""

    def __init__(self, planted: Planted) -> None:
        """Search for these canaries, and for those that are planted later."""
        self.planted = planted
        self.run = ""
        """What is being tried; finds tell it."""
        self.runs = 0
        self.searched = 0
        """Bytes, as they came out."""
        self.sinks: Counter[str] = Counter()
        self.found: set[Found] = set()
        self.missed: list[str] = []
        self.public: set[Found] = set()
        """Canaries that may come out."""
        self._lock = Lock()

    def begin(self, run: str) -> None:
        """Count a run, and name it."""
        self.run = run
        self.runs += 1

    def miss(self, what: str) -> None:
        """Note that a run was not what it was meant to be, and proves nothing."""
        self.missed.append(f"{self.run}: {what}")

    def look(self, sink: str, data: bytes | str, but: Collection[str] = ()) -> None:
        """Look through something that came out, but for places that begin by such words."""
        raw = data.encode(errors="backslashreplace") if isinstance(data, str) else data
        with self._lock:
            self.sinks[sink] += 1
            self.searched += len(raw)
        found: dict[Canary, str] = {}
        for form, text in forms(raw):
            for canary in self._canaries_in(text):
                found.setdefault(canary, form)
        for canary, form in found.items():
            if not f"{canary.place} ".startswith(tuple(f"{each} " for each in but)):
                recorded = sink == RECORDINGS and canary.place in RECORDED
                kept = self.public if canary.public or recorded else self.found
                with self._lock:
                    kept.add(Found(canary.place, sink, form, self.run, canary.hint))

    def _canaries_in(self, text: bytes) -> set[Canary]:
        parts = {
            run[start : start + PART]
            for run in _RUNS.findall(text.lower())
            for start in range(len(run) - PART + 1)
        }
        return {self.planted.parts[part] for part in parts & self.planted.parts.keys()}

    def tried(self, what: str) -> Tried:
        """Write the line of the table."""
        seen = (
            f"{len(self.planted.canaries):,} canaries in {len(self.sinks)} kinds of outputs, "
            f"{self.searched / 1e6:,.1f} MB searched, {len(self.found):,} found"
        )
        lost = (*sorted(map(str, self.found)), *self.missed)
        return Tried(what, self.runs, lost, seen)
