"""The rules that a setting's value keeps, and the sentence of each that is broken.

The Python SDK checks by the same rules before the engine is asked: `sdk/generate.py` copies this
file into it, so nothing is imported here that a program might lack.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from urllib.parse import urlsplit

from callerid.nearest import nearest
from callerid.registry import PLATFORMS

NAMES = " or ".join(PLATFORMS)
MOST_TIMEOUT_SECONDS = 86400.0
MOST_CHARACTERS = 1024 * 1024
"""No setting is longer; a token with 10,000 permissions is not."""
_QUOTES = frozenset(
    {'""', "''", "``", "\u201c\u201d", "\u201e\u201c", "\u2018\u2019", "\u00ab\u00bb"}
)
_MARKS = frozenset("".join(_QUOTES))
_INVISIBLE = (
    " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u200b\u200c\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
_HEADER = (
    r"(?i)(?:[\w-]{0,40}auth[\w-]{0,40}\s{0,9}:\s{0,9})?"
    r"(?:bearer(?:\s{0,9}:\s{0,9}|\s{1,9}|$))?"
)
"""What stands before a token in the header that carries it."""
_LONGEST_PART = 63
_LONGEST_HOST = 254
"""With the dot at its end."""
_MOST_LAYERS = 4
"""As often quotation marks are taken off."""
_SHAPES: dict[type, str] = {dict: "an object", list: "a list", bool: "true or false"}


def problem(name: str, value: object, kind: str, source: str, how: str = ".") -> str | None:
    """Report in a sentence what is wrong with an existing setting.

    Args:
        name: its name in the schema.
        value: what it is set to, typed or as text; None and blank count as not set.
        kind: its type in the schema.
        source: what the sentence calls it, for example `provider setting platform`.
        how: ends the sentence on one plain value, with how to give it.
    """
    if value is not None and not _is_json(value):
        return f"{source} must be a {kind}."
    if isinstance(value, str) and len(value) > MOST_CHARACTERS:
        return f"{source} has more than {MOST_CHARACTERS:,} characters. Give it its value alone."
    given = plain(name, value)
    return wrong(name, given, source, kind, how) if given else None


def plain(name: str, value: object) -> str:
    """Read a setting's value, wherever it comes from; empty where it is not set.

    Containers, shells and the engine leave around a variable or in a file what people paste: all of
    it is read alike.
    """
    read = _text(value)
    return "" if _unquoted(read.strip(_INVISIBLE)) == "null" else pasted(name, read)


def _text(value: object) -> str:
    """Read a setting that may come typed or as JSON: `60`, `60.0`, `"60"` are one and the same.

    What is neither text nor number becomes JSON of its kind, as only its kind is checked.
    """
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    read = "" if value is None else (value if isinstance(value, str) else str(value))
    read = read.strip(_INVISIBLE)
    if read.startswith('"') and read.endswith('"'):
        with suppress(ValueError):
            read = str(json.loads(read))
    return read


def pasted(name: str, value: str) -> str:
    """Take off what people copy along: quotation marks, and a header before a token.

    The secret of a pair keeps its quotation marks, which could be its own.
    """
    value = value.strip(_INVISIBLE)
    unquoted = _unquoted(value)
    if name.endswith("Secret"):
        return value if unquoted else ""
    value = unquoted
    if not name.endswith("Token"):
        return value
    header = re.match(_HEADER, value)
    return _unquoted(value[header.end() :]) if header else value


def _unquoted(value: str) -> str:
    for _ in range(_MOST_LAYERS):
        if _is_quoted(value):
            value = value[1:-1].strip(_INVISIBLE)
    return value


def _is_quoted(value: str) -> bool:
    return len(value) > 1 and value[0] + value[-1] in _QUOTES


def wrong(name: str, value: str, source: str, kind: str, how: str = ".") -> str | None:
    """Report in a sentence what is wrong with a setting's text, from any source; see `problem`."""
    if shape := _shape(value):
        return f"{source} must be a {kind}, and is {shape}. Give it one plain value{how}"
    if name == "platform" and value not in PLATFORMS:
        near = nearest(value, PLATFORMS)
        return f"{source} names no platform that callerid knows. Use {NAMES}.{near}"
    if name == "requestTimeoutSeconds" and not _is_timeout(value):
        return f"{source} must be a number of seconds, above 0 and at most a day; for example 60."
    if name.endswith("BaseUrl") and not _is_base_url(value):
        return f"{source} must be an https URL (http for a loopback address) without query."
    return _marked(name, value, source)


def _marked(name: str, value: str, source: str) -> str | None:
    """Report quotation marks that `pasted` did not take off."""
    if name.endswith("Secret"):
        quoted = _is_quoted(value)
        return f"{source} is in quotation marks. Leave them out." if quoted else None
    if {value[0], value[-1]} & _MARKS:
        return f"{source} begins or ends with a quotation mark. Leave it out."
    return None


def is_loopback(host: str) -> bool:
    """Return whether a host name or address can only be this machine."""
    from ipaddress import ip_address  # noqa: PLC0415 - most programs set no base URL

    if host == "localhost":
        return True
    try:
        address = ip_address(host)
        return (getattr(address, "ipv4_mapped", None) or address).is_loopback
    except ValueError:
        return False


def _is_json(value: object) -> bool:
    return isinstance(value, str | int | float | dict | list)


def _shape(text: str) -> str | None:
    """Name what the JSON of a setting is, where that is neither text nor number."""
    if not text.startswith(("{", "[")) and text not in {"true", "false"}:
        return None
    try:
        return _SHAPES[type(json.loads(text))]
    except RecursionError:
        return _SHAPES[list]
    except ValueError:
        return None


def _is_timeout(value: str) -> bool:
    try:
        number = float(value)
    except ValueError:
        return False
    return 0 < number <= MOST_TIMEOUT_SECONDS


def _is_base_url(value: str) -> bool:
    if not value.isprintable() or any(mark in value for mark in "?#@ "):
        return False
    try:
        url = urlsplit(value)
        host, _ = url.hostname or "", url.port
    except ValueError:
        return False
    if not _is_host(host) or (value.count("]") and not re.search(r"\](:\d+)?(/|$)", value)):
        return False
    return url.scheme == "https" or (url.scheme == "http" and is_loopback(host))


def _is_host(name: str) -> bool:
    """Return whether a name's parts are as long as they may be, written in ASCII (RFC 1035)."""
    if len(name) > _LONGEST_HOST:  # it would take long to write such a one in ASCII
        return False
    try:
        ascii_name = name if name.isascii() else name.encode("idna").decode()
    except ValueError:
        return False
    return all(0 < len(part) <= _LONGEST_PART for part in ascii_name.removesuffix(".").split("."))
