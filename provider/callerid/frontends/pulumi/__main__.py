"""The plugin's process; its arguments are `[FLAGS] [ENGINE_ADDRESS]`.

Order matters here: signals and stdout are settled before anything else is imported, and the port
is printed before anything is imported that listening does not need.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from threading import Thread
from types import ModuleType
from typing import NoReturn

_NOT_WHOLE = (
    "callerid: the Python environment of this plugin is not whole ({module} cannot be imported); "
    "run pip install --force-reinstall callerid, then callerid install pulumi."
)


def main() -> NoReturn:
    """Serve until SIGINT or SIGTERM, then exit with 0."""
    _exit_cleanly_on_signals()
    port_line = _keep_stdout_for_the_port()
    _leave_out_what_nobody_needs()
    try:
        from callerid.frontends import log  # noqa: PLC0415 - see the module
        from callerid.frontends.pulumi.server import start  # noqa: PLC0415 - see the module
        from callerid.frontends.pulumi.service import Service  # noqa: PLC0415 - see the module
    except ImportError as error:
        sys.exit(_NOT_WHOLE.format(module=error.name))

    if verbosity(sys.argv[1:]):
        log.to_stderr()
    engine = engine_address(sys.argv[1:])
    server, port = start(Service(engine))
    with os.fdopen(port_line, "w", closefd=False) as stdout:
        print(port, file=stdout, flush=True)
    Thread(target=_warm_up, daemon=True).start()
    if engine:
        _watch(engine)
    server.wait_for_termination()
    os._exit(0)


def _leave_out_what_nobody_needs() -> None:
    """Spare the start grpc's asyncio half, pydantic's search for plugins, and collecting garbage.

    Importing makes next to none, and what it makes stays: it is frozen when all is loaded.
    """
    gc.disable()
    sys.modules.setdefault("grpc.aio", ModuleType("grpc.aio"))
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def engine_address(arguments: list[str]) -> str | None:
    """Find the engine's address: the last argument, whatever flags stand before it."""
    last = arguments[-1] if arguments else ""
    return None if not last or last.startswith("-") else last


def verbosity(arguments: list[str]) -> int:
    """Read the level of `-v=N`; 0 where there is none."""
    levels = [each.partition("=")[2] for each in arguments if each.startswith(("-v=", "--v="))]
    return next((int(level) for level in levels if level.isdecimal()), 0)


def _exit_cleanly_on_signals() -> None:
    def leave(*_: object) -> NoReturn:
        os._exit(0)  # at once: threads may hang in a call, and the engine waits for the exit

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, leave)


def _keep_stdout_for_the_port() -> int:
    """Send whatever is printed from here on to stderr, and give the real stdout to the caller."""
    stdout = os.dup(1)
    os.dup2(2, 1)
    return stdout


def _watch(engine: str) -> None:
    from callerid.frontends.pulumi.watchdog import watch  # noqa: PLC0415 - see the module

    watch(engine)


def _warm_up() -> None:
    """Load what answering needs while the engine is still talking about the schema."""
    try:
        import callerid.core  # noqa: PLC0415 - see the module
        import callerid.functions.get_current_user  # noqa: PLC0415 - what is asked first
        import callerid.platforms.contract  # noqa: PLC0415, F401 - and what every platform needs
    finally:
        gc.freeze()
        gc.enable()


if __name__ == "__main__":
    main()
