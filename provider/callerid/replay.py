"""How recorded answers are distinguished from live ones."""

from __future__ import annotations

RECORDED_AT = "x-callerid-recorded-at"
"""The header by which a replay says when its answers were recorded, RFC 3339."""
UNKNOWN_TIME = "an unknown time"
"""What an answer was recorded at where that header holds anything else: it is no live one."""
ALLOW_RECORDED = "CALLERID_ALLOW_RECORDED"
"""The variable that, set to 1, lets recorded answers count outside a preview. It is no setting of
the provider: a program must not be able to allow itself."""
