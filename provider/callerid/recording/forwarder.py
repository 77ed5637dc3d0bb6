"""A server on this machine that hands requests on to the real APIs, and keeps what they answer."""

from __future__ import annotations

import base64
import binascii
import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

from callerid.asking import claims, strict_json
from callerid.asking.clock import Clock
from callerid.asking.request import Request, repeats
from callerid.asking.transport import Http
from callerid.errors import ApiError, CalleridError
from callerid.recording import contract
from callerid.recording.tape import Exchange, Tape
from callerid.replay import RECORDED_AT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from callerid.asking.request import Answer
    from callerid.config import Config, PlatformConfig

MOST_BODY_BYTES = 64 * 1024
"""More than any request that callerid sends."""
_NO_SECRETS = frozenset({"client_credentials", "refresh_token"})
"""Values of a token request that name a grant (RFC 6749)."""
_PAGE = b"<html></html>"
"""What stands for a page that came in place of an error's JSON."""
_BAD_REQUEST, _BAD_GATEWAY = 400, 502


@contextmanager
def forwarding(
    config: Config, tape: Tape, complain: Callable[[str], None]
) -> Iterator[dict[str, str]]:
    """Forward to the base URLs of every platform with a credential while the block runs.

    Args:
        config: Whose base URLs, time limit, and platforms.
        tape: Where answers are kept.
        complain: Shows a sentence to people: a request got no usable answer.

    Yields:
        Platform to the base URL that forwards to it, without a slash at the end. A random part of
        its path keeps everybody else on this machine from putting answers into the recording.
    """
    ways = {
        platform.name: _Way(platform, config.timeout_seconds, tape, complain)
        for platform in config.platforms
        if platform.credential
    }
    key = token_urlsafe(16)
    paths = {f"/{key}/{name}": way for name, way in ways.items()}
    server = _Server(("127.0.0.1", 0), _handler(paths))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield {name: f"http://127.0.0.1:{server.server_port}/{key}/{name}" for name in ways}
    finally:
        server.shutdown()
        server.server_close()
        for way in ways.values():
            way.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: a client that leaves before its answer is no error."""


class _Asked(NamedTuple):
    """A request as it came: the path without the platform's name before it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class _Way:
    """The way to one platform."""

    def __init__(
        self,
        platform: PlatformConfig,
        seconds: float,
        tape: Tape,
        complain: Callable[[str], None],
    ) -> None:
        self._platform = platform
        self._sent_on = contract.of(platform.name).credential_headers
        self._public_fields = contract.of(platform.name).public_fields
        self._seconds = seconds
        self._tape = tape
        self._complain = complain
        self._clock = Clock()
        self._http = Http(platform, self._clock, is_secret=lambda text: repeats(text, tape.secrets))

    def close(self) -> None:
        self._http.close()

    def ask(self, asked: _Asked) -> tuple[int, Any, dict[str, str]]:
        """Forward a request; return status, body, and what else of the answer matters."""
        found = {name: asked.headers.get(name, "") for name in sorted(self._sent_on)}
        sent = {name: value for name, value in found.items() if value and value.isascii()}
        fields = _fields(asked)
        secret = {each for name, each in fields.items() if name not in self._public_fields}
        self._tape.beware(*secret - _NO_SECRETS, *_credentials(sent))
        form = fields if asked.method == "POST" and not _is_json(asked) else None
        content = fields if asked.method == "POST" and _is_json(asked) else None
        request = Request(asked.method, asked.path, sent, form=form, json=content)
        try:
            answer = self._http.try_once(request, self._clock.deadline(self._seconds))
        except CalleridError as error:
            self._complain(str(error))
            answered = error.answered if isinstance(error, ApiError) else None
            return max(answered.status if answered else 0, _BAD_GATEWAY), None, {}
        self._keep(asked, answer, sent)
        named = {"retry-after": answer.retry_after, RECORDED_AT: answer.recorded_at}
        headers = {name: value for name, value in named.items() if value and value.isascii()}
        return answer.answered.status, _PAGE if answer.is_page else answer.body, headers

    def _keep(self, asked: _Asked, answer: Answer, sent: Mapping[str, str]) -> None:
        if answer.recorded_at:
            self._tape.replayed = answer.recorded_at
        path, _, query = asked.path.partition("?")
        used = next(iter(_credentials(sent)), "")
        if isinstance(answer.body, dict):
            tokens = [answer.body.get(name) for name in ("access_token", "refresh_token")]
            texts = [token for token in tokens if isinstance(token, str)]
            self._tape.beware(*texts)
            used = next(iter(texts), used)
        body = None if asked.method == "POST" else answer.body
        self._tape.keep(
            Exchange(
                self._platform.name,
                path,
                query,
                answer.answered.status,
                body,
                claims.decode(used),
            )
        )


def _json(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body, ensure_ascii=False).encode()


def _is_json(asked: _Asked) -> bool:
    return "json" in asked.headers.get("content-type", "")


def _fields(asked: _Asked) -> dict[str, str]:
    """Read the fields of a token request."""
    if not asked.body:
        return {}
    if not _is_json(asked):
        return dict(parse_qsl(asked.body.decode(errors="replace"), keep_blank_values=True))
    try:
        body = strict_json.loads(asked.body)
    except strict_json.NoJsonError:
        return {}
    return {str(name): str(value) for name, value in body.items()} if isinstance(body, dict) else {}


def _credentials(headers: Mapping[str, str]) -> list[str]:
    """Return the credentials in headers: tokens as they are, pairs as both halves."""
    found: list[str] = []
    for value in headers.values():
        scheme, _, rest = value.partition(" ")
        text = rest or scheme
        found.append(text)
        if scheme.lower() == "basic":
            found += _pair(text)
    return found


def _pair(text: str) -> list[str]:
    try:
        return base64.b64decode(text, validate=True).decode().split(":", 1)
    except (binascii.Error, ValueError):
        return []


def _handler(ways: Mapping[str, _Way]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = self.headers.get("content-length") or "0"
            start = next((each for each in ways if self.path.startswith(f"{each}/")), None)
            if start is None or not length.isdecimal() or int(length) > MOST_BODY_BYTES:
                self.close_connection = True
                self._answer(_BAD_REQUEST, None, {})
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(length))
            path = self.path.removeprefix(start)
            self._answer(*ways[start].ask(_Asked(self.command, path, headers, body)))

        do_GET = do_POST = _serve  # noqa: N815 - the names that http.server calls

        def _answer(self, status: int, body: Any, headers: Mapping[str, str]) -> None:
            content = body if isinstance(body, bytes) else _json(body)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    return Handler
