"""What requireCaller takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from callerid.casing import camel
from callerid.errors import ArgumentError
from callerid.functions.get_current_user import CallerArgs
from callerid.model import PrincipalType  # noqa: TC001 - pydantic reads the types of fields
from callerid.modelling import Field

if TYPE_CHECKING:
    from collections.abc import Collection

Text = Annotated[str, Field(min_length=1, max_length=1024)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]


class RequireCallerArgs(CallerArgs):
    """Which platform and organization to ask about, and the rules; at least one is needed.

    Rules combine with *and*. A rule that needs what the platform does not tell is not kept.
    """

    all_roles: list[Text] | None = Field(None, min_length=1)
    """The caller holds every one of these roles, by exact names. A bare name is an organization
    role, a policy, a permission, or a custom role unless an organization role has that name. Any
    kind can be written out: `organization/NAME`, `policy/NAME`, `permission/NAME`, `custom/NAME`; a
    service role always is: `SERVICE/NAME`, or `service/NAME` for any service. So is a name with a
    slash. Roles that are not active do not count, nor do roles that the access token lacks and
    policies that allow nothing. What a role's `resource` limits it to, and what a policy's
    `statements` deny, is not looked at."""
    any_roles: list[Text] | None = Field(None, min_length=1)
    """The caller holds at least one of these roles; named and counted as in `allRoles`."""
    principal_types: list[PrincipalType] | None = Field(None, min_length=1)
    """The caller is one of these: `user`, `serviceUser`."""
    ids: list[Text] | None = Field(None, min_length=1)
    """The caller's `id` is one of these: it is stable, and needs no verified address."""
    emails: list[Text] | None = Field(None, min_length=1)
    """The caller's e-mail address, as the platform reports it, is one of these, in upper or lower
    case. An address that the platform calls unverified is none."""
    org_ids: list[Text] | None = Field(None, min_length=1)
    """The organization asked about is one of these, by id, in upper or lower case, and the answer
    names no other."""
    min_role_seconds_left: Seconds | None = None
    """The roles that the rules name are held for at least so many seconds more. One that never
    ends is; one whose end is unknown is not: the platform does not tell it, or only the access
    token carries the role."""
    min_token_seconds_left: Seconds | None = None
    """The access token in use is good for at least so many seconds more; a token that does not
    tell is not."""
    on_refusal: Literal["stop", "warn"] | None = None
    """What a refusal does: `stop`, the default, makes it an error of the call; `warn` logs it and
    gives `allowed: false`."""


RULES = tuple(
    camel(name)
    for name in RequireCallerArgs.model_fields
    if name not in {*CallerArgs.model_fields, "on_refusal"}
)
"""Every argument that is a rule."""
RequireCallerArgs.never_null = frozenset(RULES)


def missing(given: Collection[str], unknown: Collection[str] = ()) -> ArgumentError | None:
    """Return the error for a rule that is missing, by the names of the arguments.

    Those that are `unknown` yet may turn out to be given or not: nothing is missing for sure.
    """
    possible = {*given, *unknown}
    if possible.isdisjoint(RULES):
        text = (
            "requireCaller has no rule, and without one it would let everybody pass.\n"
            f"Give it at least one of {', '.join(RULES)}."
        )
        return ArgumentError(text)
    if "minRoleSecondsLeft" in given and possible.isdisjoint(("allRoles", "anyRoles")):
        text = (
            "The argument minRoleSecondsLeft of requireCaller names no role by itself. "
            "Give allRoles or anyRoles too."
        )
        return ArgumentError(text, about="minRoleSecondsLeft")
    return None
