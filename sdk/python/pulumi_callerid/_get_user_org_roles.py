# Generated from schema.json by sdk/generate.py; edit those.
"""Get the roles of whoever is calling, in one organization."""

from collections.abc import Generator, Sequence
from typing import Any

import pulumi

from pulumi_callerid import _calls, outputs

__all__ = [
    "AwaitableGetUserOrgRolesResult",
    "GetUserOrgRolesResult",
    "get_user_org_roles",
    "get_user_org_roles_output",
]


@_calls.output_type
class GetUserOrgRolesResult(dict[str, Any]):
    """The caller's roles in an organization."""

    credential_source: str = pulumi.property("credentialSource")
    """Which credential decided the answer, for example `environment CSP_API_TOKEN`."""
    display_name: str = pulumi.property("displayName")
    """The caller's name for people, never empty."""
    fingerprint: str = pulumi.property("fingerprint")
    """SHA-256 over platform, user id, organization id and role names, in hexadecimal: it changes
    when, and only when, one of them does.
    """
    org_id: str = pulumi.property("orgId")
    """The id of the organization that was asked about."""
    organizations: Sequence[outputs.ReportedOrganization] = pulumi.property("organizations")
    """The organizations that the API reported, sorted by name."""
    platform: str = pulumi.property("platform")
    """The platform that answered: `m3ter` or `csp`."""
    principal_type: str = pulumi.property("principalType")
    """`user` for a person, `serviceUser` for a machine."""
    role_names: Sequence[str] = pulumi.property("roleNames")
    """The names of the active roles, sorted, each once. The name of an organization role stands
    here for that role only, never for a custom or service role of the same name.
    """
    roles: Sequence[outputs.Role] = pulumi.property("roles")
    """All roles of the caller, expired ones included, sorted by name."""
    user_id: str = pulumi.property("userId")
    """The caller's id at the platform; stable."""
    csp: outputs.CspUserOrgRoles | None = pulumi.property("csp", default=None)
    """VMware Cloud Services' own answer about a person, every field of it but the password."""
    email: str | None = pulumi.property("email", default=None)
    """The e-mail address, where the platform has one. Personal data."""
    m3ter: outputs.M3terUserOrgRoles | None = pulumi.property("m3ter", default=None)
    """m3ter's own answer, every field of it."""
    recorded_at: str | None = pulumi.property("recordedAt", default=None)
    """When the answer was recorded, RFC 3339 in UTC, or `an unknown time`; only in answers
    replayed from a recording.
    """


class AwaitableGetUserOrgRolesResult(GetUserOrgRolesResult):
    """A `GetUserOrgRolesResult` that may be awaited, though it is there already."""

    def __await__(self) -> Generator[Any, None, GetUserOrgRolesResult]:
        """Give the answer at once."""
        yield from ()
        return GetUserOrgRolesResult(**dict(self))


_FUNCTION = _calls.Function(
    "callerid:index:getUserOrgRoles",
    "get_user_org_roles",
    GetUserOrgRolesResult,
    {
        "orgId": _calls.Argument("org_id", "string"),
        "platform": _calls.Argument("platform", "string"),
    },
)


def get_user_org_roles(
    org_id: str | None = None, platform: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> AwaitableGetUserOrgRolesResult:
    """Get the roles of whoever is calling, in one organization.

    The answer comes live from the API that issued the credential; where that API does not answer
    for the caller, from the access token's claims, and then each role says `source: token`.

    Args:
        org_id: The organization to ask about, a UUID. Defaults to the provider's setting, else to
            the token's own organization.
        platform: `m3ter` or `csp`. Defaults to the provider's `platform`, else to the only platform
            with a credential.
        opts: Options of the call, for example an explicit provider.

    Raises:
        pulumi.RunError: the provider refused, and the text says why; or an argument is wrong; or an
            argument, or a setting of the provider, is not known yet; or the answer is not usable.

    Example:
        import pulumi

        import pulumi_callerid as callerid

        mine = callerid.get_user_org_roles()

        pulumi.export("roles", mine.role_names)
        pulumi.export("size", "large" if "org_owner" in mine.role_names else "small")
    """
    return AwaitableGetUserOrgRolesResult(
        **vars(_FUNCTION.now({"orgId": org_id, "platform": platform}, opts))
    )


def get_user_org_roles_output(
    org_id: pulumi.Input[str | None] = None,
    platform: pulumi.Input[str | None] = None,
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetUserOrgRolesResult]:
    """Get the roles of whoever is calling, in one organization.

    The answer comes live from the API that issued the credential; where that API does not answer
    for the caller, from the access token's claims, and then each role says `source: token`.

    Args:
        org_id: The organization to ask about, a UUID. Defaults to the provider's setting, else to
            the token's own organization.
        platform: `m3ter` or `csp`. Defaults to the provider's `platform`, else to the only platform
            with a credential.
        opts: Options of the call, for example an explicit provider or what it depends on.

    Returns:
        The answer; unknown where an argument, or a setting of the provider, is not known yet. It
        fails where the provider refused, or the answer is not usable.

    Raises:
        pulumi.RunError: a plain argument is wrong; the text says which.
    """
    return _FUNCTION.later({"orgId": org_id, "platform": platform}, opts)
