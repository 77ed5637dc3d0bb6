"""Warm starts: programs and callerid's own provider, forked from processes that imported already.

A process started so is what it would be without: the same function, arguments, environment,
folder and pipes, without the third of a second that its imports take. Where a fork could differ
(another Python, other variables that imports look at, a system without a safe fork) the process is
started plainly.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

from callerid import launch, processes
from callerid.testing.forks import Mould, Nursery, NurseryError
from callerid.testing.host import PROGRAM, PROGRAM_MAIN
from callerid.testing.nursery import MEASURED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

CAN_FORK = os.name == "posix" and sys.platform != "darwin"
"""Apple's own libraries forbid to fork without starting a new program: there, starts are plain."""

_PROGRAM_IMPORTS = ("grpc.experimental", "pulumi", "runpy")
_PROVIDER_IMPORTS = (
    "callerid.core",
    "callerid.functions.get_current_user",
    "callerid.functions.get_user_org_roles",
    "callerid.guard.require_caller",
    "callerid.frontends.pulumi.server",
    "callerid.frontends.pulumi.service",
)
_SHAPING = (
    *("DYLD_", "GRPC_", "LC_", "LD_", "MALLOC_", "OTEL_", "PROTOCOL_BUFFERS_", "PULUMI_OTEL_"),
    *("PYDANTIC_", "PYTHON"),
)
"""How the variables begin that a process looks at while it starts and imports."""

_ALSO_SHAPING = {"HOME", "LANG", "LANGUAGE", "TRACEPARENT", "TZ"}


class Warm:
    """Starts processes; `start` may stand wherever `processes.start` does. Thread-safe."""

    def __init__(self, cwd: Path, environ: Mapping[str, str]) -> None:
        """Start the nurseries; folder and environment are like those of the runs to come."""
        self._shape = _shape(cwd, environ)
        base = {name: value for name, value in environ.items() if _shapes(name) or name == "PATH"}
        imports = ("coverage",) if MEASURED & environ.keys() and find_spec("coverage") else ()
        self._nurseries = {
            mould.command: Nursery(mould, cwd, {**base, **extra}, imports)
            for mould, extra in (_moulds() if CAN_FORK else ())
        }

    def start(
        self,
        command: Sequence[str],
        cwd: Path,
        environ: Mapping[str, str],
        stderr: int = subprocess.PIPE,
    ) -> processes.Process:
        """Start a process as `processes.start` does, warm where that makes no difference."""
        if _shape(cwd, environ) == self._shape:
            for beginning, nursery in self._nurseries.items():
                if tuple(command[: len(beginning)]) == beginning:
                    with suppress(NurseryError):
                        return nursery.fork(command, cwd, environ, stderr)
        return processes.start(command, cwd, environ, stderr)

    def close(self) -> None:
        """End the nurseries, and whatever they forked."""
        for nursery in self._nurseries.values():
            nursery.close()


def _moulds() -> list[tuple[Mould, dict[str, str]]]:
    """Return what to keep warm, each with the variables for its imports."""
    program = Mould(PROGRAM, PROGRAM_MAIN, _PROGRAM_IMPORTS, ("-u",))
    provider = Mould(launch.PLUGIN, launch.PLUGIN_MAIN, _PROVIDER_IMPORTS)
    return [(program, {}), (provider, {"PYDANTIC_DISABLE_PLUGINS": "__all__"})]


def _shape(cwd: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return what a process depends on from its start: variables, and for some its folder.

    Relative entries of PYTHONPATH begin where the process is started.
    """
    path = environ.get("PYTHONPATH")
    relative = path and not all(map(os.path.isabs, path.split(os.pathsep)))
    folder = {"folder": str(cwd)} if relative else {}
    return folder | {name: value for name, value in environ.items() if _shapes(name)}


def _shapes(name: str) -> bool:
    return name.startswith(_SHAPING) or name in _ALSO_SHAPING
