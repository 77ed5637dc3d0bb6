"""Whether a text is what a person can use: one clear sentence or two, and nothing of the inside."""

from __future__ import annotations

import re

MOST_LINES, MOST_CHARACTERS = 4, 1_000
_INSIDE = re.compile(
    r"Traceback|File \"|\w+Error\b|\w+Exception\b|<class|object at 0x|errno", re.IGNORECASE
)
_OURS = "issue tracker"
"""What an error says that is a bug of ours."""


def inside(text: str) -> str:
    """Return the first part of a text that shows how callerid is built; nothing if none does."""
    found = _INSIDE.search(text)
    return found[0] if found else ""


def wrong_with(text: str) -> str | None:
    """Return what is wrong with a text that a person is shown; None if nothing is."""
    lines = text.strip().splitlines()
    if not lines:
        return "nothing was said"
    if len(lines) > MOST_LINES or len(text) > MOST_CHARACTERS:
        return f"{len(lines)} lines, {len(text)} characters"
    if not all(line.isprintable() for line in lines):
        return f"not printable: {text!a}"
    if found := inside(text):
        return f"it shows the inside ({found}): {text}"
    if _OURS in text:
        return f"a bug of ours: {text}"
    return None if lines[-1].rstrip()[-1] in ".!?…" else f"no sentence: {text}"
