"""Access tokens: where they come from, how long they live, when they are renewed.

The one place where a secret is unwrapped.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any

from pydantic import AliasChoices, Field, SecretStr

from callerid.asking import claims
from callerid.asking.once import Kept, Once
from callerid.errors import ConfigurationError
from callerid.model import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from callerid.asking.clock import Clock, Deadline
    from callerid.config import Credential

LOG = logging.getLogger("callerid")
LONGEST_LIFE_SECONDS = 100 * 365 * 86400.0
UNSURE_LIFE_SECONDS = 3600.0
"""How long a token is used whose own end cannot be read, or seems to be past already."""
LEEWAY_SHARE, LEEWAY_SECONDS = 0.1, 300.0
"""A token is renewed when less than this share of its life, at most these seconds, is left."""


class TokenReply(Reply):
    """What a token endpoint answers (RFC 6749, section 5.1); `expires_in` counts seconds."""

    access_token: SecretStr = Field(validation_alias=AliasChoices("access_token"))
    expires_in: float | None = Field(
        None,
        ge=0,
        le=LONGEST_LIFE_SECONDS,
        allow_inf_nan=False,
        validation_alias=AliasChoices("expires_in"),
    )


@dataclass(frozen=True, eq=False)
class Token:
    """An access token in use.

    `claims` are decoded, not verified, and empty for an opaque token; `expires_at` counts seconds
    since 1970 and is None if unknown.
    """

    value: SecretStr = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)
    expires_at: float | None

    def headers(self) -> dict[str, str]:
        """Return the header that carries the token (RFC 6750)."""
        return {"authorization": f"Bearer {self.value.get_secret_value()}"}


class Tokens:
    """The token of one credential, minted once for any number of threads."""

    def __init__(self, clock: Clock, mint: Callable[[Deadline], TokenReply] | None) -> None:
        """Start without a token; `mint` asks the token endpoint, None means an existing token."""
        self._clock = clock
        self._mint = mint
        self._once: Once[Token] = Once(clock)

    def get(self, credential: Credential, deadline: Deadline) -> Token:
        """Return the token in use, minting one if there is none or it is about to expire."""
        return self._once.get("token", lambda: self._produce(credential, deadline), deadline)

    @property
    def renewable(self) -> bool:
        """Whether another token can be minted; an existing token cannot be renewed."""
        return self._mint is not None

    def drop(self, token: Token) -> None:
        """Forget a token that the API refused."""
        self._once.drop("token", token)

    def expired(self, token: Token) -> bool:
        """Whether the token is known to have expired."""
        return token.expires_at is not None and token.expires_at <= self._clock.time()

    def _produce(self, credential: Credential, deadline: Deadline) -> Kept[Token]:
        if self._mint is None:
            ready = credential.values[0]
            if not is_sendable(ready):
                source = credential.source
                text = f"{source} holds a line break, space or other character that no token has."
                raise ConfigurationError(text)
            return Kept(self._token(ready, None), inf)
        reply = self._mint(deadline)
        token = self._token(reply.access_token, reply.expires_in)
        LOG.debug("token source=%r expires_at=%s", credential.source, token.expires_at)
        if token.expires_at is None and "exp" not in token.claims:
            return Kept(token, inf)
        life = 0.0 if token.expires_at is None else token.expires_at - self._clock.time()
        if (
            life <= 0
        ):  # by its own end, or a wrong clock: the API judges, and nobody mints endlessly
            life = UNSURE_LIFE_SECONDS if reply.expires_in is None else reply.expires_in
        good_for = life - min(life * LEEWAY_SHARE, LEEWAY_SECONDS)
        return Kept(token, self._clock.monotonic() + good_for)

    def _token(self, value: SecretStr, expires_in: float | None) -> Token:
        decoded = claims.decode(value.get_secret_value())
        own = claims.seconds(decoded, "exp")
        told = None if expires_in is None else self._clock.time() + expires_in
        if own is None and "exp" in decoded:
            return Token(value, decoded, None)  # it is there and cannot be read: nobody knows
        ends = [each for each in (own, told) if each is not None]
        return Token(value, decoded, min(ends, default=None))


def pair(credential: Credential) -> tuple[str, str]:
    """Unwrap a key and its secret, for the one request that carries them (RFC 7617)."""
    key, secret = map(_text, credential.values, credential.sources)
    return key, secret


def single(credential: Credential) -> str:
    """Unwrap an API token, for the one request that carries it."""
    return _text(credential.values[0], credential.source)


def _text(value: SecretStr, source: str) -> str:
    text = value.get_secret_value()
    try:
        text.encode()
    except UnicodeEncodeError:
        message = f"{source} holds bytes that are no UTF-8 text."
        raise ConfigurationError(message) from None
    return text


def is_sendable(value: SecretStr) -> bool:
    """Return whether a header can carry a token: no line break, space, or non-ASCII character."""
    text = value.get_secret_value()
    return text.isascii() and text.isprintable() and " " not in text
