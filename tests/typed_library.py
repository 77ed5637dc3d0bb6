"""What type checkers see of the library. Nobody runs this: mypy reads it, with the rest."""

# pyright: reportUnnecessaryTypeIgnoreComment=false
# It does not see that pydantic's models are frozen, which mypy does.

from __future__ import annotations

from typing_extensions import assert_type

import callerid


def answers(token: str | None) -> callerid.Role:
    """Answers are typed; what may be absent is None."""
    me = callerid.get_current_user(platform="m3ter", csp_api_token=token)
    assert_type(me, callerid.GetCurrentUserResult)
    assert_type(me.email, str | None)
    assert_type(me.organization, callerid.Organization | None)
    mine = callerid.get_user_org_roles(request_timeout_seconds=5)
    assert_type(mine.role_names, list[str])
    return mine.roles[0]


def guard() -> bool:
    """The guard's rules are typed one by one."""
    try:
        passed = callerid.require_caller(any_roles=("org_owner",), min_token_seconds_left=900)
    except callerid.errors.RefusedError as error:
        return bool(str(error))
    assert_type(passed, callerid.RequireCallerResult)
    return passed.allowed


def mistakes() -> None:
    """What cannot be is found before a script runs."""
    callerid.require_caller(any_roles=5)  # type: ignore[arg-type] # no list
    callerid.get_current_user("m3ter")  # type: ignore[call-arg] # by keyword alone
    callerid.get_curent_user()  # type: ignore[attr-defined] # no such function
    callerid.get_current_user().nickname  # type: ignore[attr-defined] # noqa: B018 - no such field
    callerid.get_current_user().email = "x"  # type: ignore[misc] # answers are frozen
