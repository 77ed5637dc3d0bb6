"""A provider with a limit of memory: each call ends, with an answer or with a sentence."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent import futures
from typing import TYPE_CHECKING, NoReturn

import grpclib
import pytest
from support import bodies, memory
from support.api import Api, json_reply
from support.terraform_host import Host, Line, start

from callerid.frontends import memory as memory_of_front
from callerid.frontends.memory import TEXT
from callerid.frontends.strike import Strike
from callerid.frontends.terraform import methods
from callerid.frontends.terraform.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = memory.LINUX
USER = "callerid_current_user"
CALLS = 200
LEFT = (asyncio.CancelledError, grpclib.exceptions.StreamTerminatedError, OSError)
"""What a host meets with when its provider is gone; a call that hangs is none of it."""


@pytest.fixture
def host(api: Api) -> Iterator[Host]:
    """Give a provider that may end as it likes, and is set up."""
    api.on(bodies.ME, json_reply(bodies.person()))
    with start() as process:
        assert process.stdout
        running = Host(process, Line(*process.stdout.readline().rstrip("\n").split("|")), None)
        settings = {"m3ter_base_url": api.url, "m3ter_org_id": bodies.ORG, "m3ter_api_token": "t"}
        assert not running.connection.configure(**settings)
        yield running
        running.connection.close()
        process.kill()


def _ask(host: Host) -> Counter[str]:
    """Read very often at once, and count what comes of it."""
    with futures.ThreadPoolExecutor(CALLS) as pool:
        return Counter(pool.map(lambda _: _outcome(host), range(CALLS)))


def _outcome(host: Host) -> str:
    try:
        told = host.connection.read(USER).diagnostics
    except futures.TimeoutError:
        return "hangs"
    except LEFT:
        return "left"
    except grpclib.GRPCError as error:
        return "left" if error.status is grpclib.Status.UNKNOWN else str(error)
    return str(told[0].detail) if told else "OK"


@pytest.mark.parametrize("mib", [0, 4, 16])
def test_a_provider_that_has_answered_goes_on(host: Host, mib: int) -> None:
    """It has all it needs."""
    host.connection.state(USER)
    memory.leave(host.process.pid, mib)
    assert _ask(host) == {"OK": CALLS}


@pytest.mark.parametrize("mib", [0, 2, 8, 32])
def test_a_provider_that_cannot_load_what_it_needs_says_so(host: Host, mib: int) -> None:
    """Or it leaves, which hosts report; nothing hangs, and there is no traceback."""
    memory.leave(host.process.pid, mib)
    assert not _ask(host).keys() - {"OK", "left", TEXT}
    host.process.kill()
    assert "Traceback" not in host.process.communicate(timeout=5)[1]


@pytest.mark.parametrize("name", methods.METHODS)
def test_want_of_memory_is_told_without_making_a_message(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Protobuf, which makes them, crashes where it gets no memory."""
    monkeypatch.setattr(memory_of_front, "_STRIKE", Strike())  # it is of the process
    monkeypatch.setattr(methods, "message", None)
    told = methods.answering(_Wanting(), name)(b"")
    assert TEXT.removesuffix(".").encode() in told


class _Wanting(Service):
    """Gets no memory for anything."""

    def __init__(self) -> None:
        pass

    def __getattribute__(self, name: str) -> NoReturn:
        raise MemoryError


def test_a_stop_is_never_refused(host: Host) -> None:
    """A host tells people of one that failed, who can do nothing about it."""
    memory.leave(host.process.pid, 0)
    for _ in range(2):
        assert _outcome(host) in {"left", TEXT}
        assert host.connection.call("StopProvider").Error == ""
