"""What requireCaller takes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from callerid.functions.get_current_user import CallerArgs
from callerid.model import PrincipalType  # noqa: TC001 - pydantic reads the types of fields

Text = Annotated[str, Field(min_length=1, max_length=1024)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]


class RequireCallerArgs(CallerArgs):
    """Which platform and organization to ask about, and the rules; at least one is needed.

    Rules combine with *and*. A rule that needs what the platform does not tell is not kept.
    """

    all_roles: list[Text] | None = Field(None, min_length=1)
    """The caller holds every one of these roles. Names match exactly; a service role is `name` or
    `serviceName/name`. Expired roles do not count, nor do roles that the access token lacks. What a
    role's `resource` limits it to is not looked at."""
    any_roles: list[Text] | None = Field(None, min_length=1)
    """The caller holds at least one of these roles; named and counted as in `allRoles`."""
    principal_types: list[PrincipalType] | None = Field(None, min_length=1)
    """The caller is one of these: `user`, `serviceUser`."""
    emails: list[Text] | None = Field(None, min_length=1)
    """The caller's e-mail address, as the platform reports it, is one of these, in upper or lower
    case."""
    org_ids: list[Text] | None = Field(None, min_length=1)
    """The organization asked about is one of these, by id, in upper or lower case."""
    min_role_seconds_left: Seconds | None = None
    """The roles that the rules name are held for at least so many seconds more. One that never
    expires is; one that only the access token carries is not, for nobody knows when it ends."""
    min_token_seconds_left: Seconds | None = None
    """The access token in use is good for at least so many seconds more; a token that does not
    tell is not."""
    on_refusal: Literal["stop", "warn"] | None = None
    """What a refusal does: `stop`, the default, makes it an error of the call; `warn` logs it and
    gives `allowed: false`."""


RULES = tuple(
    name
    for name in RequireCallerArgs.model_fields
    if name not in {*CallerArgs.model_fields, "on_refusal"}
)
"""Every argument that is a rule."""
