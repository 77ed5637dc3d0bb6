"""The platforms: one folder each, all of them with files of the same names.

The names of the platforms stand in `callerid.registry`. Nothing else imports a platform's files by
name; whoever needs one asks here, and it is loaded then.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from callerid.registry import PlatformName


def part(platform: PlatformName, name: str) -> ModuleType:
    """Load one file of a platform's folder, such as its `settings` or `sandbox.caller`."""
    return import_module(f"{__name__}.{platform}.{name}")
