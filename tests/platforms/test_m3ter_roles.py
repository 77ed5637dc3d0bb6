"""The roles that come of m3ter's policies, and of the permissions that a token claims."""

from __future__ import annotations

from typing import Any

import pytest
from support.m3ter import role

from callerid.model import MOST_ITEMS, Role, Statement
from callerid.platforms.m3ter.replies import M3terPermissionPolicy
from callerid.platforms.m3ter.roles import action, of_claims, of_policies


def _policy(own_id: str | None, name: str | None, *statements: Any) -> M3terPermissionPolicy:
    body = {"id": own_id, "name": name, "permissionPolicy": list(statements)}
    return M3terPermissionPolicy.model_validate(body)


def _permission(name: str, service: str | None = None, resource: str | None = None) -> Role:
    return Role(
        name=name,
        kind="permission",
        source="token",
        active=True,
        end_known=False,
        service_name=service,
        resource=resource,
    )


@pytest.mark.parametrize(
    ("claims", "permissions"),
    [
        ({}, None),
        ({"permissions": None}, None),
        ({"permissions": ["A"]}, None),
        ({"permissions": {f"{number}": True for number in range(MOST_ITEMS + 1)}}, None),
        ({"permissions": {}}, []),
        ({"permissions": {"A#B#C": 1, "D#E#F": "true", "G#H#I": False, "": True, " ": True}}, []),
        ({"permissions": {" #b:c": True}}, [_permission("B_C")]),
        ({"permissions": {"a:b": True}}, [_permission("A_B")]),
        ({"permissions": {"S#x:y": True}}, [_permission("X_Y", "S")]),
        ({"permissions": {"S##r": True}}, [_permission("S", None, "r")]),
        ({"permissions": {"S#z#ITEM#*": True}}, [_permission("Z", "S", "ITEM#*")]),
    ],
)
def test_what_a_tokens_claim_permits(claims: dict[str, Any], permissions: Any) -> None:
    """`SERVICE#ACTION#RESOURCE` in all its forms, where it is true and nothing else."""
    assert of_claims(claims) == permissions


READ, WRITE = ({"effect": "allow", "action": [each], "resource": "r"} for each in ("read", "write"))
DENY = {**READ, "effect": "Deny"}
SAID_READ, SAID_WRITE = (
    Statement(effect="ALLOW", actions=[each], resources=["r"]) for each in ("READ", "WRITE")
)
SAID_DENY = SAID_READ.model_copy(update={"effect": "DENY"})
NOTHING = {"action": [], "resource": "r"}
SAID_NOTHING = Statement(resources=["r"])
BARE = M3terPermissionPolicy(id="1")


@pytest.mark.parametrize(
    ("own", "groups", "roles"),
    [
        ([], [], []),
        ([_policy("1", "A", READ)], [], [role("A", [SAID_READ])]),
        ([_policy("1", "A", NOTHING)], [], [role("A", [SAID_NOTHING])]),
        ([_policy("1", "A", {"effect": "deny"})], [], [role("A", [Statement(effect="DENY")])]),
        ([BARE], [], [role("1").model_copy(update={"statements": None})]),
        ([_policy(None, None, READ)], [], [role("inline", [SAID_READ])]),
        # One policy, told several times: the strictest telling, the name that all agree on.
        ([_policy("1", "A", READ, WRITE), _policy("1", "A", READ)], [], [role("A", [SAID_READ])]),
        ([_policy("1", "A", READ), _policy("1", "A", WRITE)], [], [role("A")]),
        ([_policy("1", "A", READ), _policy("1", "A", {**READ, "resource": "x"})], [], [role("A")]),
        (
            [_policy("1", "A", READ), _policy("1", "A", DENY)],
            [],
            [role("A", [SAID_DENY])],
        ),
        ([BARE, _policy("1", "A", READ)], [], [role("A", [SAID_READ])]),
        ([_policy("1", "A", READ), BARE], [], [role("A", [SAID_READ])]),
        ([_policy("1", "A", READ), _policy("1", "B", READ)], [], [role("1", [SAID_READ])]),
        ([_policy("1", "A", READ), _policy("2", "A", WRITE)], [], "A"),
        # Without an id it is the only one of its name, if there is one only.
        ([_policy("1", "A", READ), _policy(None, "A", WRITE)], [], [role("A")]),
        ([_policy(None, "A", READ), _policy(None, "A", WRITE)], [], [role("A")]),
        ([_policy(None, "A", READ), _policy(None, "B", READ)], [], "B"),
        ([_policy("1", "A"), _policy("2", "A"), _policy(None, "A", READ)], [], "A A"),
        ([_policy(None, None, READ), _policy(None, None, WRITE)], [], "inline"),
        ([_policy(None, None, READ)] * 2, [], [role("inline", [SAID_READ])]),
        ([_policy("x", None, READ), _policy(None, "x", READ)], [], "x"),
        # Held in person and through a group: two roles, and the strictest telling for both.
        (
            [_policy("1", "A", READ)],
            [_policy("1", "A", READ, WRITE), _policy("1", "A", READ, WRITE)],
            [role("A", [SAID_READ]), role("A", [SAID_READ], membership_type="GROUP")],
        ),
        (
            [_policy(None, "A", READ)],
            [_policy("1", "A", WRITE)],
            [role("A"), role("A", membership_type="GROUP")],
        ),
    ],
)
def test_the_roles_that_come_of_policies(
    own: list[M3terPermissionPolicy], groups: list[M3terPermissionPolicy], roles: Any
) -> None:
    """One for each policy and each way of holding it; a text has the names behind the first."""
    found = of_policies(own, groups)
    if isinstance(roles, str):
        assert [each.name for each in found[1:]] == roles.split()
    else:
        assert found == roles


def test_statements_are_the_same_in_any_order() -> None:
    """Of actions and resources; each is told once, as it was told last."""
    some = {"effect": "ALLOW", "action": ["a:b", "C"], "resource": ["x", "y"]}
    other = {"effect": "ALLOW", "action": ["C", "a_B", "c"], "resource": ["y", "x"]}
    [role] = of_policies([_policy("1", "A", some), _policy("1", "A", other)], [])
    assert role.statements == [
        Statement(effect="ALLOW", actions=["C", "A_B", "C"], resources=["y", "x"])
    ]
    assert action("a:b:c_D") == "A_B_C_D"
