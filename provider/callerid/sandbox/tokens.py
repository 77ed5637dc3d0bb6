"""Access tokens: the JWTs that the APIs hand out, and the memory of which are valid.

No one verifies them, not even callerid: clients have no key of the API and can only decode them.
The signature is HS256 with a random key of this process, another one for each holder so that
callers with equal claims have tokens of their own. The header says `HS256` where the real ones say
`RS256`; all other header values and claims are the documented ones.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_TOLD_APART_SECONDS = 3600
"""How long an expired token is told apart from one that never was."""
_FEW = 1000


@dataclass(frozen=True)
class Holder:
    """Whose token it is, and the platform that accepts it."""

    platform: str
    caller: str


class Tokens:
    """Mints tokens and remembers them; unknown and expired tokens belong to no caller."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Use `clock`, which returns seconds since 1970, for issue and expiry."""
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._known: dict[str, tuple[Holder, float]] = {}
        self._minted_at: dict[Holder, int] = {}
        self._calls: dict[str, int] = {}
        self._sweep_at = _FEW
        self.started_at = int(clock())

    def holder(self, token: str, platform: str) -> str | None:
        """Name the caller that a token is valid for at `platform` now; None if there is none."""
        _, expires_at = self._known.get(token, (None, 0.0))
        return self.owner(token, platform) if self._clock() < expires_at else None

    def owner(self, token: str, platform: str) -> str | None:
        """Name the caller that a token of `platform` was made for, expired or not."""
        holder, _ = self._known.get(token, (None, 0.0))
        return holder.caller if holder and holder.platform == platform else None

    def count_call(self, token: str) -> int:
        """Count a call with a token, and return how many it has had since it was minted.

        Two tokens that are minted within one second are the same text; the later one restarts at 0.
        """
        self._calls[token] = self._calls.get(token, 0) + 1
        return self._calls[token]

    def last_minted(self, holder: Holder) -> int | None:
        """Return when a token was last minted for `holder`, in seconds since 1970."""
        return self._minted_at.get(holder)

    def remember(self, token: str, holder: Holder) -> None:
        """Accept an existing token, which is opaque and never expires."""
        self._known[token] = (holder, inf)

    def mint(
        self, holder: Holder, header: Mapping[str, str], claims: Mapping[str, object], seconds: int
    ) -> str:
        """Mint a token of `seconds` for `holder`; claims that are None are left out."""
        now = int(self._clock())
        times = {"iat": now, "exp": now + seconds}
        present = {name: value for name, value in claims.items() if value is not None}
        key = hmac.digest(self._key, repr(holder).encode(), hashlib.sha256)
        token = _sign(header, {**present, **times}, key)
        self._known[token] = (holder, now + seconds)
        self._minted_at[holder] = now
        self._calls[token] = 0
        self._sweep(now)
        return token

    def _sweep(self, now: int) -> None:
        """Forget tokens that ended long ago, whenever there are twice as many as were left."""
        if len(self._known) > self._sweep_at:
            alive = {
                token: (holder, end)
                for token, (holder, end) in self._known.items()
                if now < end + _TOLD_APART_SECONDS
            }
            self._known = alive
            self._calls = {token: calls for token, calls in self._calls.items() if token in alive}
            self._sweep_at = max(_FEW, 2 * len(alive))


def _sign(header: Mapping[str, object], claims: Mapping[str, object], key: bytes) -> str:
    """Write a JWT (RFC 7519) in the compact form of RFC 7515, signed with HMAC and SHA-256."""
    signed = b".".join(_base64url(json.dumps(part).encode()) for part in (header, claims))
    signature = _base64url(hmac.digest(key, signed, hashlib.sha256))
    return (signed + b"." + signature).decode("ascii")


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
