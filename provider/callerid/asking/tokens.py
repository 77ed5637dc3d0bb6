"""Access tokens: where they come from, how long they live, when they are renewed.

The one place where a secret is unwrapped.
"""

from __future__ import annotations

import logging
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.asking import claims
from callerid.asking.once import Kept, Once
from callerid.asking.request import as_sent, repeats
from callerid.errors import ConfigurationError
from callerid.model import Reply
from callerid.modelling import AliasChoices, Field
from callerid.secret import SecretStr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from callerid.asking.clock import Clock, Deadline
    from callerid.config import Credential

LOG = logging.getLogger("callerid")
LONGEST_LIFE_SECONDS = 100 * 365 * 86400.0
UNSURE_LIFE_SECONDS = 3600.0
"""How long a token is used whose own end cannot be read, or seems to be past already."""
GIVING_UP_SECONDS = 60.0
"""How often, at most, a token is given up because somebody needs one that lasts longer."""
LEEWAY_SHARE, LEEWAY_SECONDS = 0.1, 300.0
"""A token is renewed when less than this share of its life, at most these seconds, is left."""


class TokenReply(Reply):
    """What a token endpoint answers (RFC 6749, section 5.1); `expires_in` counts seconds."""

    no_blanks = frozenset({"expires_in"})
    access_token: SecretStr = Field(validation_alias=AliasChoices("access_token"))
    expires_in: float | None = Field(
        None,
        ge=0,
        le=LONGEST_LIFE_SECONDS,
        allow_inf_nan=False,
        validation_alias=AliasChoices("expires_in"),
    )


class Life(NamedTuple):
    """How long a token lasts, as it was told at one moment of both clocks.

    `expires_at` is in seconds since 1970, `since` in monotonic ones, and `seconds` are the life
    from then on. Where token endpoint and token say different things the earlier end counts;
    `longest` is the life by the later one.
    """

    expires_at: float
    since: float
    seconds: float
    longest: float

    def left(self, clock: Clock) -> float:
        """Return the seconds left, by the clock that leaves fewer: one jumps, the other sleeps."""
        by_monotonic = self.seconds - (clock.monotonic() - self.since)
        return min(self.expires_at - clock.time(), by_monotonic)


class Token:
    """An access token in use.

    `claims` are decoded, not verified, and empty for an opaque token; `life` is None if unknown.
    """

    __slots__ = ("claims", "life", "value")

    def __init__(self, value: SecretStr, claims: Mapping[str, Any], life: Life | None) -> None:
        """Take what is known of it."""
        self.value = value
        self.claims = claims
        self.life = life

    @property
    def end_is_garbled(self) -> bool:
        """Whether the token says when it ends, in a form that cannot be read."""
        return self.life is None and "exp" in self.claims

    def headers(self) -> dict[str, str]:
        """Return the header that carries the token (RFC 6750)."""
        return {"authorization": f"Bearer {self.value.get_secret_value()}"}


class Tokens:
    """The token of one credential for one organization, minted once for any number of threads."""

    def __init__(self, clock: Clock, mint: Callable[[Deadline], TokenReply] | None) -> None:
        """Start without a token; `mint` asks the token endpoint, None means an existing token."""
        self._clock = clock
        self._mint = mint
        self._once: Once[Token] = Once(clock)
        self._given_up_at = -inf

    def get(
        self, credential: Credential, deadline: Deadline, lasting: float | None = None
    ) -> Token:
        """Return the token in use, minting one if there is none or it is about to expire.

        One that is not good for `lasting` seconds more is given up for another, at most once in a
        minute, if another may be.
        """
        token = self._once.get("token", lambda: self._produce(credential, deadline), deadline)
        if lasting is None or not self._may_be_outlived(token, lasting):
            return token
        self._given_up_at = self._clock.monotonic()
        self.drop(token)
        return self.get(credential, deadline)

    @property
    def renewable(self) -> bool:
        """Whether another token can be minted; an existing token cannot be renewed."""
        return self._mint is not None

    def drop(self, token: Token) -> None:
        """Forget a token that the API refused."""
        self._once.drop("token", token)

    def are_repeated(self, text: str) -> bool:
        """Return whether a text from outside repeats a part of the token in use."""
        return repeats(text, [each.value.get_secret_value() for each in self._once.values])

    def left(self, token: Token) -> float | None:
        """Return the seconds that a token is still good for, 0 or less if none; None if unknown."""
        return token.life.left(self._clock) if token.life else None

    def expired(self, token: Token) -> bool:
        """Whether the token is known to have expired."""
        left = self.left(token)
        return left is not None and left <= 0

    def _may_be_outlived(self, token: Token, lasting: float) -> bool:
        if not self.renewable or token.life is None:
            return False
        soon = self._clock.monotonic() - self._given_up_at < GIVING_UP_SECONDS
        return token.life.left(self._clock) < lasting <= token.life.longest and not soon

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
        if self.expired(token):  # another one may be good; if not, a clock is wrong
            reply = self._mint(deadline)
            token = self._token(reply.access_token, reply.expires_in)
        expires_at = token.life.expires_at if token.life else None
        LOG.debug("token source=%r expires_at=%s", credential.source, expires_at)
        good_for = self._good_for(token, reply.expires_in)
        return Kept(token, self._clock.monotonic() + good_for)

    def _good_for(self, token: Token, told: float | None) -> float:
        """Return for how long a token is used before another one is minted.

        One that seems to be over, or whose end cannot be read, is used for as long as the token
        endpoint `told`: the API judges it, and a wrong clock must not mint without end.
        """
        left = self.left(token)
        if left is None and not token.end_is_garbled:
            return inf
        life = max(told or UNSURE_LIFE_SECONDS, GIVING_UP_SECONDS)
        if left is not None and left > 0:
            life = left
        return life - min(life * LEEWAY_SHARE, LEEWAY_SECONDS)

    def _token(self, value: SecretStr, expires_in: float | None) -> Token:
        decoded = claims.decode(value.get_secret_value())
        return Token(value, decoded, self._life(decoded, expires_in))

    def _life(self, decoded: Mapping[str, Any], expires_in: float | None) -> Life | None:
        now, own = self._clock.time(), claims.seconds(decoded, "exp")
        if own is None and "exp" in decoded:
            return None
        told = [] if expires_in is None else [expires_in]
        lives = [*told, *([] if own is None else [own - now])]
        if not lives:
            return None
        return Life(now + min(lives), self._clock.monotonic(), min(lives), max(lives))


def is_repeated(credential: Credential, text: str) -> bool:
    """Return whether a text from outside repeats a part of a credential, whatever was sent last."""
    return repeats(text, as_sent([each.get_secret_value() for each in credential.values]))


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
