"""The schema as it ships: read, not derived, because deriving it needs the models."""

from __future__ import annotations

import os.path

import callerid

_PACKAGE = os.path.dirname(callerid.__file__)
_PLACES = (
    os.path.join(_PACKAGE, "schema.json"),
    os.path.join(_PACKAGE, "..", "..", "schema.json"),
)
"""Where it is in an installed package, and in the repository."""


def schema_text() -> str:
    """Return `schema.json` as text."""
    place = next(place for place in _PLACES if os.path.isfile(place))
    with open(place, encoding="utf-8") as file:
        return file.read()
