"""When something ends: at a time, never, or unknown. Unknown never counts as never."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.model import epoch_seconds, is_past

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callerid.model import Reply


class End(NamedTuple):
    """The end of a role or of an access, as an API tells it.

    `at` is RFC 3339 in UTC, or the API's own text if that is no time. Without it `told` decides:
    the API says never, or it says nothing.
    """

    at: str | None
    told: bool

    @property
    def garbled(self) -> bool:
        """Whether the API gives an end that cannot be read."""
        return self.at is not None and epoch_seconds(self.at) is None

    @property
    def known(self) -> bool:
        """Whether it is a time, or never."""
        return self.told and not self.garbled

    def of_role(self, now: float, *, here: bool = True) -> dict[str, Any]:
        """Give the fields of a `Role` that tell its end, as of `now` in seconds since 1970.

        It is not active once its end has passed, nor with an end that cannot be read, nor if it is
        not one of the organization asked about: not `here`.
        """
        active = here and not self.garbled and not is_past(self.at, now)
        return {"expires_at": self.at, "end_known": self.known, "active": active}


UNKNOWN = End(None, told=False)


def end_of(reply: Reply, field: str) -> End:
    """Read an end from a reply.

    Args:
        reply: what the API sent.
        field: the name, in Python, of its field of type `EndTime`. If null says "never" there, the
            reply's `null_means_never` has the API's own name of it; else null says nothing.
    """
    return End(getattr(reply, field), told=field in reply.model_fields_set)


def strictest(ends: Iterable[End]) -> End:
    """Return the end that counts where one thing's is told several times.

    An end that cannot be read goes before the earliest time, a time before never, and whoever says
    nothing contradicts nobody.
    """
    return min((each for each in ends if each.told), key=_strictness, default=UNKNOWN)


def _strictness(end: End) -> tuple[bool, float]:
    seconds = epoch_seconds(end.at)
    return (not end.garbled, inf if seconds is None else seconds)
