"""The search for canaries finds them in whatever form they come out."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urlencode

import pytest
from support.jwt import jwt

from planted import ALPHABET, PART, Planted
from searched import Search

if TYPE_CHECKING:
    from collections.abc import Callable

LOOKS = range(3)
"""As many looks a canary may have, one after the other."""


def _zipped(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b", gzip.compress(text.encode()))
    return file.getvalue()


def _framed(text: str) -> str:
    """Write it as a tool does whose terminal is narrow."""
    return "\n".join(f"│ {text[start : start + 9]} │" for start in range(0, len(text), 9))


def _lines(text: str) -> bytes:
    """Write it as mails and certificates do: base64, in short lines."""
    written = base64.b64encode(text.encode()).decode()
    return "\n".join(written[start : start + 10] for start in range(0, len(written), 10)).encode()


def _basic(text: str) -> bytes:
    return base64.b64encode(f"user:{text}".encode())


FORMS: dict[str, Callable[[str], str | bytes]] = {
    "raw": str,
    "capitals": str.upper,
    "a part": lambda text: text[11 : 11 + PART],
    "the end": lambda text: text[-PART:],
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 of a part": lambda text: base64.b64encode(text[11 : 11 + PART].encode()),
    "base64 of a part, unfilled": lambda text: _basic(text[11 : 11 + PART]).rstrip(b"="),
    "base64 of a part, alone": lambda text: base64.b64encode(text[:PART].encode()).rstrip(b"="),
    "base64 in base64": lambda text: base64.b64encode(b"Authorization: Basic " + _basic(text)),
    "base64 in lines": _lines,
    "base64 in a URL": lambda text: quote(base64.b64encode(b"\xff\xfe" + text.encode()), safe=""),
    "base64 in JSON": lambda text: json.dumps({"a": f"b\n{_basic(text).decode()}\n"}),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")),
    "base64 of hex": lambda text: base64.b64encode(text.encode().hex().encode()),
    "hex of base64": lambda text: _basic(text).hex(),
    "UTF-16, little end first": lambda text: text.encode("utf-16-le"),
    "UTF-16, big end first": lambda text: text.encode("utf-16-be"),
    "UTF-16 with a mark": lambda text: text.encode("utf-16"),
    "UTF-16 of a part": lambda text: text[-PART:].encode("utf-16-be"),
    "UTF-16 of base64": lambda text: base64.b64encode(text.encode()).decode().encode("utf-16-be"),
    "URL-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "URL-encoded in JSON": lambda text: json.dumps({"a": f"\n{quote(text, safe='')}"}),
    "URL-encoded, every letter, twice": lambda text: quote(
        "".join(f"%{each:02X}" for each in text.encode()), safe=""
    ),
    "base64 behind one byte": lambda text: base64.b64encode(f"x{text}".encode()),
    "base64 behind two": lambda text: base64.b64encode(f"xy{text}".encode()),
    "base64 behind a letter": lambda text: b"x" + base64.b64encode(text.encode()),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(f"\xff\xfe{text}".encode()),
    "a header": lambda text: b"Basic " + base64.b64encode(f"user:{text}".encode()),
    "a claim": lambda text: jwt(sub="s", note=text),
    "hex": lambda text: text.encode().hex(),
    "hex in capitals": lambda text: text.encode().hex().upper(),
    "hex behind a digit": lambda text: f"0{text.encode().hex()}",
    "hex with colons": lambda text: text.encode().hex(":"),
    "hex with blanks": lambda text: text.encode().hex(" "),
    "URL-encoded": lambda text: quote(text, safe=""),
    "URL-encoded, every letter": lambda text: "".join(f"%{each:02x}" for each in text.encode()),
    "a query": lambda text: urlencode({"a": f"b c {text}"}),
    "a form": quote_plus,
    "JSON, every letter": lambda text: "".join(f"\\u{ord(each):04x}" for each in text),
    "Python, every letter": lambda text: "".join(f"\\x{ord(each):02x}" for each in text),
    "JSON in JSON": lambda text: json.dumps(json.dumps({"a": f'"{text}"'})),
    "lines": _framed,
    "gzip": lambda text: gzip.compress(text.encode()),
    "an archive": _zipped,
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("form", FORMS)
def test_a_canary_is_found_in_every_form(form: str, look: int) -> None:
    """Alone, and in the middle of something, whichever look it has."""
    planted = Planted()
    canary = [planted.plant(f"place {number}") for number in LOOKS][look]
    written = FORMS[form](canary)
    data = written.encode() if isinstance(written, str) else written
    packed = form in {"gzip", "an archive"}
    for whole in (data, data if packed else b"before " + data + b"\n behind"):
        search = Search(planted)
        search.begin("a run")
        search.look("a sink", whole)
        assert [(each.place, each.sink, each.run) for each in search.found] == [
            (f"place {look}", "a sink", "a run")
        ]


def test_what_is_found_is_told_without_it() -> None:
    """The line of the table names places, and not the canary."""
    planted = Planted()
    canary = planted.plant("the setting x")
    search = Search(planted)
    search.begin("callerid whoami")
    search.look("stderr", f"error: {canary}")
    tried = search.tried("runs")
    assert tried.lost == ("callerid whoami: what was planted as the setting x is in stderr (raw)",)
    assert canary not in str(tried)
    assert "1 canaries in 1 kinds of outputs" in tried.seen
    assert "1 found" in tried.seen


def test_nothing_is_found_where_nothing_is() -> None:
    """A part that is one character shorter is no part, and canaries are no parts of each other."""
    planted = Planted()
    canaries = [planted.plant(f"place {number}") for number in range(200)]
    canaries += [planted.organization(f"setting {number}") for number in range(20)]
    search = Search(planted)
    search.look("a sink", " ".join(each[: PART - 1] for each in canaries))
    assert search.found == set()
    assert frozenset().union(*planted.parts) == ALPHABET
    assert len(planted.parts) == sum(len(each) - PART + 1 for each in canaries)


def test_no_archive_ends_the_search() -> None:
    """What begins as an archive and is none is searched as it is."""
    planted = Planted()
    canary = planted.plant("place")
    for head in (b"PK\x03\x04", b"\x1f\x8b"):
        search = Search(planted)
        search.look("a sink", head + canary.encode())
        assert [each.place for each in search.found] == ["place"]
