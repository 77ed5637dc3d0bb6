"""The extra `callerid[sandbox]`: what to say where it is not installed."""

from __future__ import annotations

from typing import NoReturn

import click

_LIBRARIES = {"starlette", "uvicorn", "yaml"}


def explain_missing(error: ModuleNotFoundError) -> NoReturn:
    """Say how to install what is missing.

    Raises:
        click.ClickException: the sentence.
        ModuleNotFoundError: the error itself, where the extra does not bring the module.
    """
    library = (error.name or "").partition(".")[0]
    if library not in _LIBRARIES:
        raise error
    text = f'The sandbox needs {library}: pip install "callerid[sandbox]"'
    raise click.ClickException(text) from None
