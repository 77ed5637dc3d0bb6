"""`make bench`: every figure that callerid claims, both sides in one run."""

from __future__ import annotations

import fleet
import upstream
from table import show

if __name__ == "__main__":
    show("Requests upstream", "m3ter SDK 0.9.0", upstream.rows())
    show("A fleet under a rate limit", "", fleet.rows())
