"""Runs a Pulumi program in this process; the preview host starts a process for it.

It does what Pulumi's own launcher for Python does. The arguments are the host's: see `main`.
Where the program has a Python of its own there is no callerid in it: this file and `stopping` are
then loaded by their folder, so they import each other by relative names, and nothing else of it.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from . import stopping

if TYPE_CHECKING:
    from types import TracebackType

REPORTED = 32
"""The exit code after an error that the program's log already carries."""

NO_SDK = 33
"""The exit code, where `WITHOUT_SDK` is all that was printed, of a Python without Pulumi's SDK."""

WITHOUT_SDK = "There is no Pulumi SDK in this Python."


def main() -> None:
    """Run the program named by the arguments, in its folder, then exit with its code."""
    parser = argparse.ArgumentParser(prog="callerid.testing.program")
    for name in ("address", "project", "stack", "organization", "root", "pwd", "preview"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--parallel", type=int, required=True)
    parser.add_argument("program")
    args = parser.parse_args()
    _close_stdin()
    stopping.prepare(Path(args.program), args.address)
    _demand_sdk()
    _connect(args)
    sys.argv = [args.program]
    os.chdir(args.pwd)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    sys.exit(_run(args.program, args.parallel * 4))


def _close_stdin() -> None:
    """End the input of a program at once, so that a question fails as it does under the engine."""
    nobody = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nobody, 0)
    os.close(nobody)


def _demand_sdk() -> None:
    if find_spec("pulumi") is None:
        sys.stderr.write(WITHOUT_SDK)
        sys.exit(NO_SDK)


def _connect(args: argparse.Namespace) -> None:
    from pulumi import runtime  # noqa: PLC0415 - costs a third of a second

    runtime.set_all_config(runtime.get_config_env(), runtime.get_config_secret_keys_env())
    runtime.configure(
        runtime.Settings(
            monitor=args.address,
            engine=args.address,
            project=args.project,
            stack=args.stack,
            parallel=args.parallel,
            dry_run=args.preview == "true",
            organization=args.organization,
            root_directory=args.root,
        )
    )


def _run(program: str, threads: int) -> int:
    import pulumi  # noqa: PLC0415 - costs a third of a second

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(threads)
    loop.set_default_executor(executor)

    def run() -> None:
        runpy.run_path(program, run_name="__main__")

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(run))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except Exception as error:  # noqa: BLE001 - whatever a program raises is its error
        text = own_traceback(error, Path(program))
        pulumi.log.error(f"Program failed with an unhandled exception:\n{text}")
        return REPORTED
    finally:
        executor.shutdown(wait=True)
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def own_traceback(error: BaseException, program: Path) -> str:
    """Return the traceback of an error from the program's own first line on.

    Where none of it is the program's, it is given whole.
    """
    main_file = str(program / "__main__.py" if program.is_dir() else program)
    frame: TracebackType | None = error.__traceback__
    while frame and frame.tb_frame.f_code.co_filename != main_file:
        frame = frame.tb_next
    return "".join(traceback.format_exception(type(error), error, frame or error.__traceback__))


if __name__ == "__main__":
    main()
