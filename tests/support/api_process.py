"""The sandbox in a process of its own, which can be killed, stopped, and started anew."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from callerid.sandbox.environment import variables
from callerid.setting import setting_name
from support.plugin import environment

if TYPE_CHECKING:
    from typing_extensions import Self

    from callerid.sandbox.scenario import Scenario

_SERVE = """
import pathlib, sys, time
from callerid.sandbox import library
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox
port, text, told = sys.argv[1:]
with Sandbox.start({"caller": Scenario.model_validate_json(text)}, int(port)) as sandbox:
    with pathlib.Path(told).open("ab", buffering=0) as file:
        count = 0
        while True:
            time.sleep(0.01)
            file.write(b"." * (len(sandbox.requests) - count))
            count = len(sandbox.requests)
"""
_SECONDS = 30.0


def environment_at(url: str, scenario: Scenario) -> dict[str, str]:
    """Return the variables of a caller with a credential of its own, at an API elsewhere."""
    found: dict[str, str | None] = {}
    for platform, caller in scenario.callers.items():
        own = {"baseUrl": url, "orgId": caller.organization_id}
        given = {**own, **caller.credential.model_dump(by_alias=True)}
        found |= {setting_name(platform, key): value for key, value in given.items()}
    return variables(found)


class ApiProcess:
    """One process, on a port that stays the same; use it in a `with` statement."""

    def __init__(self, scenario: Scenario) -> None:
        """Start nothing yet."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port: int = free.getsockname()[1]
        self._scenario = scenario
        self._folder = TemporaryDirectory()
        self._told = Path(self._folder.name, "requests")
        self._told.touch()
        self.environ = environment_at(f"http://127.0.0.1:{self._port}", scenario)
        """The variables of its caller."""

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Kill it."""
        self.kill()
        self._folder.cleanup()

    @property
    def answered(self) -> int:
        """How many requests it has answered, before it was started anew too."""
        return self._told.stat().st_size

    def start(self) -> None:
        """Start it, and wait until it accepts connections."""
        text = self._scenario.model_dump_json(by_alias=True, exclude_unset=True)
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", _SERVE, str(self._port), text, str(self._told)],
            env=environment({}),
        )
        give_up = time.monotonic() + _SECONDS
        while time.monotonic() < give_up:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
                return
            time.sleep(0.02)
        message = "the API did not start"
        raise AssertionError(message)

    def kill(self) -> None:
        """Kill it: nothing accepts connections there any more."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Stop it: connections are accepted by the system, and never answered."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)
