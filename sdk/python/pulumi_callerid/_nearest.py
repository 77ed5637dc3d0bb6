# Copied from provider/callerid/nearest.py by sdk/generate.py; edit that.
"""What a wrong name may have been meant to be: the one measure of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ALIKE = 0.6
"""How alike two names must be, from 0 to 1, for one to be meant by the other."""
MOST_NAMED = 10
"""So many wrong names are told one by one, with the nearest right one; the others are counted."""


def nearest_name(name: str, known: Iterable[str], alike: float = ALIKE) -> str | None:
    """Find the known name nearest to `name`, None where none is at least so much `alike`.

    Case and underscores do not count: `ORG_ID` is near `orgId`.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - the plugin prints its port before

    folded = {_folded(candidate): candidate for candidate in known}
    wanted, longest = _folded(name), max(map(len, folded), default=0)
    if len(wanted) > longest and 2 * longest / (len(wanted) + longest) < alike:
        return None  # as difflib would find, which first takes a name of any length to pieces
    found = get_close_matches(wanted, folded, n=1, cutoff=alike)
    return folded[found[0]] if found else None


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean X?` for the known name nearest to `name`, or an empty text."""
    found = nearest_name(name, known)
    return f" Did you mean {found}?" if found else ""


def nearest_expected(value: object, expected: str) -> str:
    """Return `nearest` for what pydantic expects in place of a value: `'stop' or 'warn'`."""
    return nearest(value, re.findall("'([^']*)'", expected)) if isinstance(value, str) else ""


def _folded(name: str) -> str:
    return name.replace("_", "").lower()
