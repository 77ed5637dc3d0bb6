"""Whether this process would rather start fast than load pydantic; `callerid.derived` says how."""

from __future__ import annotations

from threading import Event

WANTED = Event()
"""To be set before any model is loaded."""
