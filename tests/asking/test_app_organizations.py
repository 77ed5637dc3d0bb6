"""An OAuth app in several organizations: each question is asked with that organization's token."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest
from support import bodies
from support.api import Api, Reply, Seen, json_reply, serve
from support.callers import core, csp, m3ter
from support.clock import START, HandClock
from support.jwt import jwt

from callerid.asking.path import path
from callerid.asking.refusals import ARGUMENT, Org
from callerid.asking.signed_in import MOST_ORGANIZATIONS
from callerid.config import load
from callerid.errors import (
    ArgumentError,
    CalleridError,
    ConfigurationError,
    RefusedError,
    UnauthorizedError,
)
from callerid.platforms.csp.client import Csp
from callerid.platforms.csp.replies import CspUserInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.core import Core

OWN, A, B = (f"{digit * 8}-0000-4000-8000-000000000001" for digit in "0ab")
ROLES = {OWN: "org_owner", A: "org_member", B: "developer"}
SETTINGS: dict[str, Any] = {"cspClientId": "app-id", "cspClientSecret": "app-secret"}
OLDER = f"POST {bodies.CSP}/auth/authorize"
LIFE = 1800


class Issuer(Api):
    """Gives tokens of the organization in `orgId`, without one of `OWN`; `serial` counts them.

    `gives` has for an organization the claims that its tokens have in place of the right ones.
    """

    def __init__(self, clock: HandClock | None = None) -> None:
        """Mint by this clock, and as slowly as a network does."""
        super().__init__()
        self.hand = clock or HandClock()
        self.gives: dict[str, dict[str, Any]] = {}
        self.asked: list[str | None] = []

    def answer(self, seen: Seen) -> Reply:
        """Give a token, or what a test has queued."""
        if f"{seen.method} {seen.path}" != bodies.APP_TOKEN:
            return super().answer(seen)
        fields = dict(parse_qsl(seen.body.decode(), keep_blank_values=True))
        assert fields.pop("grant_type") == "client_credentials"
        org_id = fields.pop("orgId", None)
        assert fields == {}
        self.seen.append(seen)
        self.asked.append(org_id)
        own = (org_id or OWN).lower()
        claims = {
            "sub": "app:1",
            "context_name": own,
            "perms": [f"csp:{ROLES[own]}"],
            "exp": self.hand.now + LIFE,
            "serial": len(self.asked),
            **self.gives.get(own, {}),
        }
        present = {name: value for name, value in claims.items() if value is not None}
        token = jwt(**present)
        return Reply(body=json_reply(bodies.token(token, LIFE)).body, delay=0.05)


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """Serve tokens."""
    with serve(Issuer()) as api:
        assert isinstance(api, Issuer)
        yield api


def app(api: Issuer, **settings: Any) -> Core:
    """Give a core that asks as the app."""
    return csp(api, api.hand.clock(), **{"cspOrgId": None, **SETTINGS, **settings})


LINK = f"https://console.cloud.vmware.com/csp/gateway/am/api/orgs/{A}"
ASKED: dict[str, tuple[str | None, str | None, str | None, str]] = {
    "nothing": (None, None, None, OWN),
    "the setting": (A, None, A, A),
    "the argument": (None, B, B, B),
    "both": (A, B, B, B),
    "the owner's own": (None, OWN, OWN, OWN),
    "a link": (None, LINK, A, A),
    "capitals": (A.upper(), None, A.upper(), A.upper()),
    "quotation marks": (None, f'"{A}"', A, A),
}
"""What is set and asked for; what the exchange sends as `orgId`, and whose answer comes."""


@pytest.mark.parametrize(("setting", "argument", "sent", "answered"), ASKED.values(), ids=ASKED)
def test_the_exchange_names_the_organization_asked_for(
    issuer: Issuer, setting: str | None, argument: str | None, sent: str | None, answered: str
) -> None:
    """`orgId` is the one of the argument, else of the setting, else left out: the app's owner's."""
    arguments = {"orgId": argument} if argument else {}
    answer = app(issuer, cspOrgId=setting).call("getUserOrgRoles", arguments)
    assert issuer.asked == [sent]
    assert answer["orgId"] == answered
    assert answer["roleNames"] == [ROLES[answered.lower()]]


def test_no_request_id_repeats_the_token_of_another_organization(api: Api) -> None:
    """Nor a part of one, where the next token is refused."""
    refused = json_reply({}, 400, x_request_id="a-0a1B2c3D4e5F")
    api.on(bodies.APP_TOKEN, json_reply(bodies.token("0a1B2c3D4e5F6g7H8i9J")), refused)
    core = csp(api, **SETTINGS)
    with pytest.raises(CalleridError):
        core.call("getCurrentUser", {"orgId": A})
    with pytest.raises(UnauthorizedError, match=r"\(HTTP 400\)"):
        core.call("getCurrentUser", {"orgId": B})


@pytest.mark.parametrize("given", ["qzv-vexqua-jorbin-pluvik", "org-a", jwt(sub="x")])
@pytest.mark.parametrize("as_argument", [True, False])
def test_what_is_no_id_is_not_sent(issuer: Issuer, given: str, as_argument: bool) -> None:  # noqa: FBT001 - a pytest parameter
    """It may be a secret in the wrong place: the app's own token is asked for, and no other."""
    settings = {} if as_argument else {"cspOrgId": given}
    with pytest.raises(ConfigurationError, match=r"no UUID\) was asked for") as caught:
        app(issuer, **settings).call("getCurrentUser", {"orgId": given} if as_argument else {})
    assert issuer.asked == [None]
    assert given not in str(caught.value)


@pytest.mark.parametrize("given", ["https://x.example/a", "/orgs/x", ".", ".."])
def test_what_cannot_be_an_id_asks_nobody(issuer: Issuer, given: str) -> None:
    """The argument is named before a token is asked for."""
    with pytest.raises(ArgumentError):
        app(issuer).call("getCurrentUser", {"orgId": given})
    assert issuer.seen == []


def test_an_id_of_a_form_of_its_own_works_as_the_tokens_own(issuer: Issuer) -> None:
    """Where an owner's organization has another kind of id, nothing is different for it."""
    issuer.gives[OWN] = {"context_name": "acme"}
    assert app(issuer, cspOrgId="acme").call("getCurrentUser", {})["orgId"] == "acme"
    assert issuer.asked == [None]


def test_two_organizations_in_one_process(issuer: Issuer) -> None:
    """40 guards at once in each: one token for each, and nobody passes by the other's role."""
    asking = app(issuer, cspOrgId=A)

    def ask(number: int) -> tuple[str, bool]:
        org_id, role = (A, B)[number % 2], ROLES[(A, B)[number // 2 % 2]]
        arguments = {"orgId": org_id, "anyRoles": [role], "onRefusal": "warn"}
        answer = asking.call("requireCaller", arguments)
        assert answer["orgId"] == org_id
        assert answer["roleNames"] == [ROLES[org_id]]
        return org_id, answer["allowed"] == (role == ROLES[org_id])

    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(ask, range(80))) == {(A, True), (B, True)}
    assert sorted(map(str, issuer.asked)) == [A, B]


def test_spellings_of_an_id_share_a_token(issuer: Issuer) -> None:
    """One organization, however its id is written."""
    asking = app(issuer, cspOrgId=A)
    for org_id in (A, A.upper(), None):
        asking.call("getCurrentUser", {"orgId": org_id})
    assert issuer.asked == [A]


def test_each_token_is_renewed_by_itself(issuer: Issuer) -> None:
    """When one of them is about to expire, the others are not asked for again."""
    asking, hand = app(issuer), issuer.hand
    for org_id, seconds in ((A, 1000), (B, 700), (A, 0), (B, 0)):
        asking.call("getCurrentUser", {"orgId": org_id})
        hand.tick(seconds)
    assert issuer.asked == [A, B, A]


def test_a_short_life_is_mended_where_it_is_short(issuer: Issuer) -> None:
    """`minTokenSecondsLeft` looks at the token of its organization, and gives up no other."""
    asking, hand = app(issuer), issuer.hand
    asking.call("getCurrentUser", {"orgId": A})
    hand.tick(1000)
    rules = {"minTokenSecondsLeft": 1200}
    assert asking.call("requireCaller", {"orgId": B, **rules})["allowed"]
    assert issuer.asked == [A, B]
    assert asking.call("requireCaller", {"orgId": A, **rules})["allowed"]
    assert issuer.asked == [A, B, A]
    assert asking.call("requireCaller", {"orgId": B, **rules})["allowed"]
    hand.tick(700)
    with pytest.raises(RefusedError, match="1100 s left"):
        asking.call("requireCaller", {"orgId": A, "minTokenSecondsLeft": 2000})
    assert issuer.asked == [A, B, A]


FOREIGN: list[dict[str, Any]] = [{"context_name": B}, {"context_name": OWN}, {"context_name": 7}]


@pytest.mark.parametrize("claims", FOREIGN)
@pytest.mark.parametrize("function", ["getCurrentUser", "getUserOrgRoles", "requireCaller"])
@pytest.mark.parametrize("warn", ["stop", "warn"])
def test_a_token_of_another_organization_is_refused(
    issuer: Issuer, claims: dict[str, Any], function: str, warn: str
) -> None:
    """Whatever was asked for: a server that ignores `orgId` must let nobody pass."""
    issuer.gives[A] = {**claims, "perms": ["csp:org_owner"]}
    rules = {"anyRoles": ["org_owner"], "onRefusal": warn} if function == "requireCaller" else {}
    with pytest.raises(ConfigurationError, match=r"The token \(.*\) (belongs|names)"):
        app(issuer, cspOrgId=A).call(function, rules)


def test_a_renewed_token_of_another_organization_is_refused(issuer: Issuer) -> None:
    """The one before it was right, and that says nothing of the next."""
    asking = app(issuer, cspOrgId=A)
    asking.call("getCurrentUser", {})
    issuer.gives[A] = {"context_name": B}
    issuer.hand.tick(LIFE)
    with pytest.raises(ConfigurationError, match=f"organization {B}, and organization {A}"):
        asking.call("getCurrentUser", {})


class Asking(Csp):
    """Asks the API as an app, as one might that is not refused."""

    def ask(self, org_id: str) -> CspUserInfo:
        """Ask about one organization."""
        asked = path(f"{bodies.CSP}/loggedin/user/orgs/{{organization}}/info", organization=org_id)
        org = Org(org_id, ARGUMENT)
        return self.read(asked, CspUserInfo, org, self.clock.deadline(10))


def test_a_refused_token_is_dropped_alone(issuer: Issuer) -> None:
    """And no question carries the token of another organization."""
    settings = {"cspBaseUrl": issuer.url, **SETTINGS}
    platform = load(settings, {}).choose("csp")
    assert platform.credential
    client = Asking(platform, platform.credential, issuer.hand.clock(), lambda _: None)
    good = json_reply(bodies.info())
    routes = {each: f"GET {bodies.CSP}/loggedin/user/orgs/{each}/info" for each in (A, B)}
    issuer.on(routes[A], json_reply({}, 401), good)
    issuer.on(routes[B], good)
    client.ask(B)
    client.ask(A)
    issuer.hand.tick(301)
    client.ask(B)
    client.close()
    assert issuer.asked == [B, A, A]
    carried = [
        (each.path.split("/")[-2], each.headers["authorization"])
        for each in issuer.seen
        if each.method == "GET"
    ]
    tokens = {B: {1}, A: {2, 3}}
    for org_id, header in carried:
        wanted = [
            jwt(sub="app:1", context_name=org_id, perms=[f"csp:{ROLES[org_id]}"], exp=exp, serial=n)
            for n in tokens[org_id]
            for exp in (START + LIFE, START + LIFE + 301)
        ]
        assert header.removeprefix("Bearer ") in wanted


OTHERS: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "an API token": ({"cspApiToken": "t"}, bodies.AUTHORIZE, bodies.info()),
    "a key": ({"m3terApiKey": "k", "m3terApiSecret": "s"}, bodies.TOKEN, bodies.machine()),
}


@pytest.mark.parametrize(("settings", "route", "body"), OTHERS.values(), ids=OTHERS)
def test_credentials_of_one_organization_send_none(
    api: Api, settings: dict[str, Any], route: str, body: dict[str, Any]
) -> None:
    """One token for all that is asked, and its request names no organization."""
    api.on(route, json_reply(bodies.token("opaque")))
    for org_id in (A, B):
        for each in ("/organizations/{}/users/me", f"{bodies.CSP}/loggedin/user/orgs/{{}}/info"):
            api.on(f"GET {each.format(org_id)}", json_reply(body))
    kind = csp if "cspApiToken" in settings else m3ter
    asking = kind(api, **settings)
    for org_id in (A, B):
        asking.call("getCurrentUser", {"orgId": org_id})
    minted = [each for each in api.seen if each.method == "POST"]
    assert len(minted) == 1
    assert b"rgId" not in minted[0].body


REFUSED = [400, 401, 403]
WHERE = {
    "provider setting cspOrgId": ({"cspOrgId": A}, {}),
    "the argument orgId": ({"cspOrgId": B}, {"orgId": A}),
}


@pytest.mark.parametrize("status", REFUSED)
@pytest.mark.parametrize(("source", "how"), WHERE.items())
def test_a_refusal_names_the_organization_too(
    api: Api, status: int, source: str, how: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    """The API does not tell an unknown organization from a wrong secret: both are named."""
    settings, arguments = how
    api.on(bodies.APP_TOKEN, json_reply({"message": "canary"}, status))
    with pytest.raises(UnauthorizedError) as caught:
        csp(api, **{**SETTINGS, **settings}).call("getCurrentUser", arguments)
    assert str(caught.value) == (
        f"VMware Cloud Services refused the OAuth app (HTTP {status}).\n"
        "Check provider setting cspClientId and cspClientSecret. Or the OAuth app is not known in "
        f"organization {A}: check {source}."
    )


def test_a_refusal_without_an_organization_names_none(api: Api) -> None:
    """None was asked for."""
    api.on(bodies.APP_TOKEN, json_reply({}, 401))
    with pytest.raises(UnauthorizedError, match=r"cspClientId and cspClientSecret\.\Z"):
        csp(api, **SETTINGS, cspOrgId=None).call("getCurrentUser", {})


def test_each_thread_that_waits_for_a_token_hears_of_its_own_source(api: Api) -> None:
    """One request for both, and a sentence for each."""
    api.on(bodies.APP_TOKEN, Reply(403, b"{}", delay=0.5))
    asking = csp(api, **SETTINGS, cspOrgId=A)
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(asking.call, "getCurrentUser", each) for each in ({}, {"orgId": A})]
        texts = [str(each.exception(10)) for each in asked]
    assert len(api.seen) == 1
    assert texts[0].endswith(": check provider setting cspOrgId.")
    assert texts[1].endswith(": check the argument orgId.")


PAGE = Reply(404, b"<html>no</html>", {"content-type": "text/html"})
GOOD = json_reply(bodies.token(jwt(sub="app:1", perms=["csp:org_member"])))
PATHS: dict[str, tuple[Reply, Reply, str | None]] = {
    "404": (json_reply({}, 404), GOOD, None),
    "405": (json_reply({"message": "Method Not Allowed"}, 405), GOOD, None),
    "404 as a page": (PAGE, GOOD, None),
    "404 without a body": (Reply(404, b""), GOOD, None),
    "refused at the older path": (
        json_reply({}, 404),
        json_reply({}, 401),
        "refused the OAuth app (HTTP 401)",
    ),
    "invalid_grant at the older path": (
        json_reply({}, 405),
        json_reply({"errorCode": "invalid_grant"}, 404),
        "refused the OAuth app (HTTP 404)",
    ),
    "nowhere": (json_reply({}, 404), json_reply({}, 405), "has no token endpoint at 127.0.0.1"),
    "pages everywhere": (PAGE, PAGE, "sent an HTML page instead of JSON (HTTP 404)"),
}
"""What the documented path answers, then the older one; how the error begins, if there is one."""


@pytest.mark.parametrize(("first", "second", "error"), PATHS.values(), ids=PATHS)
def test_the_older_path_is_asked_where_the_first_is_missing(
    api: Api, first: Reply, second: Reply, error: str | None
) -> None:
    """With the same request: the same form, the same credential."""
    api.on(bodies.APP_TOKEN, first)
    api.on(OLDER, second)
    try:
        csp(api, **SETTINGS, cspOrgId=A).call("getCurrentUser", {})
        text = None
    except CalleridError as caught:
        text = str(caught)
    assert api.paths() == [bodies.APP_TOKEN, OLDER]
    one, other = ((each.body, each.headers["authorization"]) for each in api.seen)
    assert one == other
    assert text is None if error is None else f"VMware Cloud Services {error}" in str(text)


@pytest.mark.parametrize(
    "refused",
    [
        json_reply({"message": "invalid_grant: Invalid client id"}, 404),
        json_reply({"error": "invalid_grant"}, 404),
        json_reply({"minorErrorCode": "INVALID_GRANT"}, 405),
        json_reply({"errorCode": "invalid_client"}, 404),
        json_reply({}, 401),
        json_reply({}, 403),
        json_reply({}, 400),
    ],
)
def test_a_refused_app_is_not_sent_elsewhere(api: Api, refused: Reply) -> None:
    """What refuses the credential is a token endpoint, so the other is not asked."""
    api.on(bodies.APP_TOKEN, refused)
    with pytest.raises(UnauthorizedError):
        csp(api, **SETTINGS).call("getCurrentUser", {})
    assert api.paths() == [bodies.APP_TOKEN]


@pytest.mark.parametrize("works", [bodies.APP_TOKEN, OLDER])
def test_the_path_that_worked_is_kept(api: Api, works: str) -> None:
    """For other organizations and later tokens: a 404 there is no reason for the other path."""
    good = [json_reply(bodies.token(jwt(sub="app:1", context_name=each))) for each in (A, B)]
    api.on(works, *good, json_reply({}, 404))
    asking = core({"cspBaseUrl": api.url, **SETTINGS})
    tried = [bodies.APP_TOKEN, OLDER][: [bodies.APP_TOKEN, OLDER].index(works) + 1]
    for org_id in (A, B):
        asking.call("getCurrentUser", {"orgId": org_id})
    with pytest.raises(CalleridError, match="has no token endpoint") as caught:
        asking.call("getCurrentUser", {"orgId": OWN})
    assert api.paths() == [*tried, works, works]
    assert str(caught.value).endswith(
        f" Or organization {OWN} is not known there: check the argument orgId."
    )


def test_few_organizations_are_remembered(issuer: Issuer) -> None:
    """Tokens of many would pile up in a process that lives long; one that is refused has none."""
    client = csp(issuer, **SETTINGS)._clients.choose("csp")  # noqa: SLF001 - nothing else shows it
    assert isinstance(client, Csp)
    known = client._tokens_by_org  # noqa: SLF001 - as above
    for number in range(MOST_ORGANIZATIONS + 50):
        client._tokens_for(Org(f"{number:08}-0000-4000-8000-000000000001", ARGUMENT))  # noqa: SLF001
    assert len(known) == MOST_ORGANIZATIONS


def test_an_organization_without_a_token_is_not_remembered(api: Api) -> None:
    """Whoever asks for it later asks anew."""
    api.on(bodies.APP_TOKEN, json_reply({}, 400))
    client = csp(api, **SETTINGS)._clients.choose("csp")  # noqa: SLF001 - nothing else shows it
    assert isinstance(client, Csp)
    with pytest.raises(UnauthorizedError):
        client.token(client.clock.deadline(5), Org(A, ARGUMENT))
    assert client._tokens_by_org == {}  # noqa: SLF001 - as above
