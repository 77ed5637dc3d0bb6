"""When to try again, and how long to wait before it."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from math import ceil
from typing import TYPE_CHECKING

from callerid.errors import Answered, ApiError, RateLimitedError, UnreachableError
from callerid.model import rfc3339_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.asking.clock import Clock, Deadline

TRIES = 4
TRANSIENT = frozenset({408, 500, 502, 503, 504})
TOO_MANY_REQUESTS = 429
FIRST_SERVER_ERROR = 500
BACKOFF_SECONDS = (0.5, 1.0, 2.0)
"""The window after each failed try; the wait is anywhere in it, so that a fleet spreads out."""
FIRST_WINDOW_SECONDS, LAST_WINDOW_SECONDS = 1.0, 16.0
"""The window after HTTP 429; it doubles from the first to the last."""
RETRY_AFTER_JITTER_SECONDS = 0.5
LONGEST_RETRY_AFTER_SECONDS = 365 * 86400.0


class Patience:
    """The patience of one request: `after_…` wait for the next try, or raise when it ends."""

    def __init__(
        self,
        title: str,
        deadline: Deadline,
        clock: Clock,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        """Start with all tries left; `title` names the platform, `tell` hears of each wait."""
        self._title = title
        self._deadline = deadline
        self._clock = clock
        self._tell = tell
        self._failures = 0
        self._window = FIRST_WINDOW_SECONDS

    def after_failure(self, error: ApiError, retry_after: float | None = None) -> None:
        """Wait after a try that got no usable answer.

        Raises:
            ApiError: `error` itself, when four tries or the time are used up.
        """
        self._failures += 1
        if self._failures >= TRIES:
            raise error
        backoff = BACKOFF_SECONDS[self._failures - 1]
        trouble = "is failing" if error.answered else "cannot be reached"
        next_try = f"try {self._failures + 1} of {TRIES}"
        self._wait(self._jittered(backoff, retry_after), error, trouble, next_try)

    def after_status(self, answered: Answered, retry_after: str | None) -> bool:
        """Wait if the status allows another try; return whether it did.

        Raises:
            UnreachableError: the API is still failing after four tries, or time is up.
            RateLimitedError: HTTP 429 and no time left to wait.
        """
        seconds = retry_after_seconds(retry_after, self._clock.time())
        if answered.status == TOO_MANY_REQUESTS:
            self._after_rate_limit(answered, seconds)
            return True
        if answered.status in TRANSIENT:
            self.after_failure(self._failing(answered, seconds), seconds)
            return True
        if answered.status >= FIRST_SERVER_ERROR:
            raise self._failing(answered, None)
        return False

    def _after_rate_limit(self, answered: Answered, retry_after: float | None) -> None:
        error = RateLimitedError(
            f"{self._title} gets too many requests ({answered}). {self._when(retry_after)}",
            answered,
        )
        seconds = self._jittered(self._window, retry_after)
        self._wait(seconds, error, "gets too many requests", "next try")
        self._window = min(self._window * 2, LAST_WINDOW_SECONDS)

    def _failing(self, answered: Answered, retry_after: float | None) -> UnreachableError:
        text = f"{self._title} is failing ({answered}). {self._when(retry_after)}"
        return UnreachableError(text, answered)

    def _when(self, retry_after: float | None) -> str:
        if retry_after is None:
            return "Try again later."
        moment = rfc3339_seconds(self._clock.time() + retry_after)
        return f"Try again in {retry_after:.0f} s, after {moment}."

    def _jittered(self, window: float, retry_after: float | None) -> float:
        chance = self._clock.random()
        if retry_after is None:
            return chance * window
        return retry_after + chance * RETRY_AFTER_JITTER_SECONDS

    def _wait(self, seconds: float, error: ApiError, trouble: str, next_try: str) -> None:
        if seconds >= self._deadline.remaining():
            raise error
        if self._tell:
            status = f" (HTTP {error.answered.status})" if error.answered else ""
            self._tell(f"{self._title} {trouble}{status}: {next_try} in {ceil(seconds)} s")
        self._clock.sleep(seconds)


def retry_after_seconds(header: str | None, now: float) -> float | None:
    """Read a `Retry-After` header (RFC 9110): seconds, or a date against `now`; None if neither."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_RETRY_AFTER_SECONDS)
    try:
        wait = parsedate_to_datetime(text).timestamp() - now
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(0.0, wait), LONGEST_RETRY_AFTER_SECONDS)
