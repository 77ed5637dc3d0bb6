"""The extras `callerid[sandbox]` and `callerid[testing]`: what to say where one is missing."""

from __future__ import annotations

from typing import Literal

_SANDBOX = frozenset({"starlette", "uvicorn", "yaml"})
_LIBRARIES = {
    "sandbox": _SANDBOX,
    "testing": _SANDBOX | {"google", "grpc", "pulumi", "semver"},
}
"""The libraries that each brings; testing brings the sandbox's too."""


def explain(error: ModuleNotFoundError, what: str, extra: Literal["sandbox", "testing"]) -> str:
    """Say how to install what is missing; `what` needs it, such as `The preview`.

    Raises:
        ModuleNotFoundError: the error itself, where the extra does not bring the module.
    """
    library = (error.name or "").partition(".")[0]
    if library not in _LIBRARIES[extra]:
        raise error
    return f'{what} needs {library}: pip install "callerid[{extra}]"'
