"""A request to an API, and the answer to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.errors import Answered

SUCCESS, REDIRECT = 200, 300


@dataclass(frozen=True)
class Request:
    """One request: path below the base URL, and at most one of `form` and `json` as its body."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    json: Mapping[str, str] | None = field(default=None, repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Answer:
    """An answer below HTTP 500. `body` is the JSON of it, or None where an error has none."""

    answered: Answered
    body: Any = field(repr=False)
    retry_after: str | None = None
    recorded_at: str | None = None
    """When it was recorded, where a replay answers; see `RECORDED_AT`."""

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return SUCCESS <= self.answered.status < REDIRECT

    @property
    def said(self) -> str:
        """The API's own words about an error, lower case, to decide by; never to show."""
        body = self.body if isinstance(self.body, dict) else {}
        said = [body.get(name) for name in ("message", "error", "error_description")]
        return " ".join(text for text in said if isinstance(text, str)).lower()
