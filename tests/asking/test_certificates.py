"""The authorities that are trusted: whose, how often they are read, and who is told what fails."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

import certifi
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from support import commands
from support.certificates import Identity, self_signed

from callerid.asking import certificates
from callerid.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

_END = "-----END CERTIFICATE-----\n"


@pytest.fixture(autouse=True)
def _nobodys_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (certificates.FILE, certificates.FOLDER, "SSLKEYLOGFILE", *certificates.BUNDLES):
        monkeypatch.delenv(name, raising=False)


def test_certifis_are_trusted_where_nobody_says_otherwise() -> None:
    """Once read they are the same for all threads."""
    with ThreadPoolExecutor(8) as threads:
        contexts = list(threads.map(lambda _: certificates.trusted(), range(8)))
    assert len({id(each) for each in contexts}) == 1
    assert len(contexts[0].get_ca_certs()) > 50


def test_a_file_is_read_again_once_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plugin that others attach to lives longer than a company's authority may."""
    file = tmp_path / "authorities.pem"
    first = Path(certifi.where()).read_text(encoding="utf-8").partition(_END)[0] + _END
    file.write_text(first, encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert len(certificates.trusted().get_ca_certs()) == 1
    file.write_bytes(Path(certifi.where()).read_bytes())
    os.utime(file, (1, 1))
    assert len(certificates.trusted().get_ca_certs()) > 50


def test_a_file_that_cannot_be_read_is_told_to_everyone_who_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Reading ahead keeps it to itself."""
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/authorities.pem")
    certificates.read_ahead()
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="SSL_CERT_FILE cannot be used"):
            certificates.trusted()


def _fifo(place: Path) -> Path:
    os.mkfifo(place)
    return place


def _device(place: Path) -> Path:
    place.symlink_to("/dev/zero")
    return place


def _huge(place: Path) -> Path:
    with place.open("wb") as file:
        file.truncate(10**10)
    return place


def _folder(place: Path) -> Path:
    place.mkdir()
    return place


def _empty(place: Path) -> Path:
    place.touch()
    return place


ODD = [_fifo, _device, _huge]


@pytest.mark.parametrize("make", [*ODD, _folder, _empty])
def test_a_file_that_is_none_is_told_and_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], Path]
) -> None:
    """Reading a pipe or device never ends; nor does a call that waits for it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(make(tmp_path / "authorities.pem")))
    told = _told_in_time()
    assert told.startswith("SSL_CERT_FILE cannot be used: it names ")
    assert told.endswith("\nName a file of certificates (PEM), or unset it.")


@pytest.mark.parametrize("make", ODD)
def test_a_folder_with_what_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], Path]
) -> None:
    """OpenSSL would read it in the middle of a handshake, where nothing can end that."""
    make(tmp_path / "4a6481c9.0")
    make(tmp_path / "which-nobody-reads.pem")
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert _told_in_time().startswith("SSL_CERT_DIR cannot be used: it names a folder in which")


def test_a_folder_of_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is under another name, or points nowhere, is no matter."""
    (tmp_path / "4a6481c9.0").write_bytes(Path(certifi.where()).read_bytes())
    (tmp_path / "5a6481c9.0").symlink_to("nowhere")
    _fifo(tmp_path / "pipe")
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    certificates.trusted()


def test_a_folder_is_looked_through_until_it_can_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was fine is looked through anew when it has changed; a refused one at each call."""
    folder = _prepared(tmp_path / "folder")
    monkeypatch.setenv("SSL_CERT_DIR", str(folder))
    certificates.trusted()
    (folder / "6a6481c9.0").symlink_to(tmp_path / "target")
    _fifo(tmp_path / "target")
    assert _told_in_time().startswith("SSL_CERT_DIR cannot be used: it names a folder in which")
    (tmp_path / "target").unlink()
    certificates.trusted()


_ONE = (Path(certifi.where()).read_text(encoding="utf-8").partition(_END)[0] + _END).encode()
"""A single authority."""


def _prepared(folder: Path) -> Path:
    """Make a folder as `openssl rehash` leaves it."""
    folder.mkdir()
    (folder / "4a6481c9.0").write_bytes(_ONE)
    return folder


@pytest.mark.parametrize("variable", certificates.BUNDLES)
def test_other_tools_bundles_count_where_ours_are_not_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """A file or a folder, and the error names the variable that was read."""
    file = tmp_path / "one.pem"
    file.write_bytes(_ONE)
    monkeypatch.setenv(variable, str(file))
    assert len(certificates.trusted().get_ca_certs()) == 1
    monkeypatch.setenv(variable, str(_prepared(tmp_path / "folder")))
    assert certificates.trusted().get_ca_certs() == []
    assert certificates.authorities().variables == variable
    monkeypatch.setenv(variable, str(_empty(tmp_path / "empty.pem")))
    with pytest.raises(ConfigurationError, match=f"^{variable} cannot be used: it names nothing"):
        certificates.trusted()
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert len(certificates.trusted().get_ca_certs()) == 1


@pytest.mark.parametrize("value", ["/nowhere/authorities.pem", _ONE.decode()])
@pytest.mark.parametrize(
    "variable", [certificates.FOLDER, *certificates.BUNDLES, certificates.FILE]
)
def test_a_variable_with_what_is_no_name_of_anything(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """What is gone, or certificates themselves: ours are refused, other tools' are left out."""
    monkeypatch.setenv(variable, value)
    if variable in certificates.BUNDLES:
        assert len(certificates.trusted().get_ca_certs()) > 50
        told = f"{variable} names a file that does not exist; it is left out."
        assert certificates.warnings() == (told,)
    else:
        said = _told_in_time()
        assert said.startswith(f"{variable} cannot be used: it names a f")
        assert "does not exist" in said
        assert "BEGIN" not in said


@pytest.mark.parametrize("make", [_fifo, _device, _folder, _empty])
@pytest.mark.parametrize("variable", certificates.BUNDLES)
def test_a_bundle_that_is_there_and_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, make: Callable[[Path], Path]
) -> None:
    """Whoever trusts one authority must not be made to trust all others without a word."""
    monkeypatch.setenv(variable, str(make(tmp_path / "bundle")))
    assert _told_in_time().startswith(f"{variable} cannot be used: it names ")


def test_the_first_bundle_that_is_there_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is gone does not stand in the way of another."""
    (tmp_path / "one.pem").write_bytes(_ONE)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    monkeypatch.setenv("CURL_CA_BUNDLE", str(tmp_path / "one.pem"))
    assert certificates.authorities().variables == "CURL_CA_BUNDLE"


def test_a_file_and_a_folder_count_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, openssl: Callable[..., str]
) -> None:
    """Servers of both authorities are trusted, and no third one."""
    hosts = ("ours.invalid", "theirs.invalid", "nobodys.invalid")
    ours, theirs, nobodys = (self_signed(host, ec.SECP256R1()) for host in hosts)
    file = tmp_path / "ours.pem"
    file.write_text(ours.certificate, encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("SSL_CERT_DIR", os.pathsep.join([str(tmp_path / "no"), str(tmp_path)]))
    theirs_file = tmp_path / "theirs.pem"
    theirs_file.write_text(theirs.certificate, encoding="utf-8")
    theirs_file.rename(tmp_path / f"{openssl('x509', '-hash', '-noout', '-in', theirs_file)}.0")
    trusted = certificates.trusted()
    shaken = map(_shakes_hands, [trusted] * 3, (ours, theirs, nobodys), hosts)
    assert list(shaken) == [True, True, False]
    assert certificates.authorities().variables == "SSL_CERT_FILE and SSL_CERT_DIR"
    assert certificates.warnings() == (
        "SSL_CERT_DIR names a folder that does not exist; it is left out.",
    )


@pytest.fixture
def openssl() -> Callable[..., str]:
    """Give a function that runs openssl: only it knows the names that it looks for."""
    if not (found := shutil.which("openssl")):
        pytest.skip("no openssl")
    return lambda *arguments: subprocess.check_output(  # noqa: S603 - the one on PATH
        [found, *arguments], text=True
    ).strip()


def _shakes_hands(trusted: ssl.SSLContext, server: Identity, host: str) -> bool:
    """Let a client and a server talk in memory."""
    mine, yours = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusted.wrap_bio(mine, yours, server_hostname=host)
    with NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(server.key + server.certificate)
        file.flush()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file.name)
    other = context.wrap_bio(yours, mine, server_side=True)
    try:
        for side in (client, other) * 2:
            with suppress(ssl.SSLWantReadError):
                side.do_handshake()
    except ssl.SSLCertVerificationError:
        return False
    return True


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda place: place, "a folder that does not exist"),
        (_folder, "a folder that openssl rehash has not prepared"),
        (_empty, "a folder that cannot be read"),
    ],
)
def test_a_folder_with_nothing_to_trust(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], Path], what: str
) -> None:
    """It is refused where nothing else is trusted, and else told."""
    monkeypatch.setenv("SSL_CERT_DIR", str(make(tmp_path / "folder")))
    with pytest.raises(ConfigurationError, match=f"^SSL_CERT_DIR cannot be used: it names {what}"):
        certificates.trusted()
    file = tmp_path / "one.pem"
    file.write_bytes(_ONE)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert len(certificates.trusted().get_ca_certs()) == 1
    assert certificates.warnings() == (f"SSL_CERT_DIR names {what}; it is left out.",)


@pytest.mark.parametrize("make", [_fifo, _folder])
def test_a_file_for_secrets_that_nobody_can_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], Path]
) -> None:
    """Python's ssl opens it, and a pipe that nobody reads never opens."""
    monkeypatch.setenv("SSLKEYLOGFILE", str(make(tmp_path / "secrets")))
    assert _told_in_time().startswith("SSLKEYLOGFILE cannot be used: it names nothing that can")


def _told_in_time() -> str:
    """Ask over https for a second, in a process of its own, which a hanging read would keep."""
    program = (
        "from callerid.config import load\n"
        "from callerid.core import Core\n"
        "from callerid.errors import ConfigurationError\n"
        "settings = {'m3terApiToken': 't', 'm3terOrgId': 'o', 'requestTimeoutSeconds': 1,\n"
        "    'm3terBaseUrl': 'https://127.0.0.1:1'}\n"
        "try:\n"
        "    Core(load(settings, {})).call('getCurrentUser', {})\n"
        "except ConfigurationError as error:\n"
        "    print(error)\n"
    )
    done = commands.run_python(program)
    assert (done.returncode, done.stderr) == (0, "")
    return str(done.stdout).removesuffix("\n")


def test_a_process_may_end_while_they_are_read() -> None:
    """OpenSSL cleans up at the end, and would crash whoever still reads."""
    program = (
        "import time\n"
        "from callerid.asking import certificates\n"
        "certificates.read_ahead()\n"
        "time.sleep(0.005)"
    )
    for _ in range(5):
        done = commands.run_python(program)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_waits_for_no_reader_of_its_parent() -> None:
    """Else its first connection would wait for a thread that is not there, without an end."""
    script = (
        "import os, signal\n"
        "from callerid.asking import certificates\n"
        "certificates._READING.lock.acquire()\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    signal.alarm(20)\n"
        "    os._exit(0 if certificates.trusted() else 1)\n"
        "print(os.waitpid(child, 0)[1])\n"
    )
    done = commands.run_python(script)
    assert (done.stdout, done.stderr) == ("0\n", "")
