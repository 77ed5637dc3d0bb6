"""The roles of a m3ter caller: permission policies, else what the token permits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from callerid.ends import UNKNOWN, End
from callerid.model import Role, Statement, outside
from callerid.platforms.m3ter.replies import M3terPermissionPolicy, M3terUserGroup
from callerid.platforms.m3ter.results import M3terUserOrgRoles
from callerid.role_rules import allows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callerid.asking.clock import Deadline
    from callerid.asking.refusals import Org
    from callerid.platforms.contract import Principal
    from callerid.platforms.m3ter.client import Holder, M3ter
    from callerid.platforms.m3ter.replies import M3terPolicyStatement, M3terUserDetails

INLINE = "inline"
"""The name of a policy that stands in its holder alone and has no name of its own."""


def read(
    client: M3ter, org: Org, caller: Principal, deadline: Deadline
) -> tuple[list[Role], M3terUserOrgRoles] | None:
    """Read the caller's permission policies and make a role of each.

    Policies do not end, but a person's access to an organization may: unknown where m3ter refuses
    to tell.

    Returns:
        The roles and m3ter's own answer, or None where m3ter refuses to list the policies.
    """
    holder: Holder = "users" if caller.type == "user" else "serviceusers"
    policies = client.policies(org, holder, caller.id, deadline)
    if policies is None:
        return None
    if caller.type == "serviceUser":
        return of_policies(policies, []), M3terUserOrgRoles(permission_policies=policies)
    details = client.user_details(org, caller.id, deadline)
    inline = []
    if details and details.id == caller.id and details.permission_policy:
        inline = [M3terPermissionPolicy(permission_policy=details.permission_policy)]
    groups, group_policies = _groups(client, org, caller.id, deadline)
    found = of_policies([*policies, *inline], group_policies)
    roles = _ending(found, _end(details, caller.id), client.clock.time())
    return roles, M3terUserOrgRoles(permission_policies=policies, user_groups=groups)


def of_token(client: M3ter, org: Org, caller: Principal, deadline: Deadline) -> list[Role] | None:
    """Make a role of each permission in the token's claims; None where it has no such claim.

    It tells no end, but a person's access may be over, and then nothing counts.
    """
    permitted = of_claims(client.token(deadline).claims)
    if permitted is None or caller.type == "serviceUser":
        return permitted
    details = client.user_details(org, caller.id, deadline)
    end = details.dt_end_access if details else None
    return _ending(permitted, End(end, told=False), client.clock.time())


def _ending(roles: list[Role], end: End, now: float) -> list[Role]:
    return [role.model_copy(update=end.of_role(now)) for role in roles]


def _end(details: M3terUserDetails | None, user_id: str) -> End:
    """Read when a person's access ends; unknown where the answer is not about the person."""
    if details is None:
        return UNKNOWN
    return End(details.dt_end_access, told=details.id == user_id)


def of_policies(
    own: Sequence[M3terPermissionPolicy], through_groups: Sequence[M3terPermissionPolicy]
) -> list[Role]:
    """Make a role of each permission policy.

    What statements a policy has counts for it wherever it stands; if it is told twice and one of
    the tellings allows nothing, that one counts.
    """
    told: dict[str, list[Statement]] = {}
    for policy in (*own, *through_groups):
        statements = _statements(policy.permission_policy)
        known = told.get(_key(policy))
        if statements is not None and (known is None or not _allow(statements)):
            told[_key(policy)] = statements
    held = [(policy, "DIRECT") for policy in own]
    held += [(policy, "GROUP") for policy in through_groups]
    return [
        Role(
            name=policy.name or policy.id or INLINE,
            kind="policy",
            source="api",
            active=True,
            end_known=True,
            membership_type=membership_type,
            statements=_of_this(_statements(policy.permission_policy), told.get(_key(policy))),
        )
        for policy, membership_type in held
    ]


def _key(policy: M3terPermissionPolicy) -> str:
    return policy.id or policy.name or INLINE


def _allow(statements: list[Statement]) -> bool:
    return any(map(allows, statements))


def _of_this(
    own: list[Statement] | None, elsewhere: list[Statement] | None
) -> list[Statement] | None:
    if own is None or elsewhere is None:
        return elsewhere
    return own if _allow(elsewhere) else elsewhere


def of_claims(token: Mapping[str, Any]) -> list[Role] | None:
    """Make a role of each permission in a token's claims; None where it has no such claim.

    The claim maps `SERVICE#ACTION#RESOURCE` to true or false.
    """
    permissions = token.get("permissions")
    if not isinstance(permissions, dict):
        return None
    held = [_permission(key) for key, is_held in permissions.items() if is_held is True]
    return [role for role in held if role.name.strip()]


def _groups(
    client: M3ter, org: Org, user_id: str, deadline: Deadline
) -> tuple[list[M3terUserGroup] | None, list[M3terPermissionPolicy]]:
    """Read the person's groups and their policies, each once; what is refused is left out."""
    groups = client.user_groups(org, user_id, deadline)
    if groups is None:
        client.warn(_GROUPS_REFUSED)
        return None, []
    found: dict[str, M3terPermissionPolicy] = {}
    for group in groups:
        policies = client.policies(org, "resourcegroups/user", group.id, deadline)
        if policies is None:
            client.warn(_GROUPS_REFUSED)
        found |= {json.dumps(outside(policy)): policy for policy in policies or []}
    return groups, list(found.values())


_GROUPS_REFUSED = (
    "m3ter refuses to tell the caller's user groups or their permission policies, so roles held "
    "through a group are missing. Ask for the right to retrieve user groups."
)


def action(text: str) -> str:
    """Write an action one way: `config:create` and `CONFIG_CREATE` are the same to m3ter."""
    return text.replace(":", "_").upper()


def _statements(told: list[M3terPolicyStatement] | None) -> list[Statement] | None:
    return None if told is None else [_statement(each) for each in told]


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
        end_known=False,
        service_name=(service.strip() or None) if name else None,
        resource=resource or None,
    )
