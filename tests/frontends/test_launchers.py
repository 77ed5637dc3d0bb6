"""Launchers: any path and any word arrives as it is; nothing is left beside them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from callerid.errors import ConfigurationError
from callerid.frontends import launchers

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these are shell scripts")
ODD = 'it\'s $HOME `id` "%d" \\ ü'


def _run(script: Path, *args: str) -> tuple[int, str, str]:
    done = subprocess.run(  # noqa: S603 - our own script
        [script, *args], capture_output=True, check=False, text=True, timeout=20
    )
    return done.returncode, done.stdout, done.stderr


def test_words_arrive_as_they_are(tmp_path: Path) -> None:
    """Of the command, and of whoever calls the script."""
    place = tmp_path / ODD / "launcher"
    program = "import sys; print(*sys.argv[1:], sep='|')"
    script = launchers.script((sys.executable, "-c", program, ODD), maker="m", part="p", cure="c")
    launchers.put(place, script)
    assert _run(place, ODD, "") == (0, f"{ODD}|{ODD}|\n", "")


@pytest.mark.parametrize("stream", ["1", "2"])
def test_what_is_gone_is_named_where_it_is_read(tmp_path: Path, stream: str) -> None:
    """With the way out as it stands, whatever is in it."""
    place = tmp_path / "folder" / "launcher"
    script = launchers.script(("/gone/py",), maker="m", part="thing", cure=ODD, stream=stream)
    launchers.put(place, script)
    code, out, err = _run(place)
    said = f"callerid: there is no /gone/py, so the Python environment of this thing is gone: {ODD}"
    assert (code, out + err, bool(out)) == (1, f"{said}\n", stream == "1")


def test_a_launcher_is_replaced_in_place(tmp_path: Path) -> None:
    """What else is in its folder stays, and nothing temporary is left."""
    place = tmp_path / "folder" / "launcher"
    launchers.put(place, launchers.MARK.encode())
    (place.parent / "notes").touch()
    launchers.put(place, f"{launchers.MARK}, a newer one".encode())
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder", "launcher", "notes"]
    assert place.read_text().endswith("a newer one")
    assert launchers.remove(place) is False
    assert [path.name for path in place.parent.iterdir()] == ["notes"]


def test_another_mark_is_another_maker(tmp_path: Path) -> None:
    """What has it not stays, and is named."""
    place = tmp_path / "folder" / "launcher"
    launchers.put(place, b"\xffMZ mine", "mine")
    assert launchers.is_ours(place, "mine")
    assert not launchers.is_ours(place)
    with pytest.raises(ConfigurationError, match="was not made by this command, so it stays"):
        launchers.put(place, launchers.MARK.encode())
    assert place.read_bytes() == b"\xffMZ mine"
