"""What callerid answers: one file a function, typed arguments in, typed result out.

Schema, decoding, validation, SDK and reference pages are derived from the models in those files.
Each file is loaded when its function is first asked for: most programs ask for one or two.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from callerid.errors import ArgumentError
    from callerid.model import Arguments, Value

FILES = {
    "getCurrentUser": "callerid.functions.get_current_user",
    "getUserOrgRoles": "callerid.functions.get_user_org_roles",
    "requireCaller": "callerid.guard.require_caller",
}
"""Name of a function to the module that answers it, as its `FUNCTION`."""


def _nothing(_given: Collection[str], _unknown: Collection[str]) -> None:
    """Miss no argument, whatever is given."""


class Function(NamedTuple):
    """One function: its name, what it takes, what it gives, and how to answer a call.

    `missing` returns the error for an argument that is missing, by the names of those that are
    given and of those that are not known yet.
    """

    name: str
    args: type[Arguments]
    result: type[Value]
    run: Callable[[Any, Any], Value]
    missing: Callable[[Collection[str], Collection[str]], ArgumentError | None] = _nothing


def load(name: str) -> Function:
    """Load a function of `FILES`."""
    function: Function = import_module(FILES[name]).FUNCTION
    return function
