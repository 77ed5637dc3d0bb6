"""The certificate authorities that are trusted; reading them takes longer than an answer may."""

from __future__ import annotations

import os
import re
import ssl
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NoReturn

import certifi

from callerid import background
from callerid.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

FILE, FOLDER, SECRETS = "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"
"""The variables; Python's ssl writes the secrets of connections to the last, for Wireshark."""
_WANTED = {
    FILE: "a file of certificates (PEM)",
    FOLDER: "a folder of certificates, as OpenSSL has it",
    SECRETS: "a file",
}
MOST_BYTES = 16 * 1024 * 1024
"""A hundred times what systems trust. A file without end is never read to its end."""
_HASHED = re.compile(r"[0-9a-f]{8}\.r?[0-9]+")
"""What OpenSSL looks for in a folder, in the middle of a handshake."""
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)
"""Windows has no pipes among its files."""
_READING = Lock()


def trusted() -> ssl.SSLContext:
    """Return what trusts the authorities in SSL_CERT_FILE, else SSL_CERT_DIR, else certifi's.

    They are read once, until they change, and whoever asks meanwhile waits.

    Raises:
        ConfigurationError: they cannot be read, or reading them might never end.
    """
    _check_secrets(os.environ.get(SECRETS))
    file, folder = os.environ.get(FILE), os.environ.get(FOLDER)
    if folder and not file:
        return _certificates(FOLDER, Path(folder), _check_folder)
    return _certificates(FILE, Path(file or certifi.where()), _check_file)


def _certificates(variable: str, place: Path, check: Callable[[Path], None]) -> ssl.SSLContext:
    try:
        check(place)
        with _READING:
            return _read(variable, str(place), place.stat().st_mtime_ns)
    except OSError:
        _refuse(variable, "nothing that can be read as certificates")


def _check_secrets(file: str | None) -> None:
    """Open it as OpenSSL would, but for a pipe that nobody reads."""
    if not file:
        return
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _AT_ONCE, 0o600))
    except OSError:
        _refuse(SECRETS, "nothing that can be written to")


def _check_file(file: Path) -> None:
    size = file.stat().st_size
    if not file.is_file():
        _refuse(FILE, "a pipe, a device or a folder, and no file")
    if size > MOST_BYTES:
        _refuse(FILE, "a file of more than 16 MiB")


def _check_folder(folder: Path) -> None:
    named = (each for each in folder.iterdir() if _HASHED.fullmatch(each.name))
    if not all(map(_may_be_read, named)):
        what = "a folder in which a pipe, a device or a huge file has a certificate's name"
        _refuse(FOLDER, what)


def _may_be_read(file: Path) -> bool:
    """Return whether reading a file ends, if there still is one."""
    return not file.exists() or (file.is_file() and file.stat().st_size <= MOST_BYTES)


def _refuse(variable: str, what: str) -> NoReturn:
    text = f"{variable} cannot be used: it names {what}.\nName {_WANTED[variable]}, or unset it."
    raise ConfigurationError(text)


@lru_cache(maxsize=1)
def _read(variable: str, place: str, _changed: int) -> ssl.SSLContext:
    if variable == FILE:
        return ssl.create_default_context(cafile=place)
    return ssl.create_default_context(capath=place)


def read_ahead() -> None:
    """Read them on a thread: OpenSSL lets others work meanwhile.

    Python waits for it when it ends: OpenSSL, interrupted, would crash the process.
    """
    background.start(_read_quietly, daemon=False)  # without a thread they are read when needed


def _read_quietly() -> None:
    with suppress(ConfigurationError):  # whoever needs them is told
        trusted()
