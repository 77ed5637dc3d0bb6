"""A server of bytes: whatever is said to a connection, nothing of it need be HTTP."""

from __future__ import annotations

import socket
import struct
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    Talk = Callable[["Peer"], None]

_AT_ONCE = struct.pack("ii", 1, 0)
"""Linger for no time: closing resets the connection."""


class Peer(NamedTuple):
    """One connection, with what is asked on it; `over` is set when the server ends."""

    socket: socket.socket
    over: Event

    def hear(self) -> None:
        """Wait for a whole request."""
        heard = b""
        while b"\r\n\r\n" not in heard:
            more = self.socket.recv(65536)
            if not more:
                raise ConnectionAbortedError
            heard += more

    def say(self, *texts: bytes) -> None:
        """Send bytes."""
        for text in texts:
            self.socket.sendall(text)

    def drip(self, text: bytes, pause: float = 0.05) -> None:
        """Send it again and again, until the server ends or nobody listens."""
        while not self.over.wait(pause):
            self.say(text)

    def flood(self, text: bytes) -> None:
        """Send it as often as anybody takes it."""
        much = text * (1 + 65536 // len(text))
        while not self.over.is_set():
            self.say(much)

    def stall(self) -> None:
        """Say nothing more, until the server ends or nobody listens."""
        self.socket.settimeout(0.1)
        while not self.over.is_set():
            with suppress(TimeoutError):
                if not self.socket.recv(65536):
                    return

    def reset(self) -> None:
        """Break the connection."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)


@contextmanager
def serve(talk: Talk, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Talk to each connection on a thread of its own, and close it then; give the port."""
    over, threads = Event(), list[Thread]()

    def meet(accepted: socket.socket) -> None:
        with accepted, suppress(OSError):
            accepted.settimeout(20)
            if tls is None:
                talk(Peer(accepted, over))
                return
            with tls.wrap_socket(accepted, server_side=True) as wrapped:
                talk(Peer(wrapped, over))

    def accept(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                accepted, _ = listener.accept()
                threads.append(Thread(target=meet, args=(accepted,), daemon=True))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        accepting = Thread(target=accept, args=(listener,), daemon=True)
        accepting.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            with suppress(OSError):  # macOS says that a listener is not connected
                listener.shutdown(socket.SHUT_RDWR)
    for each in (accepting, *threads):
        each.join(30)
