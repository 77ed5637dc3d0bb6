"""A request to an API, and the answer to it."""

from __future__ import annotations

from base64 import b64encode
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.errors import Answered

SUCCESS, REDIRECT = 200, 300
_SAID = ("message", "error", "error_description", "errorCode", "minorErrorCode")
PART = 8
"""So many characters in a row give a secret away."""


class Request(NamedTuple):
    """One request: path below the base URL, and at most one of `form` and `json` as its body."""

    method: str
    path: str
    headers: Mapping[str, str] = MappingProxyType({})
    form: Mapping[str, str] | None = None
    json: Mapping[str, str] | None = None
    basic: tuple[str, str] | None = None

    def __repr__(self) -> str:
        """Show no more than where it goes: the rest holds secrets."""
        return f"Request({self.method!r}, {self.path!r})"

    def is_echoed(self, text: str) -> bool:
        """Return whether a text from outside repeats a part of what was sent: of a credential.

        Where a gateway sends it back as an id of the request, it must not be shown as one.
        """
        pair = ":".join(self.basic or ()).encode()
        fields = (*self.headers.values(), *(self.form or {}).values(), *(self.json or {}).values())
        sent = " ".join([*fields, *(self.basic or ()), b64encode(pair).decode()])
        parts = (text[start : start + PART] for start in range(max(len(text) - PART + 1, 1)))
        return any(part in sent for part in parts)


class Answer(NamedTuple):
    """An answer below HTTP 500. `body` is the JSON of it, or None where an error has none.

    `is_page` says that it is an HTML page, or XML: nothing that an API of ours says.
    """

    answered: Answered
    body: Any
    retry_after: str | None = None
    recorded_at: str | None = None
    """When it was recorded, where a replay answers; see `RECORDED_AT`."""
    is_page: bool = False

    def __repr__(self) -> str:
        """Show what was answered, without the body: it may hold a token."""
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
