"""What callerid answers: one file a function, typed arguments in, typed result out.

Schema, decoding, validation, SDK and reference pages are derived from the models named here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.functions.get_current_user import (
    GetCurrentUserArgs,
    GetCurrentUserResult,
    get_current_user,
)
from callerid.functions.get_user_org_roles import (
    GetUserOrgRolesArgs,
    GetUserOrgRolesResult,
    get_user_org_roles,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.model import Arguments, Value


class Function(NamedTuple):
    """One function: its name, what it takes, what it gives, and how to answer a call."""

    name: str
    args: type[Arguments]
    result: type[Value]
    run: Callable[[Any, Any], Value]


FUNCTIONS = {
    function.name: function
    for function in (
        Function("getCurrentUser", GetCurrentUserArgs, GetCurrentUserResult, get_current_user),
        Function("getUserOrgRoles", GetUserOrgRolesArgs, GetUserOrgRolesResult, get_user_org_roles),
    )
}
