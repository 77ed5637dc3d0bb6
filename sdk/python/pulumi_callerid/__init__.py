# Generated from schema.json by sdk/generate.py; edit those.
"""Tells a Pulumi program who is running it, in which organization, with which roles.

Answered live by the API that issued the caller's credential.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_callerid import config, outputs
    from pulumi_callerid._get_current_user import (
        AwaitableGetCurrentUserResult,
        GetCurrentUserResult,
        get_current_user,
        get_current_user_output,
    )
    from pulumi_callerid._get_user_org_roles import (
        AwaitableGetUserOrgRolesResult,
        GetUserOrgRolesResult,
        get_user_org_roles,
        get_user_org_roles_output,
    )
    from pulumi_callerid._require_caller import (
        AwaitableRequireCallerResult,
        RequireCallerResult,
        require_caller,
        require_caller_output,
    )
    from pulumi_callerid.provider import Provider, ProviderArgs

__all__ = [
    "AwaitableGetCurrentUserResult",
    "AwaitableGetUserOrgRolesResult",
    "AwaitableRequireCallerResult",
    "GetCurrentUserResult",
    "GetUserOrgRolesResult",
    "Provider",
    "ProviderArgs",
    "RequireCallerResult",
    "config",
    "get_current_user",
    "get_current_user_output",
    "get_user_org_roles",
    "get_user_org_roles_output",
    "outputs",
    "require_caller",
    "require_caller_output",
]

_HOMES = {
    "AwaitableGetCurrentUserResult": "_get_current_user",
    "AwaitableGetUserOrgRolesResult": "_get_user_org_roles",
    "AwaitableRequireCallerResult": "_require_caller",
    "GetCurrentUserResult": "_get_current_user",
    "GetUserOrgRolesResult": "_get_user_org_roles",
    "Provider": "provider",
    "ProviderArgs": "provider",
    "RequireCallerResult": "_require_caller",
    "config": "config",
    "get_current_user": "_get_current_user",
    "get_current_user_output": "_get_current_user",
    "get_user_org_roles": "_get_user_org_roles",
    "get_user_org_roles_output": "_get_user_org_roles",
    "outputs": "outputs",
    "provider": "provider",
    "require_caller": "_require_caller",
    "require_caller_output": "_require_caller",
}
"""Name to the module that brings it."""

if not TYPE_CHECKING:  # or every misspelt name would be taken for one that is loaded late

    def __getattr__(name: str) -> Any:
        """Load a name when it is first used: importing the package alone costs nothing."""
        if name not in _HOMES:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        module = import_module(f"{__name__}.{_HOMES[name]}")
        value = module if _HOMES[name] == name else getattr(module, name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
