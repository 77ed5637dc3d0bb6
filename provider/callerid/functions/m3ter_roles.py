"""The roles of a m3ter caller: permission policies, else what the token permits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from callerid.model import Role, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from callerid.platforms.m3ter_replies import M3terPermissionPolicy, M3terPolicyStatement

INLINE = "inline"
"""The name of a policy that stands in its holder alone and has no name of its own."""


def of_policies(
    policies: Iterable[M3terPermissionPolicy], membership_type: Literal["DIRECT", "GROUP"]
) -> list[Role]:
    """Make a role of each permission policy. Policies do not expire."""
    return [
        Role(
            name=policy.name or policy.id or INLINE,
            kind="policy",
            source="api",
            active=True,
            membership_type=membership_type,
            statements=[_statement(each) for each in policy.permission_policy or []] or None,
        )
        for policy in policies
    ]


def of_claims(token: Mapping[str, Any]) -> list[Role] | None:
    """Make a role of each permission in a token's claims; None where it has no such claim.

    The claim maps `SERVICE#ACTION#RESOURCE` to true or false.
    """
    permissions = token.get("permissions")
    if not isinstance(permissions, dict):
        return None
    return [_permission(key) for key, held in permissions.items() if held is True]


def action(text: str) -> str:
    """Write an action one way: `config:create` and `CONFIG_CREATE` are the same to m3ter."""
    return text.replace(":", "_").upper()


def _statement(statement: M3terPolicyStatement) -> Statement:
    return Statement(
        effect=statement.effect.upper() if statement.effect else None,
        actions=[action(each) for each in statement.action or []] or None,
        resources=statement.resource,
    )


def _permission(key: str) -> Role:
    service, _, rest = key.partition("#")
    name, _, resource = rest.partition("#")
    return Role(
        name=action(name or service),
        kind="permission",
        source="token",
        active=True,
        service_name=service if name else None,
        resource=resource or None,
    )
