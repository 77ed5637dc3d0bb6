"""The rules that a setting's value keeps, and the sentence of each that is broken.

The Python SDK checks by the same rules before the engine is asked: `sdk/generate.py` copies this
file into it, so nothing is imported here that a program might lack.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from ipaddress import ip_address
from typing import Literal, get_args
from urllib.parse import urlsplit

from callerid.nearest import nearest

PlatformName = Literal["m3ter", "csp"]
PLATFORMS: tuple[PlatformName, ...] = get_args(PlatformName)
NAMES = " or ".join(PLATFORMS)
MOST_TIMEOUT_SECONDS = 86400.0


def problem(name: str, value: object, kind: str, source: str) -> str | None:
    """Say in a sentence what is wrong with a setting that there is.

    Args:
        name: its name in the schema.
        value: what it is set to, typed or as text; None and blank count as not set.
        kind: its type in the schema.
        source: what the sentence calls it, for example `provider setting platform`.
    """
    if value is not None and not _is_text_or_number(value):
        return f"{source} must be a {kind}."
    given = text(value)
    return wrong(name, given, source) if given else None


def text(value: object) -> str:
    """Read a setting that may come typed or as JSON: `60`, `60.0`, `"60"` are one and the same."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    read = "" if value is None else (value if isinstance(value, str) else str(value)).strip()
    if read.startswith('"') and read.endswith('"'):
        with suppress(ValueError):
            return str(json.loads(read)).strip()
    return read


def wrong(name: str, value: str, source: str) -> str | None:
    """Say in a sentence what is wrong with a setting's text, wherever it was set."""
    if name == "platform" and value not in PLATFORMS:
        near = nearest(value, PLATFORMS)
        return f"{source} names no platform that callerid knows. Use {NAMES}.{near}"
    if name == "requestTimeoutSeconds" and not _is_timeout(value):
        return f"{source} must be a number of seconds, above 0 and at most a day; for example 60."
    if name.endswith("BaseUrl") and not _is_base_url(value):
        return f"{source} must be an https URL (http for a loopback address) without query."
    return None


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_text_or_number(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is_timeout(value: str) -> bool:
    try:
        number = float(value)
    except ValueError:
        return False
    return 0 < number <= MOST_TIMEOUT_SECONDS


def _is_base_url(value: str) -> bool:
    if not value.isprintable() or any(mark in value for mark in "?#@ "):
        return False
    try:
        url = urlsplit(value)
        host, _ = url.hostname or "", url.port
        host.encode("idna")
    except ValueError:
        return False
    if not host or (value.count("]") and not re.search(r"\](:\d+)?(/|$)", value)):
        return False
    return url.scheme == "https" or (url.scheme == "http" and is_loopback(host))
