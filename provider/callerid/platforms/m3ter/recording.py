"""How recorded answers of m3ter become a caller of the sandbox."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic_core import ValidationError

from callerid.asking import claims
from callerid.asking.path import no_id, quoted
from callerid.platforms.m3ter.replies import (
    M3terCurrentUser,
    M3terPermissionPolicy,
    M3terUserDetails,
    M3terUserGroup,
    PolicyPage,
    UserGroupPage,
)
from callerid.platforms.m3ter.settings import KEY
from callerid.recording.answers import Answers
from callerid.recording.contract import Block, Recording, claims_of
from callerid.recording.knowing import known
from callerid.recording.screening import MADE_UP
from callerid.times import is_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callerid.config import PlatformConfig
    from callerid.recording.tape import Exchange

_ME = re.compile(r"/organizations/([^/]+)/users/me")
_POLICIES = list[M3terPermissionPolicy]


class M3terRecording(Recording):
    """Who the caller is in each organization that was asked about, with policies and groups."""

    people = frozenset({"email"})
    authors = frozenset(
        {
            *("billingcontactuserid1", "billingcontactuserid2", "billingcontactuserid3"),
            *("createdby", "lastmodifiedby"),
        }
    )
    private = frozenset(
        {
            *("addressline1", "addressline2", "addressline3", "addressline4", "contactnumber"),
            *("invoicegeneralreference", "locality", "postcode", "purchaseordernumber", "region"),
            "taxid",
        }
    )
    organization_path = _ME

    def block(
        self, exchanges: Sequence[Exchange], name: str, config: PlatformConfig
    ) -> Block | None:
        """Read `users/me` and the lists of rights."""
        answers = Answers(exchanges)
        asked = answers.matching(_ME)
        if not asked:
            return None
        token = claims_of(exchanges)
        memberships = {org_id: _membership(answers, org_id, me) for org_id, me in asked}
        known_main = claims.text(token, "orgId") or config.org_id
        main = known_main if known_main in memberships else next(iter(memberships))
        own = memberships.pop(main)
        block = {
            "organizationId": main,
            "credential": _credential(name, config, token),
            "subject": claims.text(token, "sub") or _own_id(own) or name,
            **own,
            "permissions": _permissions(token),
            "organizations": memberships,
        }
        return {key: value for key, value in block.items() if key not in _OPTIONAL or value}


_OPTIONAL = frozenset({"permissions", "organizations"})


def _membership(answers: Answers, org_id: str, answered: Any) -> Block:
    me = _plain_ids(known(answered, M3terCurrentUser))
    base = f"/organizations/{org_id}"
    if me is None:
        return {"me": None}
    if not me.get("user"):
        machine = f"{base}/serviceusers/{_path_id(me.get('serviceUser'))}"
        return {"me": me, "policies": _policies(answers, machine)}
    person = f"{base}/users/{_path_id(me.get('user'))}"
    listed = answers.listed(f"{person}/usergroups", partial(_page, UserGroupPage))
    groups = None if listed is None else [_plain_id(each) for each in listed]
    named = [each for each in groups or [] if "id" in each]
    of_groups = {each["id"]: f"{base}/resourcegroups/user/{_path_id(each)}" for each in named}
    return {
        "me": me,
        "policies": _policies(answers, person),
        "userDetails": known(answers.body(person), M3terUserDetails),
        "userGroups": known(groups, list[M3terUserGroup]),
        "groupPolicies": {each: _policies(answers, path) for each, path in of_groups.items()},
    }


def _policies(answers: Answers, holder: str) -> list[Any] | None:
    listed = answers.listed(f"{holder}/permissions", partial(_page, PolicyPage))
    found: list[Any] | None = known(listed, _POLICIES)
    return found


def _page(model: type[PolicyPage | UserGroupPage], body: Any) -> tuple[list[Any], str | None]:
    """Read a page; what callerid refuses live becomes an entry that it refuses in a replay."""
    try:
        token = model.model_validate(body).next_token
    except ValidationError:
        return [{}], None
    return [each for each in model.as_page(body)["data"] if isinstance(each, dict)], token


def _plain_ids(me: Any) -> Block | None:
    """Write the ids of the principals as texts, as the sandbox compares them with paths."""
    if not isinstance(me, dict):
        return None
    principals = {key: me[key] for key in ("user", "serviceUser") if isinstance(me.get(key), dict)}
    return {**me, **{key: _plain_id(each) for key, each in principals.items()}}


def _plain_id(thing: Mapping[str, Any]) -> Block:
    """Write a number as text; what is no id stays none, so that a replay refuses it as well."""
    own = thing.get("id")
    return {**thing, "id": str(own)} if is_number(own) else dict(thing)


def _path_id(thing: Any) -> str:
    """Return an id as a path has it; empty, which no path has, for one that can be in none."""
    own = _text_id(thing)
    return "" if own is None or no_id(own) else quoted(own)


def _own_id(membership: Mapping[str, Any]) -> str | None:
    me = membership["me"] or {}
    return _text_id(me.get("user") or me.get("serviceUser"))


def _text_id(thing: Any) -> str | None:
    own = thing.get("id") if isinstance(thing, dict) else None
    return own if isinstance(own, str) else None


def _permissions(token: Mapping[str, Any]) -> dict[str, bool] | None:
    found = token.get("permissions")
    if not isinstance(found, dict):
        return None
    return {str(key): held for key, held in found.items() if isinstance(held, bool)}


def _credential(name: str, config: PlatformConfig, token: Mapping[str, Any]) -> Block:
    if config.credential and config.credential.flow is KEY:
        return {"apiKey": f"{MADE_UP}{name}-key", "apiSecret": f"{MADE_UP}{name}-secret"}
    return {"apiToken": True if token else f"{MADE_UP}{name}-token"}


RECORDING = M3terRecording()
