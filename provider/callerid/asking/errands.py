"""What threads do on the network for calls: it ends at the deadline, or when it is stopped."""

from __future__ import annotations

import socket
from concurrent import futures
from contextlib import contextmanager, suppress
from functools import partial
from threading import Lock, local
from typing import TYPE_CHECKING, TypeVar

from callerid import background
from callerid.errors import CancelledError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callerid.asking.clock import Deadline

T = TypeVar("T")
_LOCAL = local()


class Errand:
    """What one thread does on the network while another waits for it."""

    def __init__(self, deadline: Deadline) -> None:
        """Start with no socket in use."""
        self.deadline = deadline
        self._lock = Lock()
        self._socket: socket.socket | None = None
        self._over = False

    def seconds(self, most: float | None) -> float:
        """Return how long its next step may take, `most` at most.

        Raises:
            TimeoutError: it is over.
        """
        left = 0.0 if self._over else self.deadline.remaining()
        if not left:
            raise TimeoutError
        return left if most is None else min(most, left)

    @contextmanager
    def using(self, used: socket.socket) -> Iterator[None]:
        """Use a socket for a step, which ends when the errand does."""
        with self._lock:
            self._socket = used
        try:
            yield
        finally:
            with self._lock:
                self._socket = None

    def end(self) -> None:
        """End it: its step under way fails, and there is no other."""
        with self._lock:
            self._over = True
            if self._socket:
                with suppress(OSError):  # it may be at its end already
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # TLS has no say in it

    @contextmanager
    def mine(self) -> Iterator[None]:
        """Make it the errand of this thread."""
        _LOCAL.errand = self
        try:
            yield
        finally:
            del _LOCAL.errand


def current() -> Errand | None:
    """Return the errand of this thread."""
    return getattr(_LOCAL, "errand", None)


class Errands:
    """The errands of one client."""

    def __init__(self) -> None:
        """Start with none."""
        self._lock = Lock()
        self._stopped = False
        self._under_way: dict[Errand, Callable[[], object]] = {}

    def within(self, deadline: Deadline, act: Callable[[], T]) -> T:
        """Run `act` on a thread of its own and wait for it until the deadline.

        The time limits of httpx are for one read each: a server that sends a byte now and then
        would outlast any sum of them. And the lookup of a host name has no limit at all.

        Raises:
            TimeoutError: it did not end in time.
            CancelledError: it was stopped.
        """
        errand, outcome = Errand(deadline), futures.Future[T]()
        with self._waiting(errand, outcome.cancel):
            run = partial(_run, errand, act, outcome)
            if not background.start(run):
                run()
            try:
                return outcome.result(deadline.remaining())
            except futures.CancelledError:
                raise CancelledError from None
            except futures.TimeoutError:
                errand.end()
                raise TimeoutError from None

    def stop(self) -> None:
        """End all errands, now and from now on."""
        with self._lock:
            self._stopped = True
            for errand, give_up in self._under_way.items():
                give_up()
                errand.end()

    @contextmanager
    def _waiting(self, errand: Errand, give_up: Callable[[], object]) -> Iterator[None]:
        with self._lock:
            if self._stopped:
                raise CancelledError
            self._under_way[errand] = give_up
        try:
            yield
        finally:
            with self._lock:
                del self._under_way[errand]


def _run(errand: Errand, act: Callable[[], T], outcome: futures.Future[T]) -> None:
    """Act, and tell whoever waits; nobody does after a cancellation."""
    with errand.mine(), suppress(futures.InvalidStateError):
        try:
            outcome.set_result(act())
        except futures.InvalidStateError:
            raise
        except BaseException as error:  # noqa: BLE001 - whoever waits gets it
            outcome.set_exception(error)
