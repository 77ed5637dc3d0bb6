"""Judging an answer by what was served: nobody is named, and nothing granted, out of thin air."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any, NamedTuple

from support import bodies, evidence
from support.evidence import plain
from support.spoilt import GROUP
from support.told_ends import is_blank, is_surely_over, may_be

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from support.api import Reply
    from support.evidence import Telling

_IDENTITY = {"m3ter": (bodies.ME,), "csp": (bodies.INFO,)}
_TOKENS = (bodies.TOKEN, bodies.AUTHORIZE, bodies.APP_TOKEN)
_OWN_POLICIES = (bodies.POLICIES, bodies.MACHINE_POLICIES)
_NAMES = ("firstName", "lastName", "name", "email", "username", "userId", "id")
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_TIMES = ("dt", "createdDate", "lastUpdatedDate", "expiresAt", "firstAccepted", "lastAccepted")
"""How the names of fields begin that hold a time, which is written anew."""
_OWN_TEXTS = {bodies.ORG, "unreadable"}
"""What callerid says by itself: the organization asked about, and of a link that is none."""


class Known(NamedTuple):
    """A caller as good replies tell it; `email` where they tell one."""

    platform: str
    type: str
    id: str
    display_name: str
    setting: str
    email: str | None = None
    organization: Mapping[str, str] = {}


class Served(NamedTuple):
    """What was served to a caller, by route, until `now`; `replaced` are the routes made up."""

    known: Known
    replies: Mapping[str, Reply]
    replaced: frozenset[str]
    now: float

    @property
    def is_app(self) -> bool:
        """Whether the token alone tells who asks, and with which roles."""
        return self.known.setting == "cspClientId"

    def body(self, route: str) -> Any:
        """Give what was sent on a route, as far as it is JSON and no error."""
        return evidence.read(self.replies.get(route))

    def claims(self) -> dict[str, Any]:
        """Give the claims of the token in use."""
        sent = (self.body(route) for route in _TOKENS)
        tokens = [each["access_token"] for each in evidence.objects(list(sent)) if _has_token(each)]
        return evidence.claims(tokens[0]) if tokens else {}

    def identity(self) -> tuple[str, dict[str, Any]]:
        """Give the type of whoever is told of, and the object that tells it."""
        if self.is_app:
            return "serviceUser", {"id": self.claims().get("sub")}
        [route] = _IDENTITY[self.known.platform]
        [told, *_] = [*evidence.objects(self.body(route)), {}]
        for key in ("user", "serviceUser"):
            for found in evidence.objects(told.get(key)):
                if any(not is_blank(found.get(each)) for each in ("userId", "id")):
                    return key, found
        return "", {}

    def tellings(self) -> Iterator[Telling]:
        """List the places that tell a role."""
        claims = self.claims()
        yield from evidence.of_claims(claims)
        yield from evidence.of_info(self.body(bodies.INFO), claims)
        end, tells_end = self._access()
        for route in (*_OWN_POLICIES, bodies.group_policies(GROUP)):
            page = self.body(route)
            yield from evidence.of_policies(page, end, tells_end=tells_end)
        for details in evidence.objects(self.body(bodies.DETAILS)):
            inline = {"permissionPolicy": details.get("permissionPolicy")}
            yield from evidence.of_policies(inline, end, tells_end=tells_end)

    def _access(self) -> tuple[Any, bool]:
        """Give when the access to m3ter ends, and whether that is told; a machine's never does."""
        kind, caller = self.identity()
        if kind == "serviceUser":
            return None, True
        for details in evidence.objects(self.body(bodies.DETAILS)):
            is_own = plain(details.get("id")) == plain(caller.get("id"))
            return details.get("dtEndAccess"), is_own
        return None, False


def unfounded(served: Served, arguments: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    """Tell what in an answer was not served, or is not allowed by what was."""
    wrong = [*_of_identity(served, answer), *_of_names(served, answer)]
    wrong += [each for role in answer.get("roles", ()) for each in _of_role(served, role)]
    return [*wrong, *_of_organizations(served, answer), *_of_verdict(served, arguments, answer)]


def _of_identity(served: Served, answer: Mapping[str, Any]) -> Iterator[str]:
    """Tell who is somebody else than was told."""
    kind, told = served.identity()
    own = answer.get("id", answer.get("userId"))
    ids = [plain(told[key]) for key in ("userId", "id") if not is_blank(told.get(key))]
    if not own or plain(own) not in ids:
        yield f"the id {own!a} was not served"
    if plain(answer["displayName"]).strip() not in _display_names(told):
        yield f"the name {answer['displayName']!a} was not served"
    if "email" in answer and plain(answer["email"]) != plain(told.get("email")):
        yield f"the address {answer['email']!a} was not served"
    wanted = {"orgId": bodies.ORG, "platform": served.known.platform, "principalType": kind}
    wanted["credentialSource"] = f"provider setting {served.known.setting}"
    if served.replaced.isdisjoint(_identity_routes(served)):
        wanted |= {"id": served.known.id, "userId": served.known.id}
        wanted["displayName"] = served.known.display_name
    for key in wanted.keys() & answer.keys():
        if answer[key] != wanted[key]:
            yield f"{key} is {answer[key]!a}, not {wanted[key]!a}"


def _identity_routes(served: Served) -> tuple[str, ...]:
    return (bodies.APP_TOKEN,) if served.is_app else _IDENTITY[served.known.platform]


def _display_names(told: Mapping[str, Any]) -> set[str]:
    texts = {key: plain(told[key]).strip() for key in _NAMES if not is_blank(told.get(key))}
    return {f"{texts.get('firstName')} {texts.get('lastName')}", *texts.values()}


def _of_names(served: Served, answer: Mapping[str, Any]) -> Iterator[str]:
    """Tell the role names that no place tells, and those of no active role."""
    tellings = list(served.tellings())
    for name in answer.get("roleNames", ()):
        if not any(each.tells(name, each.kind) for each in tellings):
            yield f"the role {name!a} was not served"
    active = {each["name"] for each in answer.get("roles", ()) if each["active"]}
    if "roles" in answer and not active.issuperset(answer["roleNames"]):
        yield f"{answer['roleNames']!a} are not all active"


def _of_role(served: Served, role: Mapping[str, Any]) -> Iterator[str]:
    """Tell where a role is another one than was told, or lasts longer."""
    told = [
        each
        for each in served.tellings()
        if each.source == role["source"] and each.tells(role["name"], role["kind"])
    ]
    if not told:
        yield f"the role {role['name']!a} was not served: {role!a}"
    elif role["active"] and not any(each.may_count(served.now) for each in told):
        yield f"a role is active that does not count: {role!a}"
    elif role["endKnown"] and not any(each.tells_end for each in told):
        yield f"nobody told the end of a role: {role!a}"
    elif "expiresAt" in role and not any(may_be(each.end, role["expiresAt"]) for each in told):
        yield f"a role has another end than was told: {role!a}"
    elif role["endKnown"] and "expiresAt" not in role and all(_ends(each) for each in told):
        yield f"a role ends, and the end is left out: {role!a}"


def _ends(telling: Telling) -> bool:
    """Tell whether there is an end, for sure: one that lies somewhere behind the year 1."""
    return is_surely_over(telling.end, float("inf"))


def _of_organizations(served: Served, answer: Mapping[str, Any]) -> Iterator[str]:
    """Tell which organizations, and which of the platform's own texts, were not served."""
    if served.replaced.isdisjoint(_identity_routes(served)) and "organization" in answer:
        wanted = {"id": bodies.ORG, **served.known.organization}
        if answer["organization"] != wanted:
            yield f"{answer['organization']!a} is not {wanted!a}"
    if answer.get("organization", {}).get("id", bodies.ORG) != bodies.ORG:
        yield f"the organization {answer['organization']!a} was not asked about"
    told = {each for route in served.replies for each in evidence.texts(served.body(route))}
    named = {**answer.get("organization", {"id": bodies.ORG}), "all": answer.get("organizations")}
    parts = (named, answer.get("m3ter"), answer.get("csp"))
    for text in {each for part in parts for each in _texts(part)} - told - _OWN_TEXTS:
        yield f"{text!a} was not served"


def _texts(value: Any, key: str = "") -> Iterator[str]:
    """List the texts of an answer, but for times."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, key)
    elif isinstance(value, str) and not key.startswith(_TIMES):
        yield plain(value)


def _of_verdict(
    served: Served, rules: Mapping[str, Any], answer: Mapping[str, Any]
) -> Iterator[str]:
    """Tell where a guard allows what the rules do not, or does not say why it refuses."""
    if "allowed" not in answer:
        return
    if bool(answer["reasons"]) is answer["allowed"]:
        yield f"allowed is {answer['allowed']}, with the reasons {answer['reasons']!a}"
    if answer["allowed"]:
        yield from _of_yes(served, rules)


def _of_yes(served: Served, rules: Mapping[str, Any]) -> Iterator[str]:
    """Tell which rules are surely not kept."""
    kind, told = served.identity()
    own = {plain(told[key]) for key in ("userId", "id") if not is_blank(told.get(key))}
    if not evidence.may_keep([*served.tellings()], rules, served.now):
        yield "allowed, and no role that was served keeps the rules"
    if own.isdisjoint(rules.get("ids", own)):
        yield f"allowed, and the id that was served is of {own!a}"
    address, verified = plain(told.get("email")).translate(_LOWER), told.get("emailVerified")
    is_refuted = not is_blank(verified) and not verified
    if "emails" in rules and (address not in rules["emails"] or is_refuted):
        yield f"allowed, and the address that was served is {address!a}"
    if kind not in rules.get("principalTypes", [kind]):
        yield f"allowed, and {kind} was served"


def _has_token(reply: Mapping[str, Any]) -> bool:
    return isinstance(reply.get("access_token"), str)
