"""The schema as it ships: read, not derived, because deriving it needs the models."""

from __future__ import annotations

from pathlib import Path

import callerid

_PACKAGE = Path(callerid.__file__).parent
_PLACES = (_PACKAGE / "schema.json", _PACKAGE.parents[1] / "schema.json")
"""Where it is in an installed package, and in the repository."""


def schema_text() -> str:
    """Give `schema.json` as text."""
    return next(place for place in _PLACES if place.is_file()).read_text(encoding="utf-8")
