"""The plugin's process; its arguments are `[FLAGS] [ENGINE_ADDRESS]`.

Order matters here: signals and stdout are settled before anything is imported but what settles
them, and the port is printed before anything is imported that listening does not need.
"""

from __future__ import annotations

import signal
import sys
from threading import Thread
from types import ModuleType
from typing import Any, NoReturn, cast

from callerid.frontends import process

_NOT_WHOLE = (
    "callerid: the Python environment of this plugin is not whole ({module} cannot be imported); "
    "run pip install --force-reinstall callerid, then callerid install pulumi."
)


def main() -> NoReturn:
    """Serve until SIGINT or SIGTERM, then exit with 0."""
    process.leave_on(signal.SIGINT, signal.SIGTERM)
    stdout = process.keep_stdout()
    spare_the_start()
    from callerid.frontends import memory  # noqa: PLC0415 - see the module

    memory.end_without()
    try:
        from callerid.frontends import log  # noqa: PLC0415 - see the module
        from callerid.frontends.pulumi.server import start  # noqa: PLC0415 - see the module
        from callerid.frontends.pulumi.service import Service  # noqa: PLC0415 - see the module
    except ImportError as error:
        if memory.lacks(error):
            raise  # and be told so
        sys.exit(_NOT_WHOLE.format(module=error.name))

    if verbosity(sys.argv[1:]):
        log.to_stderr()
    engine = engine_address(sys.argv[1:])
    server, port = start(Service(engine))
    process.print_line(stdout, port)
    Thread(target=process.warm_up, daemon=True).start()
    if engine:
        _watch(engine)
    server.wait_for_termination()
    process.leave()


def spare_the_start() -> None:
    """Spare what nothing here uses, too: grpc for asyncio, and HTTP/2 for httpx, if it is there."""
    process.spare_the_start("asyncio")
    modules: dict[str, ModuleType | None] = cast("Any", sys.modules)
    modules.setdefault("grpc.aio", ModuleType("grpc.aio"))
    modules.setdefault("h2", None)  # as Python marks what is not there


def engine_address(arguments: list[str]) -> str | None:
    """Find the engine's address: the last argument, whatever flags stand before it."""
    last = arguments[-1] if arguments else ""
    return None if not last or last.startswith("-") else last


def verbosity(arguments: list[str]) -> int:
    """Read the level of `-v=N`; 0 if there is none."""
    levels = [each.partition("=")[2] for each in arguments if each.startswith(("-v=", "--v="))]
    return next((int(level) for level in levels if level.isdecimal()), 0)


def _watch(engine: str) -> None:
    from callerid.frontends.pulumi.watchdog import watch  # noqa: PLC0415 - see the module

    watch(engine)


if __name__ == "__main__":
    main()
