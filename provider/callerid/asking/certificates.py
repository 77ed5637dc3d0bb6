"""The certificate authorities that are trusted; reading them takes longer than an answer may."""

from __future__ import annotations

import os
import ssl
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock, Thread

import certifi

_READING = Lock()


def trusted() -> ssl.SSLContext:
    """Return what trusts the authorities in SSL_CERT_FILE, else SSL_CERT_DIR, else certifi's.

    They are read once, until they change, and whoever asks meanwhile waits.

    Raises:
        OSError: they cannot be read.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or not folder:
        file, folder = file or certifi.where(), None
    with _READING:
        return _read(file, folder, Path(file or folder or "").stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _read(file: str | None, folder: str | None, _changed: int) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=file, capath=folder)


def read_ahead() -> None:
    """Read them on a thread: OpenSSL lets others work meanwhile.

    Python waits for it when it ends: OpenSSL, interrupted, would crash the process.
    """
    Thread(target=_read_quietly, daemon=False).start()


def _read_quietly() -> None:
    with suppress(OSError):  # whoever needs them is told
        trusted()
