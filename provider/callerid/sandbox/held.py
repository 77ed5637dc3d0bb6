"""What a scenario says of its caller, read for people: who, in which organizations, which roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.sandbox.scenario import CspCaller, M3terCaller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.sandbox.scenario import M3terMembership


class Role(NamedTuple):
    """A role as the bodies write it; `ends` is whatever stands there, None for never.

    Of a role `from_token` nobody knows when it ends; one that is `not_in_token` the account holds,
    and the token lacks.
    """

    name: str
    ends: Any = None
    from_token: bool = False
    not_in_token: bool = False


class Membership(NamedTuple):
    """The caller in one organization; `roles` is None where the API refuses to tell them."""

    organization_id: str
    organization: str | None
    roles: list[Role] | None


def is_person(caller: M3terCaller | CspCaller) -> bool:
    """Tell a person from a machine."""
    if isinstance(caller, CspCaller):
        return not caller.is_machine
    return caller.user_id("user") is not None


def who(caller: M3terCaller | CspCaller) -> str:
    """Name the caller: what the bodies call it and its e-mail address, else the tokens' subject."""
    if isinstance(caller, CspCaller):
        principal = {} if caller.is_machine else _object(caller.info, "user")
    else:
        principal = _object(caller.me, "user") or _object(caller.me, "serviceUser")
    full = " ".join(filter(None, (_text(principal, "firstName"), _text(principal, "lastName"))))
    known = [full, _text(principal, "name"), _text(principal, "email")]
    return ", ".join(filter(None, known)) or caller.subject


def memberships(caller: M3terCaller | CspCaller) -> list[Membership]:
    """List the organizations that the caller belongs to, the main one first."""
    if isinstance(caller, CspCaller):
        return [_csp(caller)]
    further = caller.organizations.items()
    return [_m3ter(caller.organization_id, caller), *(_m3ter(*each) for each in further)]


def _csp(caller: CspCaller) -> Membership:
    if caller.is_machine:
        held = [Role(name, from_token=True) for name in sorted(caller.perms or [])]
        return Membership(caller.organization_id, None, held)
    reported = _objects(caller.info, "userOrgInfo")
    names = [_text(each, "displayName") or _text(each, "name") for each in reported]
    roles = [role for each in reported for role in _csp_roles(each, caller.perms)]
    found = None if caller.info is None else sorted(roles, key=lambda role: role.name)
    return Membership(caller.organization_id, next(iter(names), None), found)


def _csp_roles(reported: Any, perms: list[str] | None) -> Iterator[Role]:
    """Give the roles of one organization; the token lists those of organization and services."""
    services = _objects(reported, "servicesDef") or _objects(reported, "serviceDef")
    in_token = None if perms is None else {each.rpartition("/")[2] for each in perms}
    for holder, key, listed in (
        (reported, "orgRoles", in_token),
        (reported, "customRoles", None),
        *((each, "roles", in_token) for each in services),
    ):
        for role in _objects(holder, key):
            name = _text(role, "name") or "?"
            lacking = listed is not None and not {name, f"csp:{name}"} & listed
            yield Role(name, role.get("expiresAt") or None, not_in_token=lacking)


def _m3ter(organization_id: str, member: M3terMembership) -> Membership:
    name = _text(_object(member.me, "organization"), "organizationName")
    if member.policies is None:
        return Membership(organization_id, name, None)
    ends = _object({"details": member.user_details}, "details").get("dtEndAccess")
    groups = [policy for some in member.group_policies.values() for policy in some or []]
    held = [_text(policy, "name") or "?" for policy in [*member.policies, *groups]]
    return Membership(organization_id, name, [Role(each, ends) for each in sorted(held)])


def _object(body: Any, key: str) -> dict[str, Any]:
    """Give the object at a key of a body, empty for anything else: bodies may be anything."""
    value = body.get(key) if isinstance(body, dict) else None
    return value if isinstance(value, dict) else {}


def _objects(body: Any, key: str) -> list[dict[str, Any]]:
    value = body.get(key) if isinstance(body, dict) else None
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(body: dict[str, Any], key: str) -> str | None:
    value = body.get(key)
    return value if isinstance(value, str) else None
