"""A package index on loopback, of wheels that hold nothing but their metadata."""

from __future__ import annotations

import hashlib
import io
import zipfile
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packaging.requirements import Requirement


class Wheel(NamedTuple):
    """A wheel: its file's name and its bytes."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Its hash, as lock files have it."""
        return hashlib.sha256(self.content).hexdigest()


def empty(
    name: str, version: str, requires: Iterable[Requirement] = (), extras: Iterable[str] = ()
) -> Wheel:
    """Make a wheel that any Python installs, with what it requires and the extras that it has."""
    plain = name.replace("-", "_")
    headers = [f"Name: {name}", f"Version: {version}"]
    headers += [f"Provides-Extra: {extra}" for extra in extras]
    headers += [f"Requires-Dist: {need}" for need in requires]
    info = f"{plain}-{version}.dist-info"
    files = {
        f"{info}/METADATA": "\n".join(["Metadata-Version: 2.1", *headers, ""]),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return Wheel(f"{plain}-{version}-py3-none-any.whl", held.getvalue())


@contextmanager
def serve(wheels: Sequence[Wheel]) -> Iterator[str]:
    """Serve wheels as an index does, and give its URL."""
    pages: dict[str, list[str]] = {}
    for wheel in wheels:
        project = wheel.name.partition("-")[0].replace("_", "-").replace(".", "-").lower()
        link = f'<a href="/files/{wheel.name}#sha256={wheel.sha256}">{wheel.name}</a>'
        pages.setdefault(f"/simple/{project}/", []).append(link)
    found = {path: "\n".join(links).encode() for path, links in pages.items()}
    found |= {f"/files/{wheel.name}": wheel.content for wheel in wheels}
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(found))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/simple/"
    finally:
        server.shutdown()
        server.server_close()


def _handler(found: dict[str, bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = found.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Type", "text/html" if "/simple/" in self.path else "")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
