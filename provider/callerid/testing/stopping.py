"""What a program's process still does when the preview host stops it: say where it was, and save.

Windows has no signal for it; there a program is just ended.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import sysconfig
import traceback
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_TELLING_SECONDS = 1.0
_SDK = "pulumi_callerid"
_INSTALLED = ("stdlib", "platstdlib", "purelib", "platlib")
_POSIX = os.name == "posix"

STOP = signal.SIGTERM
"""Asks a program to end: what coverage has measured so far is saved."""

LATE = signal.SIGUSR1 if sys.platform != "win32" else signal.SIGTERM
"""The same, because its time is up: it reports to the engine, as an error, where it was."""


def prepare(program: Path, engine: str) -> None:
    """Be ready to be stopped; `engine` is the address to report to."""
    if not _POSIX:
        return
    main_file = str(program / "__main__.py" if program.is_dir() else program)

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        with suppress(Exception):
            place = _place(frame, main_file) if number == LATE else ""
            if place:
                _tell_in_time(engine, place)
            _save_coverage()
        os._exit(128 + number)

    signal.signal(STOP, stop)
    signal.signal(LATE, stop)


def _place(frame: FrameType | None, main_file: str) -> str:
    """Return the stack from the program's first line on: the main thread's, or what it awaits.

    Empty where nothing of the program runs or waits.
    """
    for stack in _stacks(frame):
        first = next((n for n, each in enumerate(stack) if each.filename == main_file), None)
        if first is not None:
            lines = traceback.format_list(_own(stack[first:]))
            return "The program was here:\n" + "".join(lines)
    return ""


def _own(stack: list[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    """Leave out lines of Python, of what is installed, and of our SDK, but never the first."""
    folders = [sysconfig.get_path(name) for name in _INSTALLED]
    if file := getattr(sys.modules.get(_SDK), "__file__", None):
        folders.append(str(Path(file).parent))
    return stack[:1] + [
        each
        for each in stack[1:]
        if not each.filename.startswith(("<frozen ", *(f"{each}{os.sep}" for each in folders)))
    ]


def _stacks(frame: FrameType | None) -> Iterator[list[traceback.FrameSummary]]:
    """Return the stacks of the main thread, of waiting tasks, and of the other threads."""
    yield list(traceback.extract_stack(frame))
    with suppress(RuntimeError):  # no loop runs
        for task in asyncio.all_tasks():
            yield list(_awaited(task.get_coro()))
    for each in sys._current_frames().values():  # noqa: SLF001 - there is no other way to see them
        yield list(traceback.extract_stack(each))


def _awaited(coroutine: Any) -> Iterator[traceback.FrameSummary]:
    """Follow a coroutine to what it awaits: a task's own stack ends with its first frame."""
    while frame := getattr(coroutine, "cr_frame", None):
        code = frame.f_code
        yield traceback.FrameSummary(code.co_filename, frame.f_lineno, code.co_name)
        coroutine = coroutine.cr_await


def _tell_in_time(engine: str, text: str) -> None:
    teller = Thread(target=_tell, args=(engine, text), daemon=True)
    try:
        teller.start()
    except RuntimeError:  # a program that only waits for its threads can start no other
        _tell(engine, text)
    else:
        teller.join(_TELLING_SECONDS)


def _tell(engine: str, text: str) -> None:
    """Report on a separate channel: the SDK's own may be in use."""
    import grpc  # noqa: PLC0415 - the SDK has imported it already
    from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc  # noqa: PLC0415 - as above

    request = engine_pb2.LogRequest(severity=engine_pb2.ERROR, message=text)
    with grpc.insecure_channel(engine) as channel:
        engine_pb2_grpc.EngineStub(channel).Log(request, timeout=_TELLING_SECONDS)


def _save_coverage() -> None:
    coverage = sys.modules.get("coverage")
    measuring = coverage.Coverage.current() if coverage else None
    if measuring:
        measuring.stop()
        measuring.save()
