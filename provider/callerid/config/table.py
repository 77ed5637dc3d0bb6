"""The one table of settings; schema, documentation and command line are derived from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from callerid.platforms import part
from callerid.registry import PLATFORMS, PlatformName
from callerid.setting import Flow, PlatformSettings, Setting
from callerid.setting_rules import pasted

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_TIMEOUT_SECONDS = 60.0
_OF: Mapping[PlatformName, PlatformSettings] = {
    name: part(name, "settings").SETTINGS for name in PLATFORMS
}
PLATFORM_TITLES: Mapping[PlatformName, str] = {name: _OF[name].title for name in PLATFORMS}
EITHER = " or ".join(f"`{name}`" for name in PLATFORMS)
"""The names of the platforms, as descriptions list them."""
SETTINGS = (
    Setting(
        "platform",
        ("CALLERID_PLATFORM",),
        f"The platform to ask: {EITHER}. May be omitted when just one of them has a credential.",
    ),
    *(each for name in PLATFORMS for each in _OF[name].settings),
    Setting(
        "requestTimeoutSeconds",
        ("CALLERID_REQUEST_TIMEOUT_SECONDS",),
        "How long one answer may take in all, retries included, in seconds.",
        type="number",
        default=f"{DEFAULT_TIMEOUT_SECONDS:g}",
    ),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}
TIMEOUT = BY_NAME["requestTimeoutSeconds"].ways
"""What a time limit that ran out is called."""
FLOWS: tuple[Flow, ...] = tuple(flow for name in PLATFORMS for flow in _OF[name].flows)
"""Every way in. Within one platform and one source the first complete one wins."""
SIBLINGS: Mapping[str, str] = {
    variable: name for each in PLATFORMS for variable, name in _OF[each].siblings.items()
}
"""Variables of the platforms' other tools, and which setting of ours means the same."""
RECOMMENDED: Mapping[PlatformName, Flow] = {name: _OF[name].recommended for name in PLATFORMS}
"""The way in that errors name."""
ROLE_PREFIXES = "|".join(prefix for name in PLATFORMS if (prefix := _OF[name].role_prefix))
"""A regular expression for what any platform's tokens put before the name of a role."""
BUILT_IN_ROLES: Mapping[PlatformName, frozenset[str]] = {
    name: _OF[name].built_in_roles for name in PLATFORMS
}
"""The organization roles of a platform whose names belong to no other kind of role."""
ENGINE_KEYS = frozenset({"version", "pluginDownloadURL"})
"""Keys that the engine itself puts among a provider's settings."""


def organization_id(platform: PlatformName, text: str) -> str:
    """Read an organization as people paste it: its id, or a link of the platform's API to it."""
    value = pasted("", text)
    link = _OF[platform].org_link
    if not value or not link:
        return value
    found = re.fullmatch(rf"(?:https?://[^/]+)?(?:{link})([^/?#]+)(?:[/?#].*)?", value)
    return found[1] if found else value


def bare_base_url(platform: PlatformName, text: str) -> str:
    """Read a base URL as people paste it: without the API's own path, and slashes at the end.

    What stands before that path is kept: the API may be behind a path of a gateway.
    """
    own = _OF[platform].api_path
    if own:
        text = re.sub(rf"(?<![:/])/+(?:{own})/*\Z", "", text, flags=re.IGNORECASE)
    return text.rstrip("/")


def shortest_way(platform: PlatformName) -> str:
    """Name the settings, and their variables, of the flow that errors recommend."""
    names = RECOMMENDED[platform].settings
    variables = ", ".join(BY_NAME[name].env[0] for name in names)
    return f"{' and '.join(names)} ({variables})"


_WAYS = "; ".join(f"for {PLATFORM_TITLES[name]} set {shortest_way(name)}" for name in PLATFORMS)
NO_CREDENTIAL = f'callerid has no credential. F{_WAYS[1:]}. "callerid doctor" shows every way.'
"""The error of whoever needs one."""
