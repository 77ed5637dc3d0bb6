"""Paths below a base URL: as they are sent, and as logs and people are shown them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from callerid.errors import UnexpectedReplyError
from callerid.shown import shown_id

if TYPE_CHECKING:
    from typing_extensions import Self

DOTS = frozenset({".", ".."})


class ApiPath(str):
    """A path as it is sent; `shown` is the same with its ids as `shown_id` has them.

    Made by `path`, so that an id which may be a secret in the wrong setting is in no log.
    """

    __slots__ = ("shown",)
    shown: str

    def __new__(cls, sent: str, shown: str) -> Self:
        """Keep both forms."""
        made = super().__new__(cls, sent)
        made.shown = shown
        return made

    def asking(self, query: str) -> ApiPath:
        """Return the path with a query, which is shown to nobody."""
        return ApiPath(f"{self}?{query}", self.shown)


def path(template: str, *ids: str) -> ApiPath:
    """Make a path of a template such as `/organizations/{}/users/me`, and the ids in its gaps.

    Raises:
        UnexpectedReplyError: an id is `.` or `..`, which would name another path.
    """
    shown = (shown_id(each).replace(" ", "_") for each in ids)
    return ApiPath(template.format(*map(segment, ids)), template.format(*shown))


def segment(value: str) -> str:
    """Quote an id for use in a path.

    Raises:
        UnexpectedReplyError: the id is `.` or `..`, which would name another path.
    """
    if value in DOTS:
        message = "The API gave an id that is dots alone, and would name another path."
        raise UnexpectedReplyError(message)
    return quote(value, safe="")


def shown(text: str) -> str:
    """Return what is shown of a path; one of constants alone is shown as it is."""
    return text.shown if isinstance(text, ApiPath) else text.partition("?")[0]
