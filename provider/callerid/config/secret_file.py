"""Secrets in files, as Docker and Kubernetes mount them: a variable names the file."""

from __future__ import annotations

from pathlib import Path

from callerid import files

MOST_BYTES = 64 * 1024
"""More is no credential: it would fit into no header."""
_FIRST_PRINTABLE = ord(" ")


def read(name: str) -> tuple[str, str | None]:
    """Read a file: its text, and why there is none.

    The text is a secret, and the name may be one by mistake: the reason has neither.
    """
    try:
        text = files.read(Path(name), MOST_BYTES).decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return "", "it is not UTF-8 text"
    except (OSError, ValueError) as error:
        return "", _why(error)
    if any(ord(each) < _FIRST_PRINTABLE for each in text):
        return "", "it holds more than one line, or control characters"
    return text, None


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, PermissionError):
        return "callerid may not read it"
    if isinstance(error, FileNotFoundError | NotADirectoryError) or not isinstance(error, OSError):
        return "it does not exist"  # a ValueError: no name of a file has these characters
    return error.strerror or "it cannot be read"
