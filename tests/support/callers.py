"""A core that is pointed at a scripted API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.config import load
from callerid.core import Core
from support.bodies import ORG

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.asking.clock import Clock
    from support.api import Api


def m3ter(
    api: Api,
    clock: Clock | None = None,
    warn: Callable[[str], None] | None = None,
    **settings: Any,
) -> Core:
    """Give a core that asks m3ter with a ready token, unless settings say otherwise."""
    credential = settings or {"m3terApiToken": "opaque"}
    return core({"m3terBaseUrl": api.url, "m3terOrgId": ORG, **credential}, clock, warn)


def csp(
    api: Api,
    clock: Clock | None = None,
    warn: Callable[[str], None] | None = None,
    **settings: Any,
) -> Core:
    """Give a core that asks VMware Cloud Services with an API token, unless told otherwise."""
    credential = settings or {"cspApiToken": "api-token"}
    return core({"cspBaseUrl": api.url, "cspOrgId": ORG, **credential}, clock, warn)


def core(
    settings: dict[str, Any],
    clock: Clock | None = None,
    warn: Callable[[str], None] | None = None,
) -> Core:
    """Give a core with these settings and no environment; an organization of None is not set."""
    known = {name: value for name, value in settings.items() if value is not None}
    return Core(load(known, {}), clock, warn)
