"""The extra `callerid[testing]`: what to say where it is not installed."""

from __future__ import annotations

_LIBRARIES = {"google", "grpc", "pulumi", "semver", "starlette", "uvicorn", "yaml"}


def explain(error: ModuleNotFoundError, what: str) -> str:
    """Say how to install what is missing; `what` needs it, such as `The preview`.

    Raises:
        ModuleNotFoundError: the error itself, where the extra does not bring the module.
    """
    library = (error.name or "").partition(".")[0]
    if library not in _LIBRARIES:
        raise error
    return f'{what} needs {library}: pip install "callerid[testing]"'
