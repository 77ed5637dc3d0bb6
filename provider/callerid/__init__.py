"""callerid tells an infrastructure program who is running it, where, and with which roles.

    import callerid

    me = callerid.get_current_user()

Importing it loads nothing else of callerid; each name is loaded when it is first used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from callerid import errors
    from callerid.functions.get_current_user import GetCurrentUserResult
    from callerid.functions.get_user_org_roles import GetUserOrgRolesResult
    from callerid.guard.require_caller import RequireCallerResult
    from callerid.library import get_current_user, get_user_org_roles, require_caller
    from callerid.model import Organization, Role

__version__ = "0.1.0"
__all__ = [
    "GetCurrentUserResult",
    "GetUserOrgRolesResult",
    "Organization",
    "RequireCallerResult",
    "Role",
    "__version__",
    "errors",
    "get_current_user",
    "get_user_org_roles",
    "require_caller",
]

_HOMES = {
    "GetCurrentUserResult": "callerid.functions.get_current_user",
    "GetUserOrgRolesResult": "callerid.functions.get_user_org_roles",
    "Organization": "callerid.model",
    "RequireCallerResult": "callerid.guard.require_caller",
    "Role": "callerid.model",
    "errors": "callerid.errors",
    "get_current_user": "callerid.library",
    "get_user_org_roles": "callerid.library",
    "require_caller": "callerid.library",
}
"""Public name to the module that has it, or is it."""

if not TYPE_CHECKING:  # or every misspelt name would be taken for one that is loaded late

    def __getattr__(name: str) -> Any:
        """Load a name when it is first used: the plugin imports this too, and starts lean."""
        if name not in _HOMES:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        from importlib import import_module  # noqa: PLC0415 - see above

        module = import_module(_HOMES[name])
        value = globals()[name] = getattr(module, name, module)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
