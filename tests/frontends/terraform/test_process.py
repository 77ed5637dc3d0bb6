"""The provider's process, started and spoken to as a host of go-plugin does it."""

from __future__ import annotations

import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
from grpclib import GRPCError, Status
from grpclib.exceptions import StreamTerminatedError
from support.commands import environment
from support.terraform_host import (
    Connection,
    Host,
    Line,
    client_tls,
    make_identity,
    packed,
    spawn,
    start,
)

from callerid import __version__
from callerid.frontends.terraform import cookie, listening
from callerid.frontends.terraform.certificate import load_by_files, make
from callerid.frontends.terraform.server import HEALTH
from callerid.frontends.terraform.serving import NEXT_CONNECTION_SECONDS

PROVIDER = Path(sys.executable).with_name("terraform-provider-callerid")


def _refused(*arguments: str, **environ: str) -> str:
    """Start it where it cannot serve; give the line that hosts show, the first of stdout."""
    process = start(*arguments, environ=environ)
    stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stderr, stdout.count("\n")) == (1, "", 1)
    return stdout


@pytest.mark.parametrize("value", ["", "another"])
def test_by_hand_it_explains_itself(value: str) -> None:
    """Somebody finds the command on PATH and tries it."""
    ran = subprocess.run(  # noqa: S603 - our own command
        [PROVIDER, "--help"],
        env=environment(**{cookie.NAME: value}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("This is callerid's provider for Terraform and OpenTofu")
    assert "callerid --help" in ran.stderr


@pytest.mark.parametrize("offered", ["5", "", "66,16"])
def test_a_host_that_does_not_speak_the_protocol(offered: str) -> None:
    """It says which hosts do."""
    told = _refused(**{cookie.VERSIONS: offered})
    assert f"does not speak protocol 6 of providers (it offers {offered or 'none'})" in told


def test_another_version_than_was_chosen() -> None:
    """The lock file promises a version; the environment may have been updated since."""
    told = _refused("--package=0.0.1")
    assert told.startswith(
        f"callerid: version 0.0.1 of this provider was chosen, and version {__version__} is "
    )


@pytest.mark.parametrize("value", ["none", "é"])
def test_a_certificate_that_is_none(value: str) -> None:
    """There is no way to go on without TLS when the host asks for it."""
    told = _refused(**{cookie.CLIENT_CERTIFICATE: value})
    assert told == f"callerid: the certificate in {cookie.CLIENT_CERTIFICATE} cannot be read.\n"


def test_no_place_to_listen(tmp_path: Path) -> None:
    """The reason is the system's own."""
    told = _refused(TMPDIR=str(tmp_path / "none"))
    assert told.startswith("callerid: the provider cannot listen: ")


@pytest.mark.skipif(sys.platform == "win32", reason="there a port is listened at")
def test_a_signal_that_comes_before_the_line_leaves_nothing_behind(tmp_path: Path) -> None:
    """As soon as there is something to remove."""
    for _ in range(3):
        process = start(environ={"TMPDIR": str(tmp_path)})
        while process.poll() is None and not list(tmp_path.iterdir()):
            time.sleep(0.0005)
        process.terminate()
        process.communicate(timeout=10)
        assert (process.returncode, list(tmp_path.iterdir())) == (0, [])


def test_the_line_and_both_certificates() -> None:
    """The host's certificate opens the door, and the provider's is the one that was announced."""
    with spawn(tls=True) as host:
        assert host.line[:3] == ("1", "6", "unix")
        assert host.line.transport == "grpc"
        assert len(host.line.certificate) > 50
        assert not host.line.certificate.endswith("=")
        assert host.connection.call("GetMetadata").data_sources
        assert host.connection.send(HEALTH, b"\n\x06plugin") == b"\x08\x01"


def _is_refused(connection: Connection) -> bool:
    try:
        connection.call("GetMetadata")
    except (OSError, StreamTerminatedError):
        return True
    else:
        return False
    finally:
        connection.close()


def test_nobody_else_may_connect() -> None:
    """Neither without a certificate, nor with another one of the same name and curve."""
    with spawn(tls=True) as host:
        nobody = Connection(host.line, client_tls(host.line.pem, None))
        assert _is_refused(nobody)
        assert _is_refused(host.connect(make_identity()))
        assert _is_refused(Connection(host.line, None))
        assert not _is_refused(host.connect())


def test_a_host_that_asks_for_no_tls() -> None:
    """`TF_DISABLE_PLUGIN_TLS` is the user's own choice; the folder is theirs alone."""
    with spawn() as host:
        assert host.line.certificate == ""
        assert Path(host.line.address).parent.stat().st_mode & 0o777 == 0o700
        assert host.connection.call("GetMetadata").functions[0].name == "has_role"


def test_a_host_that_multiplexes_is_told_no() -> None:
    """Then the line has one field more."""
    process = start(environ={cookie.MULTIPLEX: "true"})
    assert process.stdout
    assert process.stdout.readline().rstrip("\n").split("|")[6] == "false"
    process.terminate()
    assert process.wait(10) == 0
    process.communicate()


def test_a_host_that_died_while_it_connected() -> None:
    """A handshake that never ended is no connection, and keeps nobody alive."""
    identity = make_identity()
    process = start(identity=identity)
    line = _line(process)
    with socket.socket(socket.AF_UNIX) as half, socket.socket(socket.AF_UNIX) as garbage:
        half.connect(line.address)
        garbage.connect(line.address)
        garbage.sendall(b"GET / HTTP/1.1\r\n\r\n")
        host = Host(process, line, identity)
        host.connection.close()
        assert _is_gone(process, line)


def test_bytes_that_are_no_http_end_their_connection_alone() -> None:
    """Without a word on stderr."""
    with spawn() as host:
        for raw in (
            b"GET / HTTP/1.1\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\1\4\0\0\0\0\0x",
        ):
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(host.line.address)
                peer.sendall(raw)
                peer.settimeout(10)
                while peer.recv(4096):
                    pass
        assert host.connection.call("GetMetadata").functions


def test_a_port_that_is_taken_is_passed_over() -> None:
    """The host gives a range."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        limits = {cookie.LOWEST_PORT: str(port), cookie.HIGHEST_PORT: str(port + 40)}
        place = listening._port(limits)  # noqa: SLF001 - Windows alone comes here
        place.socket.close()
        assert place.address != f"127.0.0.1:{port}"
        with pytest.raises(OSError, match="in use"):
            listening._port({**limits, cookie.HIGHEST_PORT: str(port)})  # noqa: SLF001 - as above


def test_a_key_by_files_is_encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has no paths of pipes; what is on disk for a moment is of no use."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    written: list[str] = []

    class Context(ssl.SSLContext):
        def load_cert_chain(self, certfile, keyfile=None, password=None) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
            assert keyfile
            written.append(Path(keyfile).read_text(encoding="ascii"))
            super().load_cert_chain(certfile, keyfile, password)

    load_by_files(Context(ssl.PROTOCOL_TLS_SERVER), make())
    assert written[0].startswith("-----BEGIN ENCRYPTED PRIVATE KEY")
    assert not list(tmp_path.iterdir())


def test_what_is_not_served_is_unimplemented() -> None:
    """As gRPC has it: hosts tell it from a failure."""
    with spawn() as host:
        for path in ("/tfplugin6.Provider/ReadResource", "/tfplugin6.Provider/New", "/x.Y/Z"):
            with pytest.raises(GRPCError) as caught:
                host.connection.send(path)
            assert caught.value.status == Status.UNIMPLEMENTED


def test_shut_down_is_fast() -> None:
    """A host kills after two seconds what has not left."""
    with spawn() as host:
        host.connection.listen()
        host.connection.call("GetMetadata")
        began = time.monotonic()
        host.shut_down()
        host.process.wait(10)
        assert time.monotonic() - began < 1.5
        host.connection.send = lambda *_: b""  # type: ignore[method-assign] # it has left


def test_an_interrupt_is_for_the_host_to_handle() -> None:
    """A Ctrl-C reaches the whole group."""
    with spawn() as host:
        host.process.send_signal(signal.SIGINT)
        assert host.connection.call("GetMetadata").functions


def _is_gone(process: subprocess.Popen[str], line: Line) -> bool:
    said = process.communicate(timeout=20)
    assert (process.returncode, *said) == (0, "", "")
    return not Path(line.address).parent.exists()


def _line(process: subprocess.Popen[str]) -> Line:
    assert process.stdout
    return Line(*process.stdout.readline().rstrip("\n").split("|"))


def test_without_its_host_it_leaves() -> None:
    """A host that was killed says nothing; its connections end."""
    process = start()
    host = Host(process, _line(process), None)
    host.connection.call("GetMetadata")
    host.connection.close()
    assert _is_gone(process, host.line)


def test_a_host_that_connects_again_finds_it() -> None:
    """GRPC closes connections that are idle, and opens others."""
    with spawn() as host:
        host.connection.call("GetMetadata")
        host.connection.close()
        host.connection = host.connect()
        host.connection.call("GetMetadata")
        time.sleep(NEXT_CONNECTION_SECONDS + 0.5)
        assert host.connection.call("GetMetadata").functions


def test_a_host_that_never_connects() -> None:
    """It was killed before it could."""
    main = "callerid.frontends.terraform"
    code = (
        f"from {main} import serving, __main__; serving.FIRST_CONNECTION_SECONDS = 0.5; "
        "__main__.main()"
    )
    process = start(command=[sys.executable, "-c", code])
    assert _is_gone(process, _line(process))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_terminated_provider_leaves_nothing(number: signal.Signals) -> None:
    """They come from people, from systems that shut down, and from terminals that close."""
    process = start()
    line = _line(process)
    process.send_signal(number)
    assert _is_gone(process, line)


def test_stdout_carries_one_line() -> None:
    """Whatever a dependency prints goes to stderr."""
    process = start()
    assert process.stdout
    assert process.stdout.readline().count("|") == 5
    process.terminate()
    stdout, stderr = process.communicate(timeout=10)
    assert (process.returncode, stdout, stderr) == (0, "", "")


def test_only_a_process_that_reads_loads_the_models() -> None:
    """A plan starts three processes; two of them validate, and hand out the schema."""
    main = "from callerid.frontends.terraform.__main__ import main; main()"
    process = start(command=[sys.executable, "-X", "importtime", "-c", main])
    host = Host(process, _line(process), None)
    for rpc in ("ValidateProviderConfig", "ConfigureProvider"):
        settings = packed({"csp_api_token": "t", "platform": "csp"})
        assert not host.connection.call(rpc, f"{rpc}Request", config=settings).diagnostics
    asked = {"type_name": "callerid_current_user", "config": packed({})}
    host.connection.call("ValidateDataResourceConfig", "ValidateDataResourceConfigRequest", **asked)
    host.connection.call("GetProviderSchema")
    host.shut_down()
    _, loaded = process.communicate(timeout=10)
    host.connection.close()
    assert "callerid.frontends.terraform.service" in loaded
    assert [each for each in ("pydantic", "httpx", "callerid.model") if each in loaded] == []
