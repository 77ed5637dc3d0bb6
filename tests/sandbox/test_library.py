"""How scenario files are read, and how a mistake in one is told."""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from callerid.errors import ConfigurationError
from callerid.sandbox import library

if TYPE_CHECKING:
    from pathlib import Path

_GOOD = """\
description: a person
csp:
  organizationId: 00000000-0000-4000-8000-000000000001
  credential: {apiToken: sandbox-token}
  subject: example.com:sub
  info: {user: {country: NO, since: 2023-11-07, at: 1:30, none: null, no: false, n: 1.5}}
"""


def _write(folder: Path, text: str, name: str = "me.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def _mistake(source: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        library.read([source])
    return str(caught.value)


def test_values_stay_what_json_has(tmp_path: Path) -> None:
    """No time, country or ratio of hours is turned into something else by YAML."""
    csp = library.read([_write(tmp_path, _GOOD)])["me"].csp
    assert csp is not None
    assert csp.info is not None
    assert csp.info["user"] == {
        "country": "NO",
        "since": "2023-11-07",
        "at": "1:30",
        "none": None,
        "no": False,
        "n": 1.5,
    }


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  info:", "  inffo: {}\n  info:", ":6: csp: unknown key inffo. Did you mean info?"),
        ("description: a person\n", "", ":1: description: missing"),
        ("  subject: example.com:sub\n", "", ":2: csp.subject: missing"),
        ("  info: {", "  x: {", ":6: csp: unknown key x."),
        ("sandbox-token", "real-token", ":4: csp.credential.apiToken: expected a made-up cred"),
        ("apiToken:", "clientId:", ":4: csp.credential: expected apiToken, or clientId and clie"),
        (
            "apiToken: sandbox-token",
            "accessToken: yes",
            ":4: csp.credential.accessToken: expected true",
        ),
        ("-000000000001", "", ":3: csp.organizationId: expected a UUID"),
        ("a person", "[a, person]", ":1: description: expected a text"),
        ("a person", "", ":1: description: expected a text"),
        ("  subject", "  faults:\n  - drop: true\n  subject", ":6: csp.faults.0.endpoint: missing"),
        (
            "  subject",
            "  faults:\n  - endpoint: info\n    statsu: 500\n  subject",
            ":7: csp.faults.0: unknown key statsu. Did you mean status?",
        ),
        ("none: null", "1: null", ":6: the key 1 is no text; put it in quotes"),
        ("none: null", "[a]: null", ":6: a key is no text; put it in quotes"),
        ("none: null", "a: &a [*a]", ":6: an alias stands inside of what it stands for"),
        ("none: null", "a: !thing x", ":6: the tag !thing is none of JSON's values"),
        ("none: null", "a: " + "[" * 101 + "]" * 101, ":6: this is nested too deeply"),
        ("none: null", "a: !!timestamp x", ":6: the tag tag:yaml.org,2002:timestamp is none of"),
        ("none: null", f"a: {'9' * 5000}", ": what is tagged as a number is none, or it has too"),
        ("none: null", "a: !!int x", ": what is tagged as a number is none, or it has too many"),
        ("none: null", r'a: "\ud83d"', ":6: half of a surrogate pair is no character"),
        ("none: null", "a: " + "[" * 3000, ": this is nested too deeply"),
        ("info: {", "info: [{", "me.yaml:7: expected ',' or ']'"),
        ("csp:", "csp: 1\ncsp:", "me.yaml:3: the key csp stands here for the second time"),
        ("  organizationId", "\torganizationId", "me.yaml:3: "),
        ("a person", "a \x07 person", "me.yaml:1: this is no YAML"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    """A mistake is told in a line that names the file, the place, and what was expected."""
    assert old in _GOOD
    text = _mistake(_write(tmp_path, _GOOD.replace(old, new, 1)))
    assert told in text
    assert text.startswith(str(tmp_path / "me.yaml"))
    assert "\n" not in text
    assert "real-token" not in text


def test_a_scenario_without_a_platform_is_an_error(tmp_path: Path) -> None:
    """A caller must exist somewhere."""
    path = _write(tmp_path, "description: nobody")
    assert _mistake(path) == f"{path}:1: top level: expected one of m3ter, csp, or several"
    assert _mistake(_write(tmp_path, "")) == f"{path}:1: top level: expected a mapping"


def test_callers_are_read_from_files_and_folders(tmp_path: Path) -> None:
    """Folders are read in order of names; names must differ, and each file must be readable."""
    _write(tmp_path, _GOOD, "b.yml")
    _write(tmp_path, _GOOD, "a.yaml")
    _write(tmp_path, "no scenario", "c.txt")
    assert list(library.read([tmp_path])) == ["a", "b"]
    twice = tmp_path / "twice"
    twice.mkdir()
    assert _mistake(twice).endswith("the folder has no scenario; expected files that end in .yaml")
    with pytest.raises(ConfigurationError, match="a caller named a was read already"):
        library.read([tmp_path, tmp_path / "a.yaml"])
    assert _mistake(tmp_path / "d.yaml").endswith("cannot be read: No such file or directory")
    (tmp_path / "e.yaml").write_bytes(b"a: b\nc: \xff")
    assert "e.yaml:2: this is no UTF-8 text" in _mistake(tmp_path / "e.yaml")


def test_a_pair_of_surrogates_is_one_character(tmp_path: Path) -> None:
    """JSON escapes it as two, and JSON is YAML."""
    text = _GOOD.replace("a person", r'"\ud83e\udd81"')
    assert library.read([_write(tmp_path, text)])["me"].description == "🦁"


def test_aliases_cannot_hide_much(tmp_path: Path) -> None:
    """Fourteen lines that stand for sixteen million texts are refused without writing them out."""
    lines = [
        "x0: &x0 [x]",
        *(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 4)}]" for n in range(1, 13)),
    ]
    told = _mistake(_write(tmp_path, "\n".join(["description: a person", *lines])))
    assert "the aliases (*) of this file stand for too much" in told


def test_aliases_of_a_usual_file_are_fine(tmp_path: Path) -> None:
    """A few hundred of them."""
    again = ", ".join(["*role"] * 500)
    text = _GOOD.replace("none: null", f"a: &role {{name: x}}, b: [{again}]")
    assert library.read([_write(tmp_path, text)])["me"].csp is not None


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    """It is not read to its end."""
    file = tmp_path / "me.yaml"
    with file.open("wb") as opened:
        opened.truncate(2**32)
    told = _mistake(file)
    assert told == f"{file}: the scenario cannot be read: it has more than 4096 KiB"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes, sockets and devices of POSIX")
@pytest.mark.parametrize(
    ("kind", "told"),
    [("pipe", "a pipe"), ("socket", "a socket"), ("/dev/zero", "a device"), ("/dev/tty", "a dev")],
)
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, kind: str, told: str) -> None:
    """A pipe keeps its reader waiting, a device never ends; nor may one be extended."""
    place = tmp_path / "there.yaml"
    with socket.socket(socket.AF_UNIX) as listening:
        if kind == "pipe":
            os.mkfifo(place)
        elif kind == "socket":
            listening.bind(str(place))
        else:
            place.symlink_to(kind)
        extending = _write(tmp_path, "extends: there\ndescription: x\n")
        for source in (place, extending, tmp_path):
            assert f"{place}: the scenario cannot be read: it is {told}" in _mistake(source)
