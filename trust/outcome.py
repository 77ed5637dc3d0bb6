"""What comes of a call while something fails: a right answer, or one clear sentence, in time."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import grpc

from sentence import wrong_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.plugin import Plugin

DEADLINE, LATE = 2.0, 1.0
"""Seconds: the limit of a call that is set here, and by how much it may be passed."""
ENVIRON = {"CALLERID_REQUEST_TIMEOUT_SECONDS": f"{DEADLINE:g}"}
PLUGIN_LEAVES = 28.0
"""Seconds until a plugin has left whose engine is gone: two questions of it go unanswered."""
NAME = "deploy-pipeline"
"""Who is asked for."""


class Outcome(NamedTuple):
    """Whether a call was answered, with what was said if not, and how long it took."""

    answered: bool
    said: str
    seconds: float

    def lost(self, when: str, *, answer: bool = False) -> Iterator[str]:
        """Tell what is wrong with it; `answer` says that nothing but an answer is right."""
        if self.seconds > DEADLINE + LATE:
            yield f"{when}: {self.seconds:.1f} s"
        if self.answered:
            return
        if answer:
            yield f"{when}: not answered: {self.said}"
        elif wrong := wrong_with(self.said):
            yield f"{when}: {wrong}"


def ask(plugin: Plugin, org_id: str = "") -> Outcome:
    """Ask who it is, which takes a token and a request; in an organization, if one is given."""
    arguments = {"orgId": org_id} if org_id else {}
    started = time.monotonic()
    try:
        answer = plugin.invoke("getCurrentUser", timeout=DEADLINE * 10, **arguments)
    except grpc.RpcError as error:
        return Outcome(
            answered=False, said=str(error.details()), seconds=time.monotonic() - started
        )
    said = "" if answer["displayName"] == NAME else f"a wrong answer: {answer['displayName']}"
    return Outcome(answered=not said, said=said, seconds=time.monotonic() - started)


def begin(ask: Callable[[], Outcome]) -> Future[Outcome]:
    """Ask on a thread of its own."""
    pool = ThreadPoolExecutor(1)
    coming = pool.submit(ask)
    pool.shutdown(wait=False)
    return coming


def untried(asking: Future[Outcome] | None, when: str) -> Iterator[str]:
    """Tell of a question that should be under way, and has ended: then nothing is tried."""
    if asking and asking.done():
        yield f"{when}: nothing was tried: the question had ended"
