"""Calls that wait all at once: an API that answers nobody until it is let."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

from support import bodies
from support.api import Api, Reply, Seen, json_reply, serve
from support.proc import used

from outcome import NAME
from processes import wait

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 120.0
"""What a call may take here: for 10,000 of them, two cores need half a minute to begin."""


class Gate(Api):
    """Knows who calls, and says so when it is opened."""

    def __init__(self) -> None:
        """Be closed."""
        super().__init__()
        self._opened = Event()
        self.on(bodies.ME, json_reply({"serviceUser": {"id": bodies.ADA, "name": NAME}}))

    def answer(self, seen: Seen) -> Reply:
        """Wait until it is open."""
        self._opened.wait(SECONDS)
        return super().answer(seen)

    @property
    def environ(self) -> dict[str, str]:
        """The variables of a caller who is known here."""
        known = {"M3TER_BASE_URL": self.url, "M3TER_ORG_ID": bodies.ORG, "M3TER_API_TOKEN": "t"}
        return {**known, "CALLERID_REQUEST_TIMEOUT_SECONDS": f"{SECONDS:g}"}

    def open_for(self, pid: int, calls: int) -> Iterator[str]:
        """Open when a process has a thread for each call; tell if it never had."""
        if not wait(lambda: used(pid).threads >= calls, SECONDS / 2):
            yield f"no more than {used(pid).threads} of {calls} calls waited at once"
        self._opened.set()


@contextmanager
def gate() -> Iterator[Gate]:
    """Serve one."""
    api = Gate()
    with serve(api):
        yield api
