"""The roles of a m3ter caller: permission policies, else what the token permits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from callerid.ends import UNKNOWN, End
from callerid.model import MOST_ITEMS, Role, Statement, outside
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


def of_token(
    client: M3ter, org: Org, caller: Principal, deadline: Deadline, *, here: bool
) -> list[Role] | None:
    """Make a role of each permission in the token's claims; None where it has no such claim.

    It tells no end, but a person's access may be over, and then nothing counts; nor does it where
    nobody tells that the token is of the organization asked about: not `here`.
    """
    permitted = of_claims(client.token(deadline, org).claims)
    if permitted is None:
        return None
    details = client.user_details(org, caller.id, deadline) if caller.type == "user" else None
    end = End(details.dt_end_access if details else None, told=False)
    return _ending(permitted, end, client.clock.time(), here=here)


def _ending(roles: list[Role], end: End, now: float, *, here: bool = True) -> list[Role]:
    return [role.model_copy(update=end.of_role(now, here=here)) for role in roles]


def _end(details: M3terUserDetails | None, user_id: str) -> End:
    """Read when a person's access ends; unknown where the answer is not about the person."""
    if details is None:
        return UNKNOWN
    return End(details.dt_end_access, told=details.id == user_id)


def of_policies(
    own: Sequence[M3terPermissionPolicy], through_groups: Sequence[M3terPermissionPolicy]
) -> list[Role]:
    """Make a role of each permission policy, once for each way of holding it.

    A policy may be told several times, in one list, on two pages, directly and in a group: the
    strictest telling counts.
    """
    ids = _ids([*own, *through_groups])
    told: dict[str, list[M3terPermissionPolicy]] = {}
    held: dict[tuple[str, str], None] = {}
    for way, policies in (("DIRECT", own), ("GROUP", through_groups)):
        for policy in policies:
            key = _key(policy, ids)
            told.setdefault(key, []).append(policy)
            held[key, way] = None
    return [_role(told[key], way) for key, way in held]


def _ids(policies: Sequence[M3terPermissionPolicy]) -> dict[str | None, set[str]]:
    """Give the ids of the policies of each name."""
    found: dict[str | None, set[str]] = {}
    for policy in policies:
        if policy.name and policy.id:
            found.setdefault(policy.name, set()).add(policy.id)
    return found


def _key(policy: M3terPermissionPolicy, ids: Mapping[str | None, set[str]]) -> str:
    """Tell a policy from others: by its id, else that of the only one of its name, else its name.

    One that has neither is known by its statements.
    """
    of_name = ids.get(policy.name, set())
    if policy.id or len(of_name) == 1:
        return f"id {policy.id or next(iter(of_name))}"
    return f"name {policy.name}" if policy.name else json.dumps(outside(policy))


def _role(tellings: Sequence[M3terPermissionPolicy], membership_type: str) -> Role:
    """Make the role of one policy; a name that not every telling of it agrees on is none."""
    names = list({policy.name: None for policy in tellings if policy.name})
    own_id = next((policy.id for policy in tellings if policy.id), None)
    told = [policy.permission_policy for policy in tellings]
    statements = [[_statement(each) for each in some] for some in told if some is not None]
    return Role(
        name=names[0] if len(names) == 1 else own_id or INLINE,
        kind="policy",
        source="api",
        active=True,
        end_known=True,
        membership_type=membership_type,
        statements=_strictest(statements) if statements else None,
    )


def _strictest(tellings: Sequence[list[Statement]]) -> list[Statement]:
    """Keep the statements that allow something in every telling, and all others of any of them."""
    known = [{_content(each): each for each in telling} for telling in tellings]
    everywhere = set(known[0]).intersection(*known)
    kept = {
        content: each
        for telling in known
        for content, each in telling.items()
        if content in everywhere or not allows(each)
    }
    return list(kept.values())


def _content(statement: Statement) -> tuple[str | None, frozenset[str], frozenset[str]]:
    actions, resources = statement.actions or (), statement.resources or ()
    return statement.effect, frozenset(actions), frozenset(resources)


def of_claims(token: Mapping[str, Any]) -> list[Role] | None:
    """Make a role of each permission in a token's claims; None where it has no such claim.

    The claim maps `SERVICE#ACTION#RESOURCE` to true or false; no caller has as many as are refused.
    """
    permissions = token.get("permissions")
    if not isinstance(permissions, dict) or len(permissions) > MOST_ITEMS:
        return None
    held = [_permission(key) for key, is_held in permissions.items() if is_held is True]
    return [role for role in held if role.name.strip()]


def _groups(
    client: M3ter, org: Org, user_id: str, deadline: Deadline
) -> tuple[list[M3terUserGroup] | None, list[M3terPermissionPolicy]]:
    """Read the person's groups and their policies; what is refused is left out."""
    groups = client.user_groups(org, user_id, deadline)
    if groups is None:
        client.warn(_GROUPS_REFUSED)
        return None, []
    found: list[M3terPermissionPolicy] = []
    for group_id in dict.fromkeys(group.id for group in groups):
        policies = client.policies(org, "resourcegroups/user", group_id, deadline)
        if policies is None:
            client.warn(_GROUPS_REFUSED)
        found += policies or []
    return groups, found


_GROUPS_REFUSED = (
    "m3ter refuses to tell the caller's user groups or their permission policies, so roles held "
    "through a group are missing. Ask for the right to retrieve user groups."
)


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
        end_known=False,
        service_name=(service.strip() or None) if name else None,
        resource=resource or None,
    )
