"""Run in a provider's process: what it took, and what it had loaded, is told when it ends."""

from __future__ import annotations

import atexit
import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NoReturn


def watch(folder: str) -> None:
    """Write a file at the end: seconds of CPU, then a module a line. Files sort by start.

    Some providers end by `os._exit`, which calls nobody.
    """
    file = f"{folder}/{time.time_ns()}"
    leave = os._exit

    def tell() -> None:
        seconds = time.process_time()  # os.times counts in hundredths, and drops what is left
        with open(file, "w", encoding="utf-8") as written:  # noqa: PTH123 - loads nothing
            written.write("\n".join([str(seconds), *sys.modules]))

    def tell_and_leave(status: int) -> NoReturn:
        tell()
        leave(status)

    os._exit = tell_and_leave
    atexit.register(tell)
