"""How much a host may ask at once. Libraries have limits of their own, and refuse in our name."""

from __future__ import annotations

MESSAGE_BYTES = 400 * 1024 * 1024
"""The most of a message, as hosts have it."""
METADATA_BYTES = 1024 * 1024
"""The most of a call's metadata: what is traced may carry baggage, and libraries refuse 8 KiB."""
CALLS = 2**31 - 1
"""Calls in flight and calls that wait, all in all and on one connection: as many as come."""
ENDED_CALLS = 4096
"""Calls that have ended, of which a connection keeps how: of 65,536 it would be 15 MB."""
WAITING_CONNECTIONS = 4096
"""Connections that nobody has accepted yet; the system may allow fewer."""
