"""The file of a recording: its rights, its whole, and what it is never written over."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from callerid.errors import ConfigurationError
from callerid.recording.file import require_own, write

if TYPE_CHECKING:
    from pathlib import Path

TEXT = 'description: "recorded from m3ter on 2026-11-22, names replaced"\nrecordedAt: "x"\n'
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="rights, pipes and links of POSIX")


def _mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


@POSIX
def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Whatever the umask is, and whoever could read an earlier one."""
    file = tmp_path / "new" / "owner.yaml"
    before = os.umask(0)
    try:
        write(file, TEXT)
        assert _mode(file) == 0o600
        file.chmod(0o644)
        write(file, TEXT.replace("22", "23"))
    finally:
        os.umask(before)
    assert (_mode(file), file.read_text("utf-8")) == (0o600, TEXT.replace("22", "23"))
    assert [each.name for each in file.parent.iterdir()] == ["owner.yaml"]


@POSIX
def test_a_full_disk_leaves_the_earlier_one_whole(tmp_path: Path) -> None:
    """The system's word is told, and nothing is left beside it."""
    file = tmp_path / "owner.yaml"
    write(file, TEXT)
    script = (
        "import resource, sys, pathlib\n"
        "from callerid.errors import ConfigurationError\n"
        "from callerid.recording.file import write\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try: write(pathlib.Path(sys.argv[1]), 'x' * 100_000)\n"
        "except ConfigurationError as error: print(error)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", script, str(file)], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{file} cannot be written: File too large.\n"
    assert file.read_text("utf-8") == TEXT
    assert list(tmp_path.iterdir()) == [file]


def test_a_text_that_cannot_be_written_leaves_the_earlier_one_whole(tmp_path: Path) -> None:
    """Whatever the reason is."""
    file = tmp_path / "owner.yaml"
    write(file, TEXT)
    with pytest.raises(UnicodeEncodeError):
        write(file, f"{TEXT}\ud800")
    assert file.read_text("utf-8") == TEXT
    assert list(tmp_path.iterdir()) == [file]


@POSIX
@pytest.mark.parametrize("target", ["nothing.yaml", "recording.yaml", "mine.yaml", "folder", "."])
def test_a_link_is_refused(tmp_path: Path, target: str) -> None:
    """A dangling one too: what it leads to is not made."""
    write(tmp_path / "recording.yaml", TEXT)
    (tmp_path / "mine.yaml").write_text("a: 1\n", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.iterdir())
    link = tmp_path / "link.yaml"
    link.symlink_to(tmp_path / target)
    for act in (require_own, lambda file: write(file, TEXT)):
        with pytest.raises(ConfigurationError, match=r"link\.yaml is a link, and no recording is"):
            act(link)
    assert link.is_symlink()
    assert sorted({*tmp_path.iterdir()} - {link}) == before
    assert (tmp_path / "recording.yaml").read_text("utf-8") == TEXT


@POSIX
@pytest.mark.parametrize("kind", ["pipe", "folder", "socket"])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    """A pipe would keep a reader waiting for ever."""
    place = tmp_path / "x.yaml"
    with socket.socket(socket.AF_UNIX) as listening:
        if kind == "pipe":
            os.mkfifo(place)
        elif kind == "folder":
            place.mkdir()
        else:
            listening.bind(str(place))
        before = place.lstat()
        with pytest.raises(ConfigurationError, match=r"x\.yaml exists and is no recording\."):
            write(place, TEXT)
    assert place.lstat().st_ino == before.st_ino


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: 1\n",
        "description: mine\nrecordedAt: x\n",
        "description: mine\nnote: recorded from m3ter\nrecordedAt: x\n",
        f"# mine\n{TEXT}",
        'description: "recorded from m3ter on 2026-11-22, names replaced"\n',
    ],
)
def test_a_file_of_somebodys_own_stays(tmp_path: Path, text: str) -> None:
    """A scenario that is written by hand may have a time too."""
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="exists and is no recording"):
        write(file, TEXT)
    assert file.read_text("utf-8") == text


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quote", ['"', ""])
def test_a_recording_of_any_age_is_ours(tmp_path: Path, quote: str, end: str) -> None:
    """Checked out with other ends of lines, or of a description without quotes."""
    file = tmp_path / "ours.yaml"
    file.write_bytes(TEXT.replace('"', quote).replace("\n", end).encode())
    write(file, TEXT)
    assert file.read_text("utf-8") == TEXT


@pytest.mark.parametrize("name", ["x.txt", ".yaml", "a b.yaml", "x.yml"])
def test_a_name_that_no_caller_can_have(tmp_path: Path, name: str) -> None:
    """The stem is what the sandbox is asked for."""
    with pytest.raises(ConfigurationError, match="cannot be the name of a recording"):
        require_own(tmp_path / name)
