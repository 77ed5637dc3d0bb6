"""Secrets in files, as Docker and Kubernetes mount them: a variable names the file."""

from __future__ import annotations

import errno
from pathlib import Path

from callerid import files

MOST_BYTES = 64 * 1024
"""More is no credential: it would fit into no header."""
_FIRST_PRINTABLE = ord(" ")


def read(name: str) -> str:
    """Read a file; its text is a secret, without blanks around it.

    Raises:
        OSError: it cannot be read, is no file, is too long, or has more than one line.
        ValueError: it is not UTF-8 text, or no file can have that name.
    """
    text = files.utf8(files.read(Path(name), MOST_BYTES)).strip()
    if any(ord(each) < _FIRST_PRINTABLE for each in text):
        raise OSError(errno.EINVAL, "it holds more than one line, or control characters")
    return text


def why(error: OSError | ValueError) -> str:
    """Say why `read` failed, without the name: it may be the secret itself by mistake."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    if isinstance(error, (FileNotFoundError, NotADirectoryError, ValueError)):
        return "it does not exist"
    if isinstance(error, PermissionError):
        return "callerid may not read it"
    return error.strerror or "it cannot be read"
