"""A host of go-plugin, as Terraform is one: it starts the provider and speaks to it over TLS."""

from __future__ import annotations

import asyncio
import base64
import ssl
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from grpclib.client import Channel, UnaryStreamMethod, UnaryUnaryMethod
from grpclib.config import Configuration

from callerid import launch
from callerid.frontends.terraform import cookie, dynamic
from callerid.frontends.terraform.messages import message
from callerid.frontends.terraform.server import PROVIDER, SHUTDOWN, STDIO, Bytes
from support.certificates import Identity, self_signed
from support.commands import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

SECONDS = 30
_SECONDS_TO_CLOSE = 0.05
"""How long TLS may take to say good-bye."""


def make_identity() -> Identity:
    """Make a host's one-off certificate and key as go-plugin does."""
    return self_signed("localhost", ec.SECP521R1(), authority=True)


class Line(NamedTuple):
    """The provider's first line."""

    core: str
    protocol: str
    network: str
    address: str
    transport: str
    certificate: str

    @property
    def pem(self) -> str:
        """The provider's certificate."""
        padded = self.certificate + "=" * (-len(self.certificate) % 4)
        return ssl.DER_cert_to_PEM_cert(base64.b64decode(padded))


class Connection:
    """A connection to a provider; calls may come from any thread."""

    def __init__(self, line: Line, tls: ssl.SSLContext | None) -> None:
        """Connect at the first call."""
        self.hear: Callable[[bytes, str], object] | None = None
        """Gets the bytes of each response, and the metadata before and behind it."""
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._channel = self._run(self._open(line, tls))

    async def _open(self, line: Line, tls: ssl.SSLContext | None) -> Channel:
        config = Configuration(ssl_target_name_override="localhost")
        if line.network == "unix":
            return Channel(path=line.address, ssl=tls, codec=Bytes(), config=config)
        host, _, port = line.address.partition(":")
        return Channel(host, int(port), ssl=tls, codec=Bytes(), config=config)

    def _run(self, work: Any, seconds: float = SECONDS) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def begin(
        self, path: str, raw: bytes = b"", metadata: Mapping[str, str] | None = None
    ) -> Future[tuple[bytes, str]]:
        """Begin to call a method with bytes; there will be the response, and the metadata of it."""
        method: Any = UnaryUnaryMethod(self._channel, path, bytes, bytes)

        async def call() -> tuple[bytes, str]:
            async with method.open(metadata=metadata) as stream:
                await stream.send_message(raw, end=True)
                response = await stream.recv_message()
            return response, f"{stream.initial_metadata} {stream.trailing_metadata}"

        return asyncio.run_coroutine_threadsafe(call(), self._loop)

    def send(self, path: str, raw: bytes = b"", metadata: Mapping[str, str] | None = None) -> bytes:
        """Call a method with bytes."""
        response, heard = self.begin(path, raw, metadata).result(SECONDS)
        if self.hear:
            self.hear(response, heard)
        return bytes(response)

    def call(self, rpc: str, /, request: str | None = None, **fields: Any) -> Any:
        """Call an RPC of the provider's with a message, and return its response."""
        raw = message(request or "Empty")(**fields).SerializeToString()
        return message(f"{rpc}Response").FromString(self.send(PROVIDER + rpc, raw))

    def configure(self, **settings: Any) -> list[Any]:
        """Send the provider's settings, and return the diagnostics."""
        response = self.call(
            "ConfigureProvider", "ConfigureProviderRequest", config=packed(settings)
        )
        return list(response.diagnostics)

    def read(self, name: str, /, *, deferral: bool = False, **arguments: Any) -> Any:
        """Read a data source."""
        return self.call(
            "ReadDataSource",
            "ReadDataSourceRequest",
            type_name=name,
            config=packed(arguments),
            client_capabilities={"deferral_allowed": deferral},
        )

    def state(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Read a data source that must answer without a word, and return its state."""
        response = self.read(name, **arguments)
        assert not response.diagnostics, response
        state: dict[str, Any] = dynamic.read(response.state)
        return state

    def listen(self) -> None:
        """Open the stream of what the provider prints, as hosts do, and leave it open."""
        method: Any = UnaryStreamMethod(self._channel, STDIO, bytes, bytes)

        async def listen() -> None:
            async with method.open() as stream:
                await stream.send_message(b"", end=True)
                await stream.recv_message()

        asyncio.run_coroutine_threadsafe(listen(), self._loop)

    def close(self) -> None:
        """Close the connection."""

        async def close() -> None:
            self._channel.close()
            await asyncio.sleep(0)
            rest = asyncio.all_tasks() - {asyncio.current_task()}
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
            await asyncio.sleep(_SECONDS_TO_CLOSE)

        self._run(close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SECONDS)
        self._loop.close()


def packed(values: Mapping[str, Any]) -> Any:
    """Pack a block as a `DynamicValue`."""
    return dynamic.write(dict(values))


class Host:
    """A provider that was started, and this host's connection to it."""

    def __init__(self, process: subprocess.Popen[Any], line: Line, own: Identity | None) -> None:
        """Connect to it."""
        self.process = process
        self.line = line
        self._own = own
        self.connection = self.connect()
        self.connection.call("GetMetadata")  # a provider without a connection leaves

    def connect(self, identity: Identity | None = None) -> Connection:
        """Open another connection, as this host or as somebody else."""
        identity = identity or self._own
        tls = client_tls(self.line.pem, identity) if identity else None
        return Connection(self.line, tls)

    def shut_down(self) -> None:
        """Tell the provider that it is needed no more."""
        self.connection.send(SHUTDOWN)


def client_tls(server: str, identity: Identity | None) -> ssl.SSLContext:
    """Trust one server alone, and show it a certificate, if there is one."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.load_verify_locations(cadata=server)
    tls.set_alpn_protocols(["h2"])
    if identity:
        with NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(f"{identity.key}{identity.certificate}")
            file.flush()
            tls.load_cert_chain(file.name)
    return tls


def start(
    *arguments: str,
    environ: Mapping[str, str] | None = None,
    identity: Identity | None = None,
    command: Sequence[str] = launch.command("callerid.frontends.terraform.__main__:main"),
) -> subprocess.Popen[str]:
    """Start the provider as a host does."""
    given = {cookie.NAME: cookie.VALUE, cookie.VERSIONS: "5,6"}
    if identity:
        given[cookie.CLIENT_CERTIFICATE] = identity.certificate
    return subprocess.Popen(  # noqa: S603 - our own provider
        [*command, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**{**given, **(environ or {})}),
        start_new_session=True,
    )


@contextmanager
def spawn_mortal(*, environ: Mapping[str, str] | None = None) -> Iterator[Host]:
    """Start the provider and connect; it may end as it likes, and afterwards it is killed."""
    with start(environ=environ) as process:
        host = _host(process, None)
        try:
            yield host
        finally:
            host.connection.close()
            process.kill()


@contextmanager
def spawn(*, environ: Mapping[str, str] | None = None, tls: bool = False) -> Iterator[Host]:
    """Start the provider, connect, and afterwards demand that it leave cleanly, without a word."""
    identity = make_identity() if tls else None
    process = start(environ=environ, identity=identity)
    host = _host(process, identity)
    try:
        yield host
        host.shut_down()
    finally:
        host.connection.close()
        process.terminate()
        said = process.communicate(timeout=10)
    assert (process.returncode, *said) == (0, "", "")
    assert host.line.network != "unix" or not Path(host.line.address).parent.exists()


def _host(process: subprocess.Popen[str], identity: Identity | None) -> Host:
    assert process.stdout
    return Host(process, Line(*process.stdout.readline().rstrip("\n").split("|")), identity)
