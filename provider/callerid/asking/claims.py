"""The claims of an access token. Tokens are decoded, never verified."""

from __future__ import annotations

import base64
import binascii
import json
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARTS = 3
_END_OF_9999 = 253_402_300_799
UNREADABLE = object()
"""Stands for a value that JSON does not have, or that is told twice: it is there, and no value."""


def decode(token: str) -> Mapping[str, Any]:
    """Read the claims of a JWT (RFC 7519); empty for an opaque token."""
    parts = token.split(".")
    if len(parts) != _PARTS:
        return {}
    payload = parts[1]
    try:
        claims = _read(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def is_unreadable(claims: Mapping[str, Any], name: str) -> bool:
    """Return whether a claim that should be a text is there and is none, or is blank."""
    return name in claims and text(claims, name) is None


def text(claims: Mapping[str, Any], name: str) -> str | None:
    """Return a claim that is a non-empty text, else None."""
    value = claims.get(name)
    return value if is_text(value) else None


def seconds(claims: Mapping[str, Any], name: str) -> float | None:
    """Return a claim that is a time (a NumericDate: seconds since 1970, until the year 9999)."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= _END_OF_9999 else None


def not_before(claims: Mapping[str, Any]) -> float:
    """Return from when on a token is good, in seconds since 1970: never, if that cannot be read."""
    if "nbf" not in claims:
        return 0.0
    begins = seconds(claims, "nbf")
    return inf if begins is None else begins


def is_text(value: object) -> TypeGuard[str]:
    """Return whether a value is a text that is not blank, and that UTF-8 can carry."""
    if not isinstance(value, str) or not value.strip():
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _read(content: bytes) -> Any:
    """Read JSON, with `UNREADABLE` in place of each value that cannot be read."""
    return json.loads(
        content.decode("utf-8-sig"),
        parse_constant=lambda _: UNREADABLE,
        parse_float=_float,
        parse_int=_float_or_int,
        object_pairs_hook=_object,
    )


def _float(text: str) -> Any:
    number = float(text)
    return number if isfinite(number) else UNREADABLE


def _float_or_int(text: str) -> Any:
    return int(text) if isfinite(float(text)) else UNREADABLE


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = UNREADABLE if name in found else value
    return found
