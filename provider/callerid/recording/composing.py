"""From answers to a scenario: one caller of the sandbox, with the bodies that the APIs sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from callerid.asking import claims
from callerid.asking.client import segment
from callerid.errors import ConfigurationError
from callerid.platforms.csp.replies import CspUserInfo
from callerid.platforms.csp.settings import ACCESS_TOKEN as CSP_ACCESS_TOKEN
from callerid.platforms.csp.settings import OAUTH_APP as CSP_OAUTH_APP
from callerid.platforms.m3ter.replies import (
    M3terCurrentUser,
    M3terPermissionPolicy,
    M3terUserDetails,
    M3terUserGroup,
)
from callerid.platforms.m3ter.settings import KEY as M3TER_KEY
from callerid.recording.answers import Answers
from callerid.recording.knowing import known
from callerid.recording.screening import MADE_UP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from callerid.config import Config, PlatformConfig, PlatformName
    from callerid.recording.forwarder import Exchange

Block = dict[str, Any]
"""A part of a scenario."""
M3TER_ME = re.compile(r"/organizations/([^/]+)/users/me")
_INFO = re.compile(r"/csp/gateway/am/api/loggedin/user/orgs/([^/]+)/info")
_POLICIES = list[M3terPermissionPolicy]


class Caller(NamedTuple):
    """Who was recorded: the name of the caller in the sandbox, and the way to sign in there."""

    name: str
    config: Config


def compose(exchanges: Sequence[Exchange], caller: Caller) -> dict[str, Any]:
    """Make the platforms' blocks of a scenario.

    Raises:
        ConfigurationError: no answer tells who calls, or several callers were recorded.
    """
    blocks: dict[str, Any] = {}
    for platform in caller.config.platforms:
        own = [each for each in exchanges if each.platform == platform.name]
        if platform.credential and own:
            _require_one_caller(own, platform.name)
            block = MAKERS[platform.name](own, caller.name, platform)
            blocks |= {platform.name: block} if block else {}
    if not blocks:
        text = (
            "Nothing was recorded: no API told who calls.\n"
            '"callerid doctor" shows which credential would be used and what is wrong with it.'
        )
        raise ConfigurationError(text)
    return blocks


def _require_one_caller(exchanges: Sequence[Exchange], platform: PlatformName) -> None:
    subjects = {subject for each in exchanges if (subject := claims.text(each.claims, "sub"))}
    if len(subjects) > 1:
        text = (
            f"{len(subjects)} callers of {platform} were recorded, and a recording is of one.\n"
            "Record each with its own credential in the environment, without explicit providers."
        )
        raise ConfigurationError(text)


def _m3ter(exchanges: Sequence[Exchange], name: str, config: PlatformConfig) -> Block | None:
    answers = Answers(exchanges)
    asked = answers.matching(M3TER_ME)
    if not asked:
        return None
    token = _claims(exchanges)
    memberships = {org_id: _membership(answers, org_id, me) for org_id, me in asked}
    known_main = claims.text(token, "orgId") or config.org_id
    main = known_main if known_main in memberships else next(iter(memberships))
    own = memberships.pop(main)
    block = {
        "organizationId": main,
        "credential": _m3ter_credential(name, config, token),
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
        policies = answers.listed(f"{base}/serviceusers/{_path_id(me, 'serviceUser')}/permissions")
        return {"me": me, "policies": known(policies, _POLICIES)}
    person = f"{base}/users/{_path_id(me, 'user')}"
    listed = answers.listed(f"{person}/usergroups")
    groups = None if listed is None else [_plain_id(each) for each in listed]
    ids = [each["id"] for each in groups or [] if "id" in each]
    of_groups = {each: f"{base}/resourcegroups/user/{segment(each)}" for each in ids}
    return {
        "me": me,
        "policies": known(answers.listed(f"{person}/permissions"), _POLICIES),
        "userDetails": known(answers.body(person), M3terUserDetails),
        "userGroups": known(groups, list[M3terUserGroup]),
        "groupPolicies": {
            each: known(answers.listed(f"{path}/permissions"), _POLICIES)
            for each, path in of_groups.items()
        },
    }


def _plain_ids(me: Any) -> Block | None:
    """Write the ids of the principals as texts, as the sandbox compares them with paths."""
    if not isinstance(me, dict):
        return None
    principals = {key: me[key] for key in ("user", "serviceUser") if isinstance(me.get(key), dict)}
    return {**me, **{key: _plain_id(each) for key, each in principals.items()}}


def _plain_id(thing: Mapping[str, Any]) -> Block:
    own = thing.get("id")
    return dict(thing) if own is None else {**thing, "id": str(own)}


def _path_id(me: Mapping[str, Any], kind: str) -> str:
    principal = me.get(kind)
    return segment(principal.get("id", "")) if isinstance(principal, dict) else ""


def _own_id(membership: Mapping[str, Any]) -> str | None:
    me = membership["me"] or {}
    principal = me.get("user") or me.get("serviceUser") or {}
    value: str | None = principal.get("id")
    return value


def _permissions(token: Mapping[str, Any]) -> dict[str, bool] | None:
    found = token.get("permissions")
    if not isinstance(found, dict):
        return None
    return {str(key): held for key, held in found.items() if isinstance(held, bool)}


def _m3ter_credential(name: str, config: PlatformConfig, token: Mapping[str, Any]) -> Block:
    if config.credential and config.credential.flow is M3TER_KEY:
        return {"apiKey": f"{MADE_UP}{name}-key", "apiSecret": f"{MADE_UP}{name}-secret"}
    return {"apiToken": True if token else f"{MADE_UP}{name}-token"}


def _csp(exchanges: Sequence[Exchange], name: str, config: PlatformConfig) -> Block | None:
    answers = Answers(exchanges)
    token = _claims(exchanges)
    asked = answers.matching(_INFO)
    info = next((body for _, body in asked), None)
    org_id = claims.text(token, "context_name") or next((found for found, _ in asked), None)
    subject = claims.text(token, "sub") or _csp_user(info)
    if org_id is None or subject is None:
        return None
    perms = token.get("perms") if isinstance(token.get("perms"), list) else None
    block = {
        "organizationId": org_id,
        "credential": _csp_credential(name, config, token),
        "subject": subject,
        "username": claims.text(token, "username"),
        "perms": None if perms is None else [each for each in perms if isinstance(each, str)],
        "info": known(info, CspUserInfo),
    }
    return {key: value for key, value in block.items() if key != "username" or value is not None}


def _csp_user(info: Any) -> str | None:
    try:
        user = CspUserInfo.model_validate(info).user
    except ValidationError:
        return None
    return user.user_id if user else None


def _csp_credential(name: str, config: PlatformConfig, token: Mapping[str, Any]) -> Block:
    """Give the way to sign in at a replay, one that asks it something.

    A machine with a ready token asks the API nothing, so nothing would tell that its answers are
    recorded: it becomes an OAuth app. A ready token that cannot be read is a person's, and becomes
    an API token: one minted without a user name would be a machine's.
    """
    flow = config.credential.flow if config.credential else None
    person = claims.text(token, "username") is not None
    if flow is CSP_OAUTH_APP or (flow is CSP_ACCESS_TOKEN and token and not person):
        return {"clientId": f"{MADE_UP}{name}-id", "clientSecret": f"{MADE_UP}{name}-secret"}
    if flow is CSP_ACCESS_TOKEN and person:
        return {"accessToken": True}
    return {"apiToken": f"{MADE_UP}{name}-token"}


def _claims(exchanges: Sequence[Exchange]) -> Mapping[str, Any]:
    """Give the claims of the token used; empty for an opaque one."""
    return next((each.claims for each in reversed(exchanges) if each.claims), {})


MAKERS: Mapping[PlatformName, Callable[[Sequence[Exchange], str, PlatformConfig], Block | None]] = {
    "m3ter": _m3ter,
    "csp": _csp,
}
"""What makes a scenario's block of a platform's answers."""
