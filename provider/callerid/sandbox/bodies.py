"""Reading the bodies of a scenario, which may be anything: what is not there reads as empty."""

from __future__ import annotations

from typing import Any


def mapping(body: Any, key: str) -> dict[str, Any]:
    """Return the object at a key of a body; empty for anything else."""
    value = body.get(key) if isinstance(body, dict) else None
    return value if isinstance(value, dict) else {}


def mappings(body: Any, key: str) -> list[dict[str, Any]]:
    """Return the objects in the list at a key of a body; empty for anything else."""
    value = body.get(key) if isinstance(body, dict) else None
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text(body: dict[str, Any], key: str) -> str | None:
    """Return the text at a key of a body; None for anything else."""
    value = body.get(key)
    return value if isinstance(value, str) else None
