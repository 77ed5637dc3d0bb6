"""The home folder of whoever runs this; in a container its user may have none."""

from __future__ import annotations

from pathlib import Path

from callerid.errors import ConfigurationError
from callerid.frontends.launchers import WINDOWS

_VARIABLE = "USERPROFILE" if WINDOWS else "HOME"


def folder(purpose: str, other: str = "") -> Path:
    """Find the home folder, as Python does.

    Args:
        purpose: what is kept there.
        other: another variable that would help, set to a folder.

    Raises:
        ConfigurationError: there is none.
    """
    try:
        return Path.home()
    except RuntimeError:  # no HOME, and no entry of the user
        message = (
            f"There is no home folder for {purpose}: {_VARIABLE} is not set, and the system does "
            f"not know this user. Set {f'{other} or ' if other else ''}{_VARIABLE} to a folder."
        )
        raise ConfigurationError(message) from None
