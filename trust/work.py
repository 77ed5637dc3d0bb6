"""What people run with callerid, and what is there when it went well."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from support.commands import CALLERID

import ends
from callerid.errors import CalleridError
from callerid.launch import PLUGIN_NAME
from callerid.sandbox import library
from ends import Command, says
from outcome import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ends import Done

_PROGRAM = str(Path(__file__).resolve().parents[1] / "examples" / "python")
_ROLE = "Config Editor"
KEPT = "kept.yaml"
"""The recording that is made."""


def _recorded(_: Done, folder: Path) -> str:
    """Read the recording back."""
    try:
        return "" if library.read([folder / KEPT]) else f"{KEPT} holds nobody"
    except (CalleridError, OSError) as error:
        return f"{KEPT} cannot be read: {error}"


def _installed(_: Done, folder: Path) -> str:
    """Look for a launcher that can be run."""
    launchers = list(folder.glob(f"plugins/*/{PLUGIN_NAME}"))
    good = [each for each in launchers if each.stat().st_size and os.access(each, os.X_OK)]
    return "" if good else "there is no launcher"


RECORD = Command(("record", "--output", KEPT), _recorded, answers=2)
COMMANDS = (
    Command(("whoami",), says(NAME), answers=1, writes=False),
    Command(("roles",), says(_ROLE), answers=1, writes=False),
    Command(
        ("require", "--any-role", _ROLE), says(f"{NAME} may run this"), answers=1, writes=False
    ),
    RECORD,
    Command(("install", "pulumi"), _installed),
    Command(("preview", _PROGRAM), says(NAME), diagnoses=True),
    Command(("doctor",), says(NAME), reports=True),
    Command(("sandbox", "--as", "service-user", "--", *CALLERID, "whoami"), says(NAME)),
)
"""Each is run in a folder that is its home and its temporary folder too."""


def in_peace(environ: Mapping[str, str]) -> Iterator[str]:
    """Run them where nothing fails: only then a failure elsewhere is one of what failed there."""
    for command in COMMANDS:
        with TemporaryDirectory() as place:
            done = ends.run(command, Path(place), environ)
            yield from ends.wrong(command, done, Path(place))
            if done.code and not command.reports:
                yield f"{command.name}, in peace: {done.stderr}"
