# Generated from schema.json by sdk/generate.py; edit those.
"""Tells a Pulumi program who is running it, in which organization, with which roles.

Answered live by the API that issued the caller's credential.
"""

from pulumi_callerid import config, outputs
from pulumi_callerid.get_current_user import (
    AwaitableGetCurrentUserResult,
    GetCurrentUserResult,
    get_current_user,
    get_current_user_output,
)
from pulumi_callerid.get_user_org_roles import (
    AwaitableGetUserOrgRolesResult,
    GetUserOrgRolesResult,
    get_user_org_roles,
    get_user_org_roles_output,
)
from pulumi_callerid.provider import Provider, ProviderArgs
from pulumi_callerid.require_caller import (
    AwaitableRequireCallerResult,
    RequireCallerResult,
    require_caller,
    require_caller_output,
)

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
