"""From answers to a scenario: one caller of the sandbox, with the bodies that the APIs sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.config import CSP_ACCESS_TOKEN, CSP_OAUTH_APP, M3TER_KEY
from callerid.errors import ConfigurationError
from callerid.platforms import claims
from callerid.platforms.csp_replies import CspUserInfo
from callerid.platforms.m3ter_replies import (
    M3terCurrentUser,
    M3terPermissionPolicy,
    M3terUserDetails,
    M3terUserGroup,
)
from callerid.recording.knowing import known
from callerid.recording.screening import MADE_UP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callerid.config import Config, Credential, PlatformName
    from callerid.recording.forwarder import Exchange

_ME = re.compile(r"/organizations/([^/]+)/users/me")
_INFO = re.compile(r"/csp/gateway/am/api/loggedin/user/orgs/([^/]+)/info")
_REFUSED = frozenset({401, 403, 404})
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
    makers = {"m3ter": _m3ter, "csp": _csp}
    blocks: dict[str, Any] = {}
    for platform in caller.config.platforms:
        own = [each for each in exchanges if each.platform == platform.name]
        if platform.credential and own:
            _require_one_caller(own, platform.name)
            block = makers[platform.name](own, caller.name, platform.credential)
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


class _Answers:
    """The last final answer of each path; what is transient (429, 5xx) is no answer."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._last: dict[str, dict[str, Exchange]] = {}
        for each in exchanges:
            if each.ok or each.status in _REFUSED:
                self._last.setdefault(each.path, {})[each.query] = each

    def matching(self, pattern: re.Pattern[str]) -> list[tuple[str, Exchange]]:
        """Give the answers of paths that match, with the first group of each."""
        return [
            (found[1], next(iter(queries.values())))
            for path, queries in self._last.items()
            if (found := pattern.fullmatch(path))
        ]

    def body(self, path: str) -> Any:
        """Give the body of a path; None where it was refused or never asked."""
        return _body(next(iter(self._last.get(path, {}).values()), None))

    def listed(self, path: str) -> list[Any] | None:
        """Give all items of a list's pages; None where it was refused or never asked."""
        pages = self._last.get(path, {})
        page = next((each for query, each in pages.items() if "nextToken=" not in query), None)
        if _body(page) is None:
            return None
        found: list[Any] = []
        seen: set[str] = set()
        while page:
            found += _items(page.body)
            token = page.body.get("nextToken") if isinstance(page.body, dict) else None
            page = None
            if isinstance(token, str) and token and token not in seen:
                seen.add(token)
                page = next((each for query, each in pages.items() if _asks(query, token)), None)
        return found


def _body(exchange: Exchange | None) -> Any:
    return exchange.body if exchange and exchange.ok else None


def _asks(query: str, token: str) -> bool:
    from urllib.parse import parse_qs  # noqa: PLC0415 - needed for long lists alone

    return parse_qs(query).get("nextToken") == [token]


def _items(body: Any) -> list[Any]:
    """Read a page: `data` of it, or the one thing that came in place of a page."""
    if isinstance(body, dict):
        data = body.get("data", [body])
        return data if isinstance(data, list) else []
    return body if isinstance(body, list) else []


def _m3ter(
    exchanges: Sequence[Exchange], name: str, credential: Credential
) -> dict[str, Any] | None:
    answers = _Answers(exchanges)
    asked = answers.matching(_ME)
    if not asked:
        return None
    token = _claims(exchanges)
    memberships = {org_id: _membership(answers, org_id, me) for org_id, me in asked}
    main = claims.text(token, "orgId") or next(iter(memberships))
    block = {
        "organizationId": main,
        "credential": _m3ter_credential(name, credential, token),
        "subject": claims.text(token, "sub") or _own_id(memberships[main]) or name,
        **memberships.pop(main, {"me": None}),
        "permissions": _permissions(token),
        "organizations": memberships,
    }
    return {key: value for key, value in block.items() if key not in _OPTIONAL or value}


_OPTIONAL = frozenset({"permissions", "organizations"})


def _membership(answers: _Answers, org_id: str, me: Exchange) -> dict[str, Any]:
    body = known(_body(me), M3terCurrentUser)
    own = body if isinstance(body, dict) else {}
    base = f"/organizations/{org_id}"
    person, machine = _id(own, "user"), _id(own, "serviceUser")
    if person is None:
        return {
            "me": body,
            "policies": known(
                answers.listed(f"{base}/serviceusers/{machine}/permissions"), _POLICIES
            ),
        }
    details = known(answers.body(f"{base}/users/{person}"), M3terUserDetails)
    groups = answers.listed(f"{base}/users/{person}/usergroups")
    ids = [group["id"] for group in groups or [] if isinstance(group, dict) and "id" in group]
    return {
        "me": body,
        "policies": known(answers.listed(f"{base}/users/{person}/permissions"), _POLICIES),
        "userDetails": details,
        "userGroups": known(groups, list[M3terUserGroup]),
        "groupPolicies": {
            each: known(answers.listed(f"{base}/resourcegroups/user/{each}/permissions"), _POLICIES)
            for each in ids
        },
    }


def _id(me: Mapping[str, Any], kind: str) -> str | None:
    principal = me.get(kind)
    value = principal.get("id") if isinstance(principal, dict) else None
    return value if isinstance(value, str) else None


def _own_id(membership: Mapping[str, Any]) -> str | None:
    me = membership["me"] or {}
    return _id(me, "user") or _id(me, "serviceUser")


def _permissions(token: Mapping[str, Any]) -> dict[str, bool] | None:
    found = token.get("permissions")
    if not isinstance(found, dict):
        return None
    return {str(key): held for key, held in found.items() if isinstance(held, bool)}


def _m3ter_credential(
    name: str, credential: Credential, token: Mapping[str, Any]
) -> dict[str, Any]:
    if credential.flow is M3TER_KEY:
        return {"apiKey": f"{MADE_UP}{name}-key", "apiSecret": f"{MADE_UP}{name}-secret"}
    return {"apiToken": True if token else f"{MADE_UP}{name}-token"}


def _csp(exchanges: Sequence[Exchange], name: str, credential: Credential) -> dict[str, Any] | None:
    answers = _Answers(exchanges)
    token = _claims(exchanges)
    asked = answers.matching(_INFO)
    info = next((_body(each) for _, each in asked), None)
    org_id = claims.text(token, "context_name") or next((found for found, _ in asked), None)
    subject = claims.text(token, "sub") or _csp_user(info)
    if org_id is None or subject is None:
        return None
    perms = token.get("perms") if isinstance(token.get("perms"), list) else None
    block = {
        "organizationId": org_id,
        "credential": _csp_credential(name, credential, token),
        "subject": subject,
        "username": claims.text(token, "username"),
        "perms": None if perms is None else [each for each in perms if isinstance(each, str)],
        "info": known(info, CspUserInfo),
    }
    return {key: value for key, value in block.items() if key != "username" or value is not None}


def _csp_user(info: Any) -> str | None:
    user = info.get("user") if isinstance(info, dict) else None
    return claims.text(user, "userId") if isinstance(user, dict) else None


def _csp_credential(name: str, credential: Credential, token: Mapping[str, Any]) -> dict[str, Any]:
    """Give the way to sign in at a replay.

    A machine with a ready token asks the API nothing, so nothing would tell that its answers are
    recorded: it becomes an OAuth app, which asks for a token.
    """
    machine = bool(token) and claims.text(token, "username") is None
    if credential.flow is CSP_OAUTH_APP or (credential.flow is CSP_ACCESS_TOKEN and machine):
        return {"clientId": f"{MADE_UP}{name}-id", "clientSecret": f"{MADE_UP}{name}-secret"}
    if credential.flow is CSP_ACCESS_TOKEN:
        return {"accessToken": True}
    return {"apiToken": f"{MADE_UP}{name}-token"}


def _claims(exchanges: Sequence[Exchange]) -> Mapping[str, Any]:
    """Give the claims of the token used; empty for an opaque one."""
    return next((each.claims for each in reversed(exchanges) if each.claims), {})
