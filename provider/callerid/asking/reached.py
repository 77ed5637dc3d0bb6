"""What one request without a credential learns of the way to an API."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from callerid.asking.proxies import Route

if TYPE_CHECKING:
    from collections.abc import Mapping

Hurdle = Literal["machine", "name", "connection", "time", "certificate", "tls", "proxy", "reply"]
"""What kept a request from its answer: `machine` is that it never left this one, `reply` a
connection that broke, or no HTTP."""
_HALF_A_SECOND = 0.5
"""The `Date` of an answer has whole seconds: on average it is this old when it is written."""


class Reached(NamedTuple):
    """What one request learned; `status` is None if no answer came, and `hurdle` says why.

    `detail` is the TLS library's word about a certificate, the status of a proxy's refusal, or what
    this machine lacks.
    `connected` means a TCP connection, to the proxy if the route leads there.
    `clock_ahead` is by how many seconds the server's clock is ahead of ours, if known.
    `warnings` tell of variables that do not count as somebody meant.
    """

    status: int | None = None
    hurdle: Hurdle | None = None
    detail: str = ""
    connected: bool = False
    clock_ahead: float | None = None
    route: Route = Route()
    warnings: tuple[str, ...] = ()


class Trail:
    """What httpcore's trace reports of one request: whether connecting worked."""

    connected = False

    def note(self, event: str, _: Mapping[str, Any]) -> None:
        """Take an event."""
        self.connected = self.connected or event.endswith(".connect_tcp.complete")


def server_time(headers: Mapping[str, str]) -> float | None:
    """Read `Date` (RFC 9110) as seconds since 1970, None if there is none.

    A cache on the way keeps the date and adds `Age`.
    """
    age = headers.get("age", "0")
    try:
        moment = parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return moment + _HALF_A_SECOND + (float(age) if age.isascii() and age.isdigit() else 0)
