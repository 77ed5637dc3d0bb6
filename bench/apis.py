"""The APIs that plugins are measured against: at once or slow, over plain HTTP or TLS."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import certifi
from cryptography.hazmat.primitives.asymmetric import ec
from support.certificates import self_signed

from callerid.sandbox import library
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CALLER, SLOW = "service-user", "slow"
SLOW_SECONDS = 0.06
HTTP, HTTPS, SLOW_HTTP, SLOW_HTTPS = "http", "https", "http, 60 ms a request", "https, 60 ms"
_HOST = "127.0.0.1"
_BUFFER_BYTES = 65536


@contextmanager
def apis() -> Iterator[dict[str, Mapping[str, str]]]:
    """Start them; give the environment of a caller at each, by its name.

    Both sides trust the same file: of a folder, callerid alone would read it too.
    """
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox.start(_callers()))
        url, bundle = stack.enter_context(_over_tls(sandbox.url))
        at_once, slow = sandbox.environment(CALLER), sandbox.environment(SLOW)
        over_tls = {"M3TER_BASE_URL": url, "SSL_CERT_FILE": str(bundle), "SSL_CERT_DIR": ""}
        yield {
            HTTP: at_once,
            HTTPS: {**at_once, **over_tls},
            SLOW_HTTP: slow,
            SLOW_HTTPS: {**slow, **over_tls},
        }


def _callers() -> dict[str, Scenario]:
    """Give a caller who is answered at once, and the same one behind a slow API."""
    at_once = library.built_in()[CALLER]
    written = at_once.model_dump(by_alias=True, exclude_unset=True)
    block = dict(written["m3ter"])
    block["credential"] = {"apiKey": "sandbox-slow-key", "apiSecret": "sandbox-slow-secret"}
    block["faults"] = [{"endpoint": "*", "latencySeconds": SLOW_SECONDS}]
    return {CALLER: at_once, SLOW: Scenario.model_validate({**written, "m3ter": block})}


@contextmanager
def _over_tls(url: str) -> Iterator[tuple[str, Path]]:
    """Speak TLS in front of an API; give its address, and a file with the trusted authorities.

    Those are certifi's and one of our own: reading one alone would take no time.
    """
    with TemporaryDirectory() as folder:
        own = self_signed(_HOST, ec.SECP256R1())
        chain, bundle = Path(folder, "own.pem"), Path(folder, "authorities.pem")
        chain.write_text(own.key + own.certificate, encoding="utf-8")
        bundle.write_text(Path(certifi.where()).read_text("utf-8") + own.certificate, "utf-8")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(chain)
        with _relay(urlsplit(url).port or 0, context) as port:
            yield f"https://{_HOST}:{port}", bundle


@contextmanager
def _relay(target: int, context: ssl.SSLContext) -> Iterator[int]:
    """Pass on what comes over TLS, on a thread of its own; give the port."""
    loop = asyncio.new_event_loop()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(_HOST, target)
        await asyncio.gather(_pass_on(reader, there[1]), _pass_on(there[0], writer))

    server = loop.run_until_complete(asyncio.start_server(handle, _HOST, 0, ssl=context))
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(_BUFFER_BYTES):
            writer.write(data)
            await writer.drain()
        writer.close()
