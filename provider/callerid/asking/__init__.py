"""How a platform is asked: one client a platform, over one shared HTTP layer."""

import sys

# Importing httpx would import its command line, and with it click, rich and pygments: a third of
# the time, for what no preview needs. None makes that one import fail, which httpx expects.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
