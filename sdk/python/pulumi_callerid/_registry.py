# Copied from provider/callerid/registry.py by sdk/generate.py; edit that.
"""The platforms that callerid knows, one line each; everything of one is in `platforms/NAME/`.

`sdk/generate.py` copies this file into the Python SDK, so nothing of callerid is imported here.
"""

from __future__ import annotations

from typing import Literal, get_args

PlatformName = Literal[
    "m3ter",
    "csp",
]
PLATFORMS: tuple[PlatformName, ...] = get_args(PlatformName)
