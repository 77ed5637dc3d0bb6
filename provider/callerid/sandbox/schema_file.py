"""The JSON schema of scenario files as it ships: read, not derived."""

from __future__ import annotations

from pathlib import Path

FILE = Path(__file__).with_name("scenario.schema.json")


def schema_text() -> str:
    """Return `scenario.schema.json` as text."""
    return FILE.read_text("utf-8")
