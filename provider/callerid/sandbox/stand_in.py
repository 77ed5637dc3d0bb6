"""What a platform's `sandbox/routes.py` has to have: a `StandIn`, named `STAND_IN`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route


class StandIn(NamedTuple):
    """One platform's side of the sandbox."""

    prefix: str
    """How its paths begin; empty where it is also asked for paths of no platform."""
    routes: Sequence[Route]
    """Its endpoints, each behind a `gate.Gate`."""
    refuse: Callable[[Request, int, str | None], Response]
    """Words an error its way; without a message, that of the status."""
