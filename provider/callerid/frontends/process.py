"""The process of a front end: its stdout, its signals, its memory, and what it loads when.

A host waits for one line on stdout, so a front end imports this module first, and this module
nothing but what Python has loaded by then or loads in no time.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable
    from signal import Signals

_UNTOLD = (
    "callerid: whoever started this process cannot be told where it listens: its stdout cannot be "
    "written to ({reason}). Start it with a pipe as stdout, as its hosts do."
)
LAST_WORDS: list[Callable[[], object]] = []
"""What is called before the process leaves; each takes some 100 ms at most, and fails never."""


def leave_on(*signals: Signals) -> None:
    """Exit with 0 when one of these comes."""
    for each in signals:
        signal.signal(each, leave)


def leave(*_: object) -> NoReturn:
    """Exit with 0, at once: threads may hang in a call, and the host waits for the exit."""
    for each in LAST_WORDS:
        each()
    os._exit(0)


def keep_stdout() -> int:
    """Send whatever is printed from here on to stderr, and return the real stdout.

    Exits with 1 where stdout is closed.
    """
    if 1 in hold_closed():
        sys.exit(_UNTOLD.format(reason="it is closed"))
    stdout = os.dup(1)
    os.dup2(2, 1)
    return stdout


def hold_closed() -> list[int]:
    """Let those of stdin, stdout and stderr that are closed lead nowhere, and return their numbers.

    Else what is opened next would get such a number, and be printed into.
    """
    closed = [each for each in range(3) if not _is_open(each)]
    for _ in closed:
        os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    return closed


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def print_line(stdout: int, line: object) -> None:
    """Print to the stdout that was kept, at once; exit with 1 where nothing can be printed."""
    try:
        os.write(stdout, f"{line}\n".encode())
    except OSError as error:
        sys.exit(_UNTOLD.format(reason=error.strerror))


def spare_the_start(*late_modules: str) -> None:
    """Put off what a start needs not.

    That is collecting garbage, until `settle`, as importing makes next to none, and what it makes
    stays; pydantic; and modules that nothing may ever use, of which a front end may name more.
    """
    gc.disable()
    from callerid import lean  # noqa: PLC0415 - see the module
    from callerid.frontends import late  # noqa: PLC0415 - see the module

    late.put_off(*late_modules)
    lean.WANTED.set()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # should it be loaded after all


def settle() -> None:
    """Collect garbage from here on, but none of what is loaded; only the first call does so.

    A later one would keep the garbage that there is by then.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def warm_up() -> None:
    """Load what answering needs, while the host is busy with the line that it was waiting for."""
    try:
        from callerid.config import load  # noqa: PLC0415 - see the module
        from callerid.readiness import prepare  # noqa: PLC0415 - see the module

        prepare(load({}, os.environ))
    except Exception:  # noqa: BLE001 - whoever asks is told what is wrong
        return
    finally:
        settle()
