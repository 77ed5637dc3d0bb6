"""The certificate authorities that are trusted; reading them takes longer than an answer may."""

from __future__ import annotations

import os
import ssl
from contextlib import suppress
from functools import cache
from threading import Lock, Thread

import certifi

_READING = Lock()


def trusted() -> ssl.SSLContext:
    """Return what trusts the authorities in SSL_CERT_FILE and SSL_CERT_DIR, else certifi's.

    They are read once a process, and whoever asks meanwhile waits.

    Raises:
        OSError: they cannot be read.
    """
    with _READING:
        return _read(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@cache
def _read(file: str | None, folder: str | None) -> ssl.SSLContext:
    if file or folder:
        return ssl.create_default_context(cafile=file or None, capath=folder or None)
    return ssl.create_default_context(cafile=certifi.where())


def read_ahead() -> None:
    """Read them on a thread: OpenSSL lets others work meanwhile."""
    Thread(target=_read_quietly, daemon=True).start()


def _read_quietly() -> None:
    with suppress(OSError):  # whoever needs them is told
        trusted()
