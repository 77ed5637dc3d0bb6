"""What bodies that were served tell of a caller, read apart from callerid's own reading.

It knows less of the platforms, and what it leaves open may be: what it denies is surely not told.
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from support import bodies
from support.told_ends import is_blank, is_surely_over

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from support.api import Reply

_OK = range(200, 300)
_BROKEN = re.compile("[\ud800-\udfff\ufffd]+")
"""What is no character, and what stands for that."""
_NAMES = ("name", "roleName")
_BARE = ("organization", "policy", "permission")
"""The kinds of roles that a bare name may mean, and a custom role that is not `_BUILT_IN`."""
_BUILT_IN = ("org_owner", "org_member")
"""Some of the organization roles that no custom role passes for."""


class Telling(NamedTuple):
    """A place where a role is told.

    `kind` is empty where it may be any; `tells_end` is whether anything there says until when the
    role is held, and `end` what; `is_here` whether it may be of the organization asked about,
    `is_carried` whether the token may carry it, and `allows` whether it may allow something.
    """

    name: str
    kind: str
    source: str = "api"
    end: Any = None
    tells_end: bool = False
    is_here: bool = True
    is_carried: bool = True
    allows: bool = True

    def tells(self, name: str, kind: str) -> bool:
        """Whether a role of this name may be read from here: behind a prefix, if any."""
        own, wanted = plain(self.name), plain(name)
        is_named = own in {wanted, f"csp:{wanted}"} or own.endswith(f"/{wanted}")
        return is_named and self.kind in {"", kind}

    def may_count(self, now: float) -> bool:
        """Whether the role may be held at this time."""
        return self.is_here and not is_surely_over(self.end, now)


def plain(value: Any) -> str:
    """Write a scalar as a text, without what is no character."""
    return _BROKEN.sub("\ufffd", value if isinstance(value, str) else str(value))


def read(reply: Reply | None) -> Any:
    """Read the JSON of a reply; None where there is none, or the status is no good one."""
    if reply is None or reply.status not in _OK:
        return None
    try:
        return json.loads(reply.body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None


def claims(token: Any) -> dict[str, Any]:
    """Read the claims of a token; none of one that is opaque."""
    parts = token.split(".") if isinstance(token, str) else []
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
    except (IndexError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def texts(value: Any) -> Iterator[str]:
    """List the scalars of a JSON value, as texts."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)
    else:
        yield plain(value)


def objects(value: Any) -> list[dict[str, Any]]:
    """List the objects of a list; of an object alone itself."""
    many = value if isinstance(value, list) else [value]
    return [each for each in many if isinstance(each, dict)]


def of_info(info: Any, carried: Mapping[str, Any]) -> Iterator[Telling]:
    """List what VMware Cloud Services' `/info` tells; a token may carry fewer roles."""
    for organization in (each for some in objects(info) for each in objects(some.get(_INFOS))):
        for each in _named(organization.get("orgRoles"), "organization"):
            yield each._replace(is_carried=_carries(carried, each.name))
        yield from _named(organization.get("customRoles"), "custom")
        for key in ("servicesDef", "serviceDef"):
            for service in objects(organization.get(key)):
                for part in ("roles", "serviceRoles", "serviceRoleNames"):
                    yield from _named(service.get(part), "service")


_INFOS = "userOrgInfo"


def of_policies(page: Any, end: Any, *, tells_end: bool) -> Iterator[Telling]:
    """List the permission policies of a page of m3ter's; all end when the access does."""
    policies = objects(page.get("data", page) if isinstance(page, dict) else page)
    for policy in policies:
        allows = _may_allow(policy.get("permissionPolicy"))
        known = [policy[key] for key in ("name", "id") if not is_blank(policy.get(key))]
        for name in known or ["inline"]:
            yield Telling(plain(name), "policy", "api", end, tells_end, allows=allows)


def of_claims(told: Mapping[str, Any]) -> Iterator[Telling]:
    """List what a token tells by itself: no end of anything."""
    perms, permissions = told.get("perms"), told.get("permissions")
    is_here = plain(told.get("context_name")).lower() == bodies.ORG
    for each in perms if isinstance(perms, list) else []:
        if isinstance(each, str):
            yield Telling(each, "", "token", is_here=is_here)
    for key, is_held in permissions.items() if isinstance(permissions, dict) else ():
        for part in key.split("#")[:2] if is_held is True else ():
            yield Telling(part.replace(":", "_").upper(), "permission", "token")


def may_keep(tellings: Collection[Telling], rules: Mapping[str, Any], now: float) -> bool:
    """Tell whether the roles that are told may keep the rules about roles."""
    seconds = rules.get("minRoleSecondsLeft")
    until = now + max(0, (seconds or 0) - 1)

    def is_held(name: str) -> bool:
        return any(
            _is_meant(each, name)
            and each.is_carried
            and each.allows
            and each.may_count(until)
            and (each.tells_end or seconds is None)
            for each in tellings
        )

    any_of = rules.get("anyRoles")
    return all(map(is_held, rules.get("allRoles", ()))) and (
        not any_of or any(map(is_held, any_of))
    )


def _is_meant(telling: Telling, wanted: str) -> bool:
    """Tell whether a rule may mean a role: one of a service only with that before its name."""
    before, _, name = wanted.rpartition("/")
    if before:
        kind = before if before in {*_BARE, "custom"} else "service"
        return telling.tells(name, kind)
    kinds = _BARE if name in _BUILT_IN else [*_BARE, "custom"]
    return "/" not in telling.name and any(telling.tells(name, kind) for kind in kinds)


def _named(value: Any, kind: str) -> Iterator[Telling]:
    """List the roles of a list: objects with a name and more, or names alone."""
    for each in value if isinstance(value, list) else [value]:
        if not isinstance(each, dict):
            yield Telling(plain(each), kind)
            continue
        end = each.get("expiresAt")
        is_told = "expiresAt" in each and not (isinstance(end, str) and is_blank(end))
        is_here = all(_may_be_ours(each.get(key)) for key in ("organizationLink", "orgId"))
        for name in (each[key] for key in _NAMES if not is_blank(each.get(key))):
            yield Telling(plain(name), kind, "api", end, is_told, is_here)


def _may_be_ours(link: Any) -> bool:
    return is_blank(link) or (isinstance(link, str) and bodies.ORG in link.lower())


def _carries(told: Mapping[str, Any], name: str) -> bool:
    """Tell whether a token may carry an organization role: it does not list roles, or has this."""
    perms, own = told.get("perms"), f"csp:{plain(name).removeprefix('csp:')}"
    return "perms" not in told or (isinstance(perms, list) and own in map(plain, perms))


def _may_allow(statements: Any) -> bool:
    """Tell whether a policy allows something, or does not tell what."""
    return is_blank(statements) or any(
        plain(each.get("effect")).upper() == "ALLOW" and each.get("action") and each.get("resource")
        for each in objects(statements)
    )
