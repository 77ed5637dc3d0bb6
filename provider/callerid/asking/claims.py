"""The claims of an access token. Tokens are decoded, never verified."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, TypeGuard

from callerid.asking import strict_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_PARTS = 3
_END_OF_9999 = 253_402_300_799
UNREADABLE = object()
"""Stands for a value that JSON does not have, or that is told twice: it is there, and no value."""


class _Unreadable(Mapping[str, Any]):
    """The claims of a token that surely has some, none of which can be read."""

    def __getitem__(self, name: str) -> Any:
        return UNREADABLE

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 1


def decode(token: str) -> Mapping[str, Any]:
    """Read the claims of a JWT (RFC 7519); empty for an opaque token.

    What begins as a JWT and has no claims that can be read has each of them, unreadable.
    """
    parts = token.split(".")
    if len(parts) != _PARTS:
        return {}
    claims = _part(parts[1])
    if isinstance(claims, dict):
        return claims
    return _Unreadable() if isinstance(_part(parts[0]), dict) else {}


def _part(text: str) -> Any:
    """Read the JSON of a part, with `UNREADABLE` in place of what cannot be read; None if none."""
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return strict_json.read(content, lambda _: UNREADABLE, _float_or_int)
    except (binascii.Error, ValueError):
        return None


def is_unreadable(claims: Mapping[str, Any], name: str) -> bool:
    """Return whether a claim that should be a text is there and is none, or is blank."""
    return name in claims and text(claims, name) is None


def text(claims: Mapping[str, Any], name: str) -> str | None:
    """Return a claim that is a non-empty text, else None."""
    value = claims.get(name)
    return value if is_text(value) else None


def organization(claims: Mapping[str, Any], name: str, names_none: Collection[str]) -> str | None:
    """Return the organization that a claim names, None if it is one of the words for none."""
    named = text(claims, name)
    return None if named and named.strip().lower() in names_none else named


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


def _float_or_int(text: str) -> Any:
    return int(text) if isfinite(float(text)) else UNREADABLE
