"""A real HTTP server that answers as a test tells it to, byte for byte."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Reply:
    """What the server sends; `cut` ends the connection that many bytes before the end.

    `reason` is the phrase behind the status, else the usual one.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    cut: int = 0
    delay: float = 0.0
    reason: str | None = None


def json_reply(body: Any, status: int = 200, **headers: str) -> Reply:
    """Make a reply of JSON; header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = {"content-type": "application/json", **named}
    return Reply(status, json.dumps(body).encode(), content)


@dataclass(frozen=True)
class Seen:
    """A request that arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Api:
    """Answers `METHOD /path` (no query) with the replies queued for it; the last one stays."""

    def __init__(self) -> None:
        """Start with no routes: everything else is 404."""
        self.url = ""
        self.seen: list[Seen] = []
        self._replies: dict[str, list[Reply]] = {}
        self._lock = Lock()

    def on(self, route: str, *replies: Reply) -> None:
        """Queue replies for a route such as `GET /x`."""
        self._replies[route] = list(replies)

    def paths(self) -> list[str]:
        """List the requests seen as `METHOD /path?query`."""
        return [f"{each.method} {each.path}" for each in self.seen]

    def answer(self, seen: Seen) -> Reply:
        """Take the next reply for a request."""
        with self._lock:
            self.seen.append(seen)
            queue = self._replies.get(f"{seen.method} {seen.path.partition('?')[0]}")
            if not queue:
                return json_reply({"message": "no such route"}, 404)
            return queue.pop(0) if len(queue) > 1 else queue[0]


@contextmanager
def serve(api: Api | None = None) -> Iterator[Api]:
    """Run an `Api`, by default one without any route, on a free loopback port."""
    api = api or Api()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(api.answer))
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()


def _handler(answer: Callable[[Seen], Reply]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = answer(Seen(self.command, self.path, headers, body))
            time.sleep(reply.delay)
            self.send_response(reply.status, reply.reason)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply.body)))
            with suppress(ConnectionError):  # a client may hang up on a reply it does not want
                self.end_headers()
                self.wfile.write(reply.body[: len(reply.body) - reply.cut])
            self.close_connection = True

        do_GET = do_POST = do_CONNECT = _serve  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    return Handler
