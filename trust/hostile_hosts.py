"""Hosts that mean harm, and others that come by: malformed, huge, many, or no protocol at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hostile_engine
import hostile_terraform
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trial import Scale, Tried


def tried(scale: Scale) -> Iterator[Tried]:
    """Attack the plugin and the provider: nothing hangs, nothing crashes, and no traceback."""
    with Sandbox.start() as sandbox:
        environ = sandbox.environment("service-user")
        for each in (hostile_engine, hostile_terraform):
            yield from each.tried(scale, environ)
