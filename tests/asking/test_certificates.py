"""The authorities that are trusted: whose, how often they are read, and who is told what fails."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
import pytest
from support import commands

from callerid.asking import certificates
from callerid.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

_END = "-----END CERTIFICATE-----\n"


@pytest.fixture(autouse=True)
def _nobodys_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
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
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
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
