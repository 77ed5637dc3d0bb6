# Generated from schema.json by sdk/generate.py; edit those.
"""Require that the caller may go on: of the right kind, with the right roles."""

from collections.abc import Generator, Sequence
from typing import Any

import pulumi

from pulumi_callerid import _calls

__all__ = [
    "AwaitableRequireCallerResult",
    "RequireCallerResult",
    "require_caller",
    "require_caller_output",
]


@_calls.output_type
class RequireCallerResult(dict[str, Any]):
    """Whether the caller may go on, and if not, why."""

    allowed: bool = pulumi.property("allowed")
    """True when the caller keeps every rule; never true on a refusal."""
    display_name: str = pulumi.property("displayName")
    """The caller's name for people, never empty."""
    id: str = pulumi.property("id")
    """The caller's id at the platform; stable."""
    org_id: str = pulumi.property("orgId")
    """The id of the organization that was asked about."""
    reasons: Sequence[str] = pulumi.property("reasons")
    """Why not: a sentence for each rule that is not kept. Empty when `allowed`. It quotes the
    rules, so keep secrets out of them.
    """
    role_names: Sequence[str] = pulumi.property("roleNames")
    """The names of the caller's active roles, sorted, each once."""
    recorded_at: str | None = pulumi.property("recordedAt", default=None)
    """When the answer was recorded, RFC 3339 in UTC, or `an unknown time`; only in answers
    replayed from a recording.
    """

    def __bool__(self) -> bool:
        """Whether the caller may go on: `if require_caller(…)` must not let all pass."""
        return self.allowed is True


class AwaitableRequireCallerResult(RequireCallerResult):
    """A `RequireCallerResult` that may be awaited, though it is there already."""

    def __await__(self) -> Generator[Any, None, RequireCallerResult]:
        """Give the answer at once."""
        yield from ()
        return RequireCallerResult(**dict(self))


_FUNCTION = _calls.Guard(
    "callerid:index:requireCaller",
    "require_caller",
    RequireCallerResult,
    {
        "allRoles": _calls.Argument("all_roles", "array"),
        "anyRoles": _calls.Argument("any_roles", "array"),
        "emails": _calls.Argument("emails", "array"),
        "ids": _calls.Argument("ids", "array"),
        "minRoleSecondsLeft": _calls.Argument("min_role_seconds_left", "number"),
        "minTokenSecondsLeft": _calls.Argument("min_token_seconds_left", "number"),
        "onRefusal": _calls.Argument("on_refusal", "string"),
        "orgId": _calls.Argument("org_id", "string"),
        "orgIds": _calls.Argument("org_ids", "array"),
        "platform": _calls.Argument("platform", "string"),
        "principalTypes": _calls.Argument("principal_types", "array"),
    },
)


def require_caller(  # noqa: PLR0913, PLR0917 - one argument an input
    all_roles: Sequence[str] | None = None,
    any_roles: Sequence[str] | None = None,
    emails: Sequence[str] | None = None,
    ids: Sequence[str] | None = None,
    min_role_seconds_left: float | None = None,
    min_token_seconds_left: float | None = None,
    on_refusal: str | None = None,
    org_id: str | None = None,
    org_ids: Sequence[str] | None = None,
    platform: str | None = None,
    principal_types: Sequence[str] | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> AwaitableRequireCallerResult:
    """Require that the caller may go on: of the right kind, with the right roles.

    It fails closed: what the platform does not tell never passes a rule that needs it, and an API
    that fails is an error, with `onRefusal: warn` too.

    Called first, in its plain form, it guards the whole program; its output form guards only what
    consumes the answer, and so does every call in YAML.

    Args:
        all_roles: The caller holds every one of these roles, by exact names. A bare name is an
            organization role, a policy, a permission, or a custom role unless an organization role
            has that name. Any kind can be written out: `organization/NAME`, `policy/NAME`,
            `permission/NAME`, `custom/NAME`; a service role always is: `SERVICE/NAME`, or
            `service/NAME` for any service. So is a name with a slash. Roles that are not active do
            not count, nor do roles that the access token lacks and policies that allow nothing.
            What a role's `resource` limits it to, and what a policy's `statements` deny, is not
            looked at.
        any_roles: The caller holds at least one of these roles; named and counted as in `allRoles`.
        emails: The caller's e-mail address, as the platform reports it, is one of these, in upper
            or lower case. An address that the platform calls unverified is none.
        ids: The caller's `id` is one of these: it is stable, and needs no verified address.
        min_role_seconds_left: The roles that the rules name are held for at least so many seconds
            more. One that never ends is; one whose end is unknown is not: the platform does not
            tell it, or only the access token carries the role.
        min_token_seconds_left: The access token in use is good for at least so many seconds more; a
            token that does not tell is not.
        on_refusal: What a refusal does: `stop`, the default, makes it an error of the call; `warn`
            logs it and gives `allowed: false`.
        org_id: The organization to ask about, a UUID. Defaults to the provider's setting, else to
            the token's own organization.
        org_ids: The organization asked about is one of these, by id, in upper or lower case, and
            the answer names no other.
        platform: `m3ter` or `csp`. Defaults to the provider's `platform`, else to the only platform
            with a credential.
        principal_types: The caller is one of these: `user`, `serviceUser`.
        opts: Options of the call, for example an explicit provider.

    Raises:
        pulumi.RunError: the provider refused, and the text says why; or an argument is wrong; or an
            argument, or a setting of the provider, is not known yet; or the answer is not usable.

    Example:
        import pulumi

        import pulumi_callerid as callerid

        # First: a refusal ends the program here. With require_caller_output it would not.
        administrator = callerid.require_caller(any_roles=["org_owner", "Administrator"])

        pulumi.Stash("createdBy", input=administrator.display_name)
        pulumi.export("administrator", administrator.display_name)
    """
    return AwaitableRequireCallerResult(
        **vars(
            _FUNCTION.now(
                {
                    "allRoles": all_roles,
                    "anyRoles": any_roles,
                    "emails": emails,
                    "ids": ids,
                    "minRoleSecondsLeft": min_role_seconds_left,
                    "minTokenSecondsLeft": min_token_seconds_left,
                    "onRefusal": on_refusal,
                    "orgId": org_id,
                    "orgIds": org_ids,
                    "platform": platform,
                    "principalTypes": principal_types,
                },
                opts,
            )
        )
    )


def require_caller_output(  # noqa: PLR0913, PLR0917 - one argument an input
    all_roles: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
    any_roles: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
    emails: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
    ids: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
    min_role_seconds_left: pulumi.Input[float | None] = None,
    min_token_seconds_left: pulumi.Input[float | None] = None,
    on_refusal: pulumi.Input[str | None] = None,
    org_id: pulumi.Input[str | None] = None,
    org_ids: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
    platform: pulumi.Input[str | None] = None,
    principal_types: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[RequireCallerResult]:
    """Require that the caller may go on: of the right kind, with the right roles.

    It fails closed: what the platform does not tell never passes a rule that needs it, and an API
    that fails is an error, with `onRefusal: warn` too.

    Called first, in its plain form, it guards the whole program; its output form guards only what
    consumes the answer, and so does every call in YAML.

    Args:
        all_roles: The caller holds every one of these roles, by exact names. A bare name is an
            organization role, a policy, a permission, or a custom role unless an organization role
            has that name. Any kind can be written out: `organization/NAME`, `policy/NAME`,
            `permission/NAME`, `custom/NAME`; a service role always is: `SERVICE/NAME`, or
            `service/NAME` for any service. So is a name with a slash. Roles that are not active do
            not count, nor do roles that the access token lacks and policies that allow nothing.
            What a role's `resource` limits it to, and what a policy's `statements` deny, is not
            looked at.
        any_roles: The caller holds at least one of these roles; named and counted as in `allRoles`.
        emails: The caller's e-mail address, as the platform reports it, is one of these, in upper
            or lower case. An address that the platform calls unverified is none.
        ids: The caller's `id` is one of these: it is stable, and needs no verified address.
        min_role_seconds_left: The roles that the rules name are held for at least so many seconds
            more. One that never ends is; one whose end is unknown is not: the platform does not
            tell it, or only the access token carries the role.
        min_token_seconds_left: The access token in use is good for at least so many seconds more; a
            token that does not tell is not.
        on_refusal: What a refusal does: `stop`, the default, makes it an error of the call; `warn`
            logs it and gives `allowed: false`.
        org_id: The organization to ask about, a UUID. Defaults to the provider's setting, else to
            the token's own organization.
        org_ids: The organization asked about is one of these, by id, in upper or lower case, and
            the answer names no other.
        platform: `m3ter` or `csp`. Defaults to the provider's `platform`, else to the only platform
            with a credential.
        principal_types: The caller is one of these: `user`, `serviceUser`.
        opts: Options of the call, for example an explicit provider or what it depends on.

    Returns:
        The answer; unknown where an argument, or a setting of the provider, is not known yet. It
        fails where the provider refused, or the answer is not usable.

    Raises:
        pulumi.RunError: a plain argument is wrong; the text says which.
    """
    return _FUNCTION.later(
        {
            "allRoles": all_roles,
            "anyRoles": any_roles,
            "emails": emails,
            "ids": ids,
            "minRoleSecondsLeft": min_role_seconds_left,
            "minTokenSecondsLeft": min_token_seconds_left,
            "onRefusal": on_refusal,
            "orgId": org_id,
            "orgIds": org_ids,
            "platform": platform,
            "principalTypes": principal_types,
        },
        opts,
    )
