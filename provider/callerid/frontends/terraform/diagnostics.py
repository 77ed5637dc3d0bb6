"""Errors and warnings as Terraform shows them: a title, the sentence, and where it points to."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from callerid import errors
from callerid.casing import snake
from callerid.frontends import failures
from callerid.frontends.terraform.messages import ERROR, WARNING, message
from callerid.frontends.terraform.names import DATA_SOURCES
from callerid.frontends.terraform.schema_file import lists, secrets
from callerid.shown import credential_in, is_harmless

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callerid.wording import Wording

TITLES: dict[type[errors.CalleridError], str] = {
    errors.ConfigurationError: "callerid is not set up",
    errors.ArgumentError: "Wrong argument",
    errors.FunctionNotFoundError: "No such function",
    errors.CancelledError: "Cancelled",
    errors.RefusedError: "The caller is refused",
    errors.OtherUserError: "Another user's call",
    errors.ApiError: "The API gave no answer",
    errors.UnreachableError: "The API cannot be reached",
    errors.UnauthorizedError: "The API refused the credential",
    errors.ForbiddenError: "The API refused the call",
    errors.NotFoundError: "The API found nothing",
    errors.RateLimitedError: "The API asks to wait",
    errors.UnexpectedReplyError: "Unexpected reply of the API",
}
"""Every class of the tree in `callerid.errors` but its root."""
_BUG = "Bug in callerid"
_LONGEST_TITLE = 120
_NOTHING: Mapping[str, Any] = {}
_NAMES = frozenset({"allRoles", "anyRoles", "principalTypes", "emails", "onRefusal"})
"""The arguments whose texts are names, which sentences show too; see `shown_name`."""


def of_error(error: Exception, given: Mapping[str, Any] = _NOTHING) -> Any:
    """Return the diagnostic for an error; one that is not ours is a bug of ours.

    It points to the attribute that the error is about, if it is about one, and to the entry of it.
    `given` are the values of attributes: one that may hold a secret is not pointed to, as a host
    prints the line.
    """
    text = failures.text(error)
    if isinstance(error, errors.CalleridError):
        return _diagnostic(ERROR, TITLES[type(error)], worded(text), _steps(error, given))
    short = failures.shortage(error)
    return of_shortage(short) if short else _diagnostic(ERROR, _BUG, text)


def of_shortage(short: failures.Shortage) -> Any:
    """Return the diagnostic for what the system gives no more of."""
    return _diagnostic(ERROR, short.title, short.text)


def of_setting(name: str, sentence: str, given: Mapping[str, Any] = _NOTHING) -> Any:
    """Return the diagnostic for a setting of the provider's that is wrong.

    It points to no secret one, nor to any that may hold a secret; see `of_error`.
    """
    steps = [] if snake(name) in secrets() else _attribute(name, given)
    return _diagnostic(ERROR, "Wrong provider setting", sentence, steps)


def of_warning(text: str, given: Mapping[str, Any] = _NOTHING) -> Any:
    """Return the diagnostic for a sentence that is no error.

    Hosts show one warning of each title, so the title is its first line, or of a refusal what was
    required: two guards refuse the same caller by the same first line. It points as an error does.
    """
    detail = worded(text)
    first, *rest = detail.splitlines()
    line = rest[0] if rest and rest[0].startswith(" ") else first
    title = f"callerid: {' '.join(line.split())}"[:_LONGEST_TITLE]
    return _diagnostic(WARNING, title, detail, _steps(text, given))


def worded(text: str) -> str:
    """Write a text's names as Terraform has them."""
    return _wording()(text)


@cache
def _wording() -> Wording:
    from callerid.wording import Wording  # noqa: PLC0415 - slow, and most calls have no error

    return Wording(DATA_SOURCES)


def _steps(told: object, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the way to what an error or a warning is about; it is empty where that is no place."""
    if not isinstance(told, errors.CalleridError | errors.Warned) or not told.about:
        return []
    entry = told.entry if isinstance(told, errors.ArgumentError) else None
    steps = _attribute(told.about, given)
    if not steps or entry is None or snake(told.about) not in lists():
        return steps
    return [*steps, {"element_key_int": entry}]


def _attribute(name: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"attribute_name": snake(name)}] if _may_be_printed(name, given.get(name)) else []


def _may_be_printed(name: str, value: object) -> bool:
    """Return whether a host may print the line: it holds names, or surely no secret."""
    texts = [each for each in (value if isinstance(value, list) else [value]) if each]
    kept = _is_no_credential if name in _NAMES else is_harmless
    return all(not isinstance(each, str) or kept(each) for each in texts)


def _is_no_credential(text: str) -> bool:
    return credential_in(text) is None


def _diagnostic(
    severity: int, summary: str, detail: str, steps: Sequence[dict[str, Any]] = ()
) -> Any:
    path = {"steps": steps} if steps else None
    return message("Diagnostic")(
        severity=severity,
        summary=failures.sentence(summary),
        detail=failures.sentence(detail),
        attribute=path,
    )
