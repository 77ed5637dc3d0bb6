"""What an answer of a token endpoint means that is no token.

A credential is refused by what a token endpoint says (RFC 6749, section 5.2): HTTP 400 or 401, 403
as gateways have it, or a code that no other server knows. All else is no word about the credential:
the request went elsewhere, as by a wrong base URL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callerid.asking.request import Answer

_REFUSING = frozenset({400, 401, 403})
_MISSING = frozenset({404, 405})
_CODES = ("invalid_grant", "invalid_client")


class NoToken(Exception):  # noqa: N818 - it is an answer, and becomes an error for each who waits
    """An answer that brings no token; `hint` ends the error, where the credential is refused."""

    def __init__(self, answer: Answer, hint: str = "") -> None:
        """Keep the answer: its error names what the thread that waits has set."""
        super().__init__()
        self.answer = answer
        self.hint = hint


def refuses_credential(answer: Answer) -> bool:
    """Return whether a token endpoint does not accept the credential."""
    return _has_code(answer) or (answer.answered.status in _REFUSING and not answer.is_page)


def is_missing(answer: Answer) -> bool:
    """Return whether there seems to be no such endpoint."""
    return answer.answered.status in _MISSING and not _has_code(answer)


def _has_code(answer: Answer) -> bool:
    return any(code in answer.said for code in _CODES)
