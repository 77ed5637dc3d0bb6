"""The claims of an access token. Tokens are decoded, never verified."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from callerid.asking import strict_json

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARTS = 3
_END_OF_9999 = 253_402_300_799


def decode(token: str) -> Mapping[str, Any]:
    """Read the claims of a JWT (RFC 7519); empty for an opaque token."""
    parts = token.split(".")
    if len(parts) != _PARTS:
        return {}
    payload = parts[1]
    try:
        claims = strict_json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}


def text(claims: Mapping[str, Any], name: str) -> str | None:
    """Return a claim that is a non-empty text, else None."""
    value = claims.get(name)
    return value if isinstance(value, str) and value.strip() else None


def seconds(claims: Mapping[str, Any], name: str) -> float | None:
    """Return a claim that is a time (a NumericDate: seconds since 1970, until the year 9999)."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= _END_OF_9999 else None
