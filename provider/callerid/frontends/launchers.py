"""Launchers: files of ours in folders where hosts look, which start this Python.

Each is written whole or not at all, has a mark, and never takes the place of a file without it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import callerid
from callerid.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

WINDOWS = sys.platform == "win32"
MARK = "a launcher of callerid"
_SCRIPT = """\
#!/bin/sh
# {mark}, made by "{maker}"
for file in {python} {package}; do
  if [ ! -e "$file" ]; then
    printf '%s %s\\n' \\
      "callerid: there is no $file, so the Python environment of this {part} is gone:" \\
      {cure} >&{stream}
    exit 1
  fi
done
exec {python} {arguments} "$@"
"""


def script(command: Sequence[str], *, maker: str, part: str, cure: str, stream: str = "2") -> bytes:
    """Write a shell script that starts a command, and explains itself if its Python is gone.

    Args:
        command: a Python and its arguments; those of the script follow.
        maker: the command line that makes this script.
        part: what the script starts, in the host's own word.
        cure: the sentence that says what to do.
        stream: where it explains itself: a file descriptor, as shell text.
    """
    python, *arguments = map(quoted, command)
    text = _SCRIPT.format(
        mark=MARK,
        maker=maker,
        python=python,
        package=quoted(package()),
        part=part,
        cure=quoted(cure),
        stream=stream,
        arguments=" ".join(arguments),
    )
    return text.encode("utf-8", "strict" if WINDOWS else "surrogateescape")


def package() -> str:
    """Return the file that tells whether callerid is still in this Python's environment."""
    return str(Path(callerid.__file__))


def quoted(text: str) -> str:
    """Quote a text for a shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def put(launcher: Path, content: bytes, mark: str = MARK) -> None:
    """Write a launcher so that a host sees the old one or the new one, never half of one.

    Raises:
        ConfigurationError: what is there in its place is not ours.
        OSError: the folder cannot be written.
    """
    folder = launcher.parent
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".callerid-", dir=folder.parent) as temporary:
        new = Path(temporary) / folder.name
        new.mkdir()
        made = new / launcher.name
        made.write_bytes(content)
        made.chmod(0o755)
        if folder.is_dir():
            _refuse_to_replace(launcher, mark)
            made.replace(launcher)
        else:
            new.rename(folder)


def remove(launcher: Path) -> bool:
    """Remove a launcher, and its folder, or the link to that, if nothing else is in it.

    Returns:
        Whether the folder went too.

    Raises:
        OSError: the folder cannot be written.
    """
    folder = launcher.parent
    launcher.unlink()
    if any(folder.iterdir()):
        return False
    if folder.is_symlink():
        folder.unlink()
    else:
        folder.rmdir()
    return True


def is_ours(launcher: Path, mark: str = MARK) -> bool:
    """Whether it is a launcher; what is no file is none, and a pipe would never end."""
    return launcher.is_file() and mark.encode() in launcher.read_bytes()


def _refuse_to_replace(launcher: Path, mark: str) -> None:
    if os.path.lexists(launcher) and not is_ours(launcher, mark):
        message = (
            f"{launcher} was not made by this command, so it stays. Remove it if you can spare it, "
            "and install again."
        )
        raise ConfigurationError(message)
