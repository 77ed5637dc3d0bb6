"""Secrets in files, as Docker and Kubernetes mount them: a variable names the file."""

from __future__ import annotations

from pathlib import Path

from callerid import files

MOST_BYTES = 64 * 1024
"""More is no credential: it would fit into no header."""


def read(name: str) -> tuple[str, str | None]:
    """Read a file: its text, and why there is none.

    The text is a secret, and the name may be one by mistake: the reason has neither.
    """
    try:
        return files.read(Path(name), MOST_BYTES).decode("utf-8-sig"), None
    except UnicodeDecodeError:
        return "", "it is not UTF-8 text"
    except (FileNotFoundError, NotADirectoryError):
        return "", "it does not exist"
    except PermissionError:
        return "", "callerid may not read it"
    except OSError as error:
        return "", error.strerror or "it cannot be read"
    except ValueError:  # no name of a file has these characters
        return "", "it does not exist"
