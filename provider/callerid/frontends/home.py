"""The home folder of whoever runs this; in a container its user may have none."""

from __future__ import annotations

from pathlib import Path

from callerid.errors import ConfigurationError


def folder(purpose: str, variables: str) -> Path:
    """Find the home folder, as Python does.

    Args:
        purpose: what is kept there.
        variables: which of them, set to a folder, would help.

    Raises:
        ConfigurationError: there is none.
    """
    try:
        return Path.home()
    except RuntimeError:  # no HOME, and no entry of the user
        message = (
            f"There is no home folder for {purpose}: HOME is not set, and the system does not know "
            f"this user. Set {variables} to a folder."
        )
        raise ConfigurationError(message) from None
