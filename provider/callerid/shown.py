"""What is shown of a text that may be a secret in the wrong place.

Somebody who swaps two variables must not read a secret in an error, nor in a log that others keep.
"""

from __future__ import annotations

import re

from callerid.errors import LONGEST_NAME, printable_line

_UUID = r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""Patterns are compiled when they are needed, as most processes need few of them."""
_DOMAIN = r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}"
_HOST = rf"\w{{1,9}}://{_DOMAIN}(?::\d{{1,5}})?/?"
_ADDRESS = rf"[\w.+%'-]{{1,64}}@{_DOMAIN}\.\w{{2,}}"
MOST_SHOWN = 3
"""The most characters that are shown of what may be a secret."""
SHORTEST = 8
"""A text of fewer characters is no secret."""
_SHARE = 8
"""Of so many characters one is shown."""
_CREDENTIALS = (
    ("an access token", r"(?<![\w-])(?=[\w-]*\.)[\w-]*?eyJ[\w-]{5}"),
    ("an authorization header", r"(?i)\b(?:bearer|basic)\s+[\w+/=.~-]{8,}"),
    ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY"),
)
"""A token is searched for where a run of its characters begins: from each `eyJ` in a long run it
would take very long."""
_LOOKED_THROUGH = LONGEST_NAME + 1000
"""Of a name, more than is shown: a credential may begin there and end behind it."""
_KEY = r"[A-Za-z0-9+=]{24,}|AKIA[A-Z0-9]{12,}"
"""A run that long with letters and digits is no word; what has hyphens, underscores or slashes is
looked at in parts."""


def is_uuid(text: str) -> bool:
    """Return whether a text is a UUID, with hyphens and nothing around it."""
    return bool(re.fullmatch(_UUID, text))


def shown_id(text: str) -> str:
    """Show what ought to be an id: a UUID whole, of anything else its length and first letters."""
    return text if is_uuid(text) else masked(text, ", no UUID")


def shown_name(text: str) -> str:
    """Show a name that somebody chose, in a line; of one that looks like a credential no more."""
    return masked(text) if credential_in(text[:_LOOKED_THROUGH]) else printable_line(text)


def is_principal(text: str) -> bool:
    """Return whether a text is a caller's id: a UUID, or `DOMAIN:UUID`."""
    domain, _, own = text.rpartition(":")
    return is_uuid(own) and (not domain or bool(re.fullmatch(_DOMAIN, domain)))


def shown_principal(text: str) -> str:
    """Show a caller's id whole; of anything else as `shown_id`."""
    return text if is_principal(text) else masked(text, ", no id")


def is_harmless(text: str) -> bool:
    """Return whether a text is surely no secret: so short, an id, or the address of a host."""
    if len(text) < SHORTEST or is_principal(text):
        return True
    return bool(re.fullmatch(_HOST, text)) and not credential_in(text)


def shown_address(text: str) -> str:
    """Show an e-mail address as a name, of anything else its length and first letters."""
    return shown_name(text) if re.fullmatch(_ADDRESS, text) else masked(text, ", no address")


def masked(text: str, what: str = "") -> str:
    """Tell a text from others without giving it away: `sec…(24 characters)`.

    `what` is put behind the length.
    """
    most = min(MOST_SHOWN, len(text) // _SHARE)
    start = re.match(r"[A-Za-z0-9_-]*", text[:most])
    return f"{start[0] if start else ''}…({len(text)} characters{what})"


def credential_in(text: str) -> str | None:
    """Name what in a text looks like a credential; None if nothing does."""
    for what, pattern in _CREDENTIALS:
        if re.search(pattern, text):
            return what
    if any(_is_mixed(run) for run in re.findall(_KEY, re.sub(_UUID, "", text))):
        return "a key: a long run of letters and digits"
    return None


def _is_mixed(run: str) -> bool:
    return any(each.isdigit() for each in run) and any(each.isalpha() for each in run)
