"""Faults: what goes wrong at an endpoint, as a scenario file tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    Field,
    JsonValue,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel

from callerid.sandbox.moments import Timed
from callerid.sandbox.strict import Strict, Text, Yes

if TYPE_CHECKING:
    from typing_extensions import Self

EVERY = "*"
"""The endpoint of a fault that covers them all."""
_MOST_BYTES = 64 * 1024 * 1024
_DATE = re.compile(r"date([+-][0-9]{1,9})")
_BODIES = ("body", "html", "empty", "huge_bytes")
_WHEN = {"endpoint", "times", "after"}
_GOES_WITH = {
    "drop": {"latency_seconds"},
    "redirect": {"latency_seconds", "retry_after"},
    "empty": {"latency_seconds", "retry_after", "status", "content_type"},
}
"""Effects that exclude every effect but these."""


@dataclass(frozen=True)
class RetryAfter:
    """A `Retry-After` header (RFC 9110): seconds, or the date that lies so many seconds ahead."""

    seconds: int
    as_date: bool = False

    def header(self, now: float) -> str:
        """Return the header's value at `now`, in seconds since 1970."""
        return formatdate(now + self.seconds, usegmt=True) if self.as_date else str(self.seconds)

    @property
    def written(self) -> int | str:
        """What a scenario file says for it."""
        return f"date{self.seconds:+d}" if self.as_date else self.seconds


def _retry_after(value: Any) -> RetryAfter:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return RetryAfter(value)
    dated = _DATE.fullmatch(value) if isinstance(value, str) else None
    if dated is None:
        text = "expected seconds such as 30, or date+30 for the same as an HTTP date"
        raise ValueError(text)
    return RetryAfter(int(dated[1]), as_date=True)


_WRITTEN = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": f"^{_DATE.pattern}$"},
    ]
}
_RetryAfterField = Annotated[
    RetryAfter,
    PlainValidator(_retry_after),
    PlainSerializer(lambda header: header.written),
    WithJsonSchema(_WRITTEN),
]


class Fault(Strict):
    """Something that goes wrong at an endpoint, always or for some of the requests.

    Of several faults that are due at once, the first in the list happens.
    """

    endpoint: str
    """Where: one of the platform's endpoints by its short name, or `*` for all of them."""
    status: Annotated[int, Field(ge=400, le=599)] | None = None
    """Answer this HTTP status, 400 to 599, with the platform's own error body."""
    body: Annotated[JsonValue, Timed] = None
    """Answer this body: a text as plain text, anything else as JSON. HTTP 200 without `status`."""
    retry_after: _RetryAfterField | None = None
    """Add a `Retry-After` header: seconds, or `date+30` for an HTTP date 30 s ahead."""
    latency_seconds: Annotated[float, Field(gt=0, le=600, strict=False)] | None = None
    """Wait this long before the answer, at most 600 s."""
    drop: Yes | None = None
    """Close the connection without an answer."""
    cut: Yes | None = None
    """Close the connection after half of the body; `Content-Length` names the whole of it."""
    html: Yes | None = None
    """Answer an HTML page, as gateways do. HTTP 200 without `status`."""
    empty: Yes | None = None
    """Answer no body at all. HTTP 200 without `status`."""
    content_type: Text | None = None
    """Answer under this `Content-Type`, whatever the body is."""
    huge_bytes: Annotated[int, Field(ge=2, le=_MOST_BYTES)] | None = None
    """Answer valid JSON of this many bytes, at most 64 MiB."""
    redirect: Text | None = None
    """Answer HTTP 307 that points to this address."""
    times: Annotated[int, Field(ge=1)] | None = None
    """Only so many requests, then never again. Without it: always."""
    after: Annotated[int, Field(ge=0)] = 0
    """Not before so many requests have passed."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        effects = self.model_fields_set - _WHEN
        if not effects:
            names = ", ".join(_names(set(type(self).model_fields) - _WHEN))
            text = f"expected what goes wrong: one of {names}"
            raise ValueError(text)
        for lonely, others in _conflicts(effects):
            if others:
                text = f"{to_camel(lonely)} does not go with {' or '.join(_names(others))}"
                raise ValueError(text)
        return self

    def due(self, endpoint: str, number: int) -> bool:
        """Return whether it applies to request `number` (from 1) of those that it covers."""
        if not self.covers(endpoint) or number <= self.after:
            return False
        return self.times is None or number <= self.after + self.times

    def covers(self, endpoint: str) -> bool:
        """Return whether requests to `endpoint` count."""
        return self.endpoint in (EVERY, endpoint)

    @property
    def has_body(self) -> bool:
        """Whether `body` is given, null included."""
        return "body" in self.model_fields_set


def _conflicts(effects: set[str]) -> list[tuple[str, set[str]]]:
    found = [
        (name, effects - good - {name}) for name, good in _GOES_WITH.items() if name in effects
    ]
    bodies = [name for name in _BODIES if name in effects]
    return [*found, (bodies[0], set(bodies[1:]))] if bodies else found


def _names(fields: set[str]) -> list[str]:
    return sorted(to_camel(field) for field in fields)
