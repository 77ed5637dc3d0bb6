# Generated from schema.json by sdk/generate.py; edit those.
"""Get who is calling: the person or machine behind the credential in use."""

from collections.abc import Generator
from typing import Any

import pulumi

from pulumi_callerid import _calls, outputs

__all__ = [
    "AwaitableGetCurrentUserResult",
    "GetCurrentUserResult",
    "get_current_user",
    "get_current_user_output",
]


@_calls.output_type
class GetCurrentUserResult(dict[str, Any]):
    """Who calls, as the platform that issued the credential answers."""

    credential_source: str = pulumi.property("credentialSource")
    """Which credential decided the answer, for example `environment CSP_API_TOKEN`."""
    display_name: str = pulumi.property("displayName")
    """The caller's name for people, never empty: a person's first and last name, else e-mail
    address, else user name, else id; a machine's name, else id.
    """
    id: str = pulumi.property("id")
    """The caller's id at the platform; stable."""
    org_id: str = pulumi.property("orgId")
    """The id of the organization that was asked about."""
    platform: str = pulumi.property("platform")
    """The platform that answered: `m3ter` or `csp`."""
    principal_type: str = pulumi.property("principalType")
    """`user` for a person, `serviceUser` for a machine."""
    csp: outputs.CspUser | None = pulumi.property("csp", default=None)
    """VMware Cloud Services' own answer about a person, every field of it but the password."""
    email: str | None = pulumi.property("email", default=None)
    """The e-mail address, where the platform has one. Personal data."""
    m3ter: outputs.M3terCurrentUser | None = pulumi.property("m3ter", default=None)
    """m3ter's own answer, every field of it."""
    organization: outputs.Organization | None = pulumi.property("organization", default=None)
    """The organization that was asked about."""
    recorded_at: str | None = pulumi.property("recordedAt", default=None)
    """When the answer was recorded, RFC 3339 in UTC, or `an unknown time`; only in answers
    replayed from a recording.
    """
    username: str | None = pulumi.property("username", default=None)
    """The user name, where the platform has one."""


class AwaitableGetCurrentUserResult(GetCurrentUserResult):
    """A `GetCurrentUserResult` that may be awaited, though it is there already."""

    def __await__(self) -> Generator[Any, None, GetCurrentUserResult]:
        """Give the answer at once."""
        yield from ()
        return GetCurrentUserResult(**dict(self))


_FUNCTION = _calls.Function(
    "callerid:index:getCurrentUser",
    "get_current_user",
    GetCurrentUserResult,
    {
        "orgId": _calls.Argument("org_id", "string"),
        "platform": _calls.Argument("platform", "string"),
    },
)


def get_current_user(
    org_id: str | None = None, platform: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> AwaitableGetCurrentUserResult:
    """Get who is calling: the person or machine behind the credential in use.

    The answer comes live from the API that issued the credential. Nothing in it is a secret.

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

        me = callerid.get_current_user()

        pulumi.export("caller", me.display_name)
        pulumi.export("branch", "pipeline" if me.principal_type == "serviceUser" else "workbench")
    """
    return AwaitableGetCurrentUserResult(
        **vars(_FUNCTION.now({"orgId": org_id, "platform": platform}, opts))
    )


def get_current_user_output(
    org_id: pulumi.Input[str | None] = None,
    platform: pulumi.Input[str | None] = None,
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetCurrentUserResult]:
    """Get who is calling: the person or machine behind the credential in use.

    The answer comes live from the API that issued the credential. Nothing in it is a secret.

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
