"""A request to an API, and the answer to it."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from callerid.errors import Answered

SUCCESS, REDIRECT = 200, 300
_SAID = ("message", "error", "error_description", "errorCode", "minorErrorCode")
PART = 8
"""So many characters in a row give a secret away."""


class Request:
    """One request: path below the base URL, and at most one of `form` and `json` as its body.

    It is no tuple or data class: what prints those would print secrets.
    """

    __slots__ = ("basic", "form", "headers", "json", "method", "path")

    def __init__(  # noqa: PLR0913, PLR0917 - what a request has
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: Mapping[str, str] | None = None,
        basic: tuple[str, str] | None = None,
    ) -> None:
        """Send nothing yet."""
        self.method = method
        self.path = path
        self.headers = headers or {}
        self.form = form
        self.json = json
        self.basic = basic

    def __repr__(self) -> str:
        """Show no more than where it goes."""
        return f"Request({self.method!r}, {self.path!r})"

    def is_echoed(self, text: str) -> bool:
        """Return whether a text from outside repeats a part of what was sent: of a credential.

        Where a gateway sends it back as an id of the request, it must not be shown as one.
        """
        fields = (*self.headers.values(), *(self.form or {}).values(), *(self.json or {}).values())
        return repeats(text, [*fields, *as_sent(self.basic or ())])


def repeats(text: str, secrets: Collection[str]) -> bool:
    """Return whether a text from outside repeats a part of one of some secrets."""
    parts = (text[start : start + PART] for start in range(max(len(text) - PART + 1, 1)))
    return any(part in secret for part in parts for secret in secrets)


def as_sent(values: Sequence[str]) -> list[str]:
    """List the values of a credential, and how a header has a pair of them (RFC 7617)."""
    return [*values, b64encode(":".join(values).encode(errors="replace")).decode()]


class Answer:
    """An answer below HTTP 500. `body` is the JSON of it, or None where an error has none.

    `recorded_at` is when it was recorded, where a replay answers; see `RECORDED_AT`. `is_page` says
    that it is an HTML page, or XML: nothing that an API of ours says. As with a `Request`, nobody
    prints more of it than its representation.
    """

    __slots__ = ("answered", "body", "is_page", "recorded_at", "retry_after")

    def __init__(
        self,
        answered: Answered,
        body: Any,
        retry_after: str | None = None,
        recorded_at: str | None = None,
        *,
        is_page: bool = False,
    ) -> None:
        """Take what came."""
        self.answered = answered
        self.body = body
        self.retry_after = retry_after
        self.recorded_at = recorded_at
        self.is_page = is_page

    def __repr__(self) -> str:
        """Show what was answered, without the body."""
        return f"Answer({self.answered!r})"

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return SUCCESS <= self.answered.status < REDIRECT

    @property
    def said(self) -> str:
        """The API's own words about an error, lower case, to decide by; never to show.

        OAuth has its code in `error` (RFC 6749), VMware's services have theirs in `errorCode` or
        `minorErrorCode` too.
        """
        body = self.body if isinstance(self.body, dict) else {}
        said = [body.get(name) for name in _SAID]
        return " ".join(text for text in said if isinstance(text, str)).lower()
