"""Every error that callerid reports to a person, as a tree.

    CalleridError
    ├── ConfigurationError      a setting or environment variable is missing, wrong or in conflict
    ├── ArgumentError           a function was called with a bad argument
    ├── FunctionNotFoundError   no such function
    ├── CancelledError          the engine cancelled the call
    ├── RefusedError            requireCaller says no
    ├── OtherUserError          the call came from another user of the machine
    └── ApiError                a platform's API was asked
        ├── UnreachableError    no answer came: network, time limit, HTTP 408 or 5xx
        ├── UnauthorizedError   the credential was refused
        ├── ForbiddenError      the credential is good, the call is not allowed
        ├── NotFoundError       the API knows no such thing
        ├── RateLimitedError    too many requests, for longer than the call may wait
        └── UnexpectedReplyError   an answer came that is not what the API promises

The text of each is complete and safe to show: noun, cause, way out; no secret, no reply body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Self


class CalleridError(Exception):
    """The root: `str(error)` is one or two lines that may be shown to anyone, on any terminal.

    `about` is the argument that it is about, by its name in the schema, where there is just one.
    """

    def __init__(self, text: str = "", *, about: str | None = None) -> None:
        """Keep the text for people, and what it is about for hosts that can point to it."""
        super().__init__(printable(text))
        self.about = about


class ConfigurationError(CalleridError):
    """A setting or environment variable is missing, wrong, or in conflict with another."""


class ArgumentError(CalleridError):
    """A function was called with a bad argument; the text names it.

    `entry` is the place of the entry that is bad, from 0, where the argument is a list.
    """

    def __init__(
        self, text: str = "", *, about: str | None = None, entry: int | None = None
    ) -> None:
        """Keep the text for people, and the place for hosts that can point to it."""
        super().__init__(text, about=about)
        self.entry = entry


class FunctionNotFoundError(CalleridError):
    """A function was asked for that callerid does not have."""


class CancelledError(CalleridError):
    """The engine cancelled the call."""

    def __init__(self, text: str = "The call was cancelled.") -> None:
        """Nobody reads it, as a rule."""
        super().__init__(text)


class RefusedError(CalleridError):
    """The caller does not keep a rule of requireCaller; the text has several lines."""

    def __init__(self, refusal: str, *, about: str | None = None) -> None:
        """Begin with the name: a refusal is read among lines of many programs.

        One that was pickled, on its way from a worker process, has it already.
        """
        super().__init__(f"callerid: {refusal.removeprefix('callerid: ')}", about=about)


class OtherUserError(CalleridError):
    """Another user of the machine called the plugin, which answers the user who started it."""


class Warned(str):
    """The text of a warning that is `about` an argument, as an error may be; others are plain."""

    __slots__ = ("about",)
    about: str | None

    def __new__(cls, text: str, *, about: str | None = None) -> Self:
        """Keep the text for people, and what it is about for hosts that can point to it."""
        warned = super().__new__(cls, text)
        warned.about = about
        return warned


class Answered(NamedTuple):
    """An answer's HTTP status, and the API's request id if it has one."""

    status: int
    request_id: str | None = None

    def __str__(self) -> str:
        """Return the form used in messages: `HTTP 403, request 7c1f…`."""
        suffix = f", request {self.request_id}" if self.request_id else ""
        return f"HTTP {self.status}{suffix}"


class ApiError(CalleridError):
    """A platform's API was asked and the call failed; `answered` is None where no answer came."""

    def __init__(self, message: str, answered: Answered | None = None) -> None:
        """Keep the text for people and the facts for code."""
        super().__init__(message)
        self.answered = answered


class UnreachableError(ApiError):
    """No usable answer came: network, time limit, or an API that is down."""


class UnauthorizedError(ApiError):
    """The API refused the credential."""


class ForbiddenError(ApiError):
    """The API knows the caller and refuses the call."""


class NotFoundError(ApiError):
    """The API knows no such organization, user or path."""


class RateLimitedError(ApiError):
    """The API asks to wait for longer than the call may take."""


class UnexpectedReplyError(ApiError):
    """An answer came that is not what the API promises."""


MORE_DESCRIPTORS = "Raise the limit of open files (ulimit -n), or ask about less at once."
"""The way out where this process, or this machine, has no file descriptor left."""


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, and what it came of."""
    while error:
        yield error
        error = error.__cause__ or error.__context__


def printable(text: str) -> str:
    """Show control characters of a text that came from outside, but for line breaks.

    A name may hold what moves the cursor of a terminal, turns the direction of a line, or looks
    like a line of a log.
    """
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() or each == "\n" else ascii(each)[1:-1] for each in text
    )


def one_line(text: str) -> str:
    """Show a text that came from outside, in full, so that it cannot end a line."""
    return printable(text).replace("\n", "\\n")


LONGEST_NAME = 100
"""The most characters of a name that came from outside, in a message."""


def printable_line(name: str) -> str:
    """Show a name that came from outside so that it can neither end a line nor fill the screen."""
    shown = one_line(name[: LONGEST_NAME + 1])
    return shown if len(shown) <= LONGEST_NAME else f"{shown[:LONGEST_NAME]}…"
