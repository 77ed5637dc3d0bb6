"""The authorities that are trusted: whose, how often they are read, and who is told what fails."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import certifi
import pytest
from support import commands

from callerid.asking import certificates

_END = "-----END CERTIFICATE-----\n"


@pytest.fixture(autouse=True)
def _nobodys_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
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
        with pytest.raises(FileNotFoundError):
            certificates.trusted()


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
