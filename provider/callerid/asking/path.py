"""Paths below a base URL: as they are sent, and as logs and people are shown them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from callerid.errors import UnexpectedReplyError
from callerid.shown import shown_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self

LONGEST = 16_000
"""The most characters of a quoted value; addresses as long as three of them can be sent."""


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

    def asking(self, query: Mapping[str, str]) -> ApiPath:
        """Return the path with a query, which is shown to nobody.

        Raises:
            UnexpectedReplyError: a value is longer than an address can be.
        """
        pairs = {name: quoted(value) for name, value in query.items()}
        for name, value in pairs.items():
            if len(value) > LONGEST:
                message = f"The {name} that the API gave is longer than an address can be."
                raise UnexpectedReplyError(message)
        text = "&".join(f"{name}={value}" for name, value in pairs.items())
        return ApiPath(f"{self}?{text}", self.shown)


def path(template: str, **ids: str) -> ApiPath:
    """Make a path of a template such as `/organizations/{organization}`, and the ids in its gaps.

    The name of a gap says in an error whose id it is.

    Raises:
        UnexpectedReplyError: an id cannot stand in a path, see `no_id`.
    """
    for name, value in ids.items():
        if why := no_id(value):
            whose = name.replace("_", " ")
            message = f"The id of the {whose} that the API gave cannot be used: it is {why}."
            raise UnexpectedReplyError(message)
    shown = {name: shown_id(value).replace(" ", "_") for name, value in ids.items()}
    sent = {name: quoted(value) for name, value in ids.items()}
    return ApiPath(template.format_map(sent), template.format_map(shown))


def no_id(value: str) -> str | None:
    """Report why a text cannot be an id in a path: what it is instead; None if it can."""
    if value in {"", ".", ".."}:
        return "dots alone" if value else "empty"
    try:
        return "longer than an address can be" if len(quoted(value)) > LONGEST else None
    except UnicodeEncodeError:
        return "bytes that are no UTF-8 text"


def quoted(value: str) -> str:
    """Quote a value for use in a path or query, slashes too."""
    return quote(value, safe="")


def shown(text: str) -> str:
    """Return what is shown of a path; one of constants alone is shown as it is."""
    return text.shown if isinstance(text, ApiPath) else text.partition("?")[0]
