"""What somebody else has put where a launcher of ours would be."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def put(place: Path, kind: str) -> Path:
    """Put a file, a pipe, a folder, or a link there, one that leads nowhere perhaps.

    Returns:
        Where a link leads.
    """
    place.parent.mkdir(parents=True)
    mine = place.with_name("mine")
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    elif kind == "file":
        place.write_bytes(b"\x7fELF")
    else:
        place.symlink_to(mine)
    if kind == "link":
        mine.write_text("mine", encoding="utf-8")
    return mine
