"""VMware Cloud Services: what is sent there, and every sentence that is said of its answers."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from support import bodies
from support.api import Api, Reply, Seen, json_reply, serve
from support.callers import csp
from support.clock import HandClock
from support.guards import allowed, refusal
from support.jwt import jwt

from callerid.errors import (
    ApiError,
    ConfigurationError,
    ForbiddenError,
    UnauthorizedError,
    UnexpectedReplyError,
)
from callerid.platforms.csp.client import hosts_beside

OTHER = "00000000-1111-2222-3333-444444444444"
THIRD = "00000000-1111-2222-3333-555555555555"
SUBJECT = {"sub": "acme:app"}
APP: dict[str, Any] = {"cspClientId": "i", "cspClientSecret": "s"}
NO_PERMISSIONS = (
    "The access token lists no permissions, and VMware Cloud Services answers no questions of "
    "service accounts: callerid cannot tell the roles.\nGive the machine behind provider setting "
    "cspClientId roles in the organization."
)
PERMS_UNREADABLE = (
    "the access token's claim perms cannot be read, so no role counts as one that the token "
    "carries."
)
NO_ORGANIZATION = (
    "the access token names no organization, so none of its roles counts in the one asked about. "
    "Use a token whose claim context_name has the organization's id."
)
NO_SUBJECT = (
    "The access token names no subject, and VMware Cloud Services answers no questions of service "
    "accounts: callerid cannot tell who calls."
)


@pytest.mark.parametrize(
    ("claims", "kind", "text"),
    [
        (SUBJECT, UnauthorizedError, NO_PERMISSIONS),
        ({**SUBJECT, "perms": "csp:org_owner"}, UnauthorizedError, NO_PERMISSIONS),
        ({"perms": ["csp:org_owner"]}, UnexpectedReplyError, NO_SUBJECT),
        ({"sub": " ", "perms": ["csp:org_owner"]}, UnexpectedReplyError, NO_SUBJECT),
    ],
)
def test_what_the_token_of_an_app_must_tell(
    api: Api, claims: dict[str, Any], kind: type[Exception], text: str
) -> None:
    """Nothing else tells it, as the API answers no machine."""
    token = bodies.token(jwt(context_name=bodies.ORG, **claims))
    api.on(bodies.APP_TOKEN, json_reply(token))
    with closing(csp(api, **APP)) as core, pytest.raises(kind) as caught:
        core.call("getUserOrgRoles", {})
    assert str(caught.value) == text


def _role(name: str, *organizations: Any) -> dict[str, Any]:
    links = dict(zip(("organizationLink", "orgId"), organizations, strict=False))
    return {"name": name, "expiresAt": None, **links}


def _orgs(*orgs: list[Any]) -> dict[str, Any]:
    """Answer about organizations that have these roles."""
    infos = [{"name": f"org-{number}", "orgRoles": roles} for number, roles in enumerate(orgs)]
    return {**bodies.info(), "userOrgInfo": infos}


MINE = _role("mine", bodies.ORG)


@pytest.mark.parametrize(
    ("body", "other", "active"),
    [
        (_orgs([MINE, _role("x")], []), None, ["mine", "x"]),
        (_orgs([MINE, _role("x", OTHER), _role("y")]), OTHER, ["mine"]),
        (_orgs([MINE], [MINE]), "several", []),
        (_orgs([MINE, "x", _role("y")]), "unreadable", ["mine"]),
    ],
)
def test_an_answer_about_another_organization_too(
    api: Api, body: dict[str, Any], other: str | None, active: list[str]
) -> None:
    """Only a role that is surely of the one asked about counts; one sentence tells why."""
    warnings = list[str]()
    api.on(bodies.AUTHORIZE, json_reply(bodies.token("opaque")))
    api.on(bodies.INFO, json_reply(body))
    with closing(csp(api, warn=warnings.append)) as core:
        assert core.call("getUserOrgRoles", {})["roleNames"] == active
        assert allowed(core, orgIds=[bodies.ORG]) is (other is None)
    names = {
        "several": "several organizations that cannot be told apart",
        "unreadable": "roles that cannot be read",
    }
    told = [each for each in warnings if "answers about" in each]
    assert told == [
        f"VMware Cloud Services answers about {names.get(each, each)}, not only about the "
        "organization asked about. Roles count where they are surely of the latter."
        for each in [other]
        if each
    ]


def _fix(text: str) -> str:
    return text.splitlines()[-1].removeprefix("  nearest fix: ")


@pytest.mark.parametrize(
    ("role", "perms", "settings", "fix"),
    [
        (
            {"name": "org_owner"},
            ["csp:org_owner"],
            {},
            (
                "leave minRoleSecondsLeft out for this role, whose end VMware Cloud Services does "
                "not tell, or require another one"
            ),
        ),
        (
            {},
            ["csp:org_owner"],
            APP,
            (
                "leave minRoleSecondsLeft out for a caller whose roles only the token tells, or "
                "use a person's credential"
            ),
        ),
        (
            {"name": "org_owner", "expiresAt": None},
            [],
            {},
            (
                "mint a token that carries org_owner: make an API token whose scopes include it, "
                "and use it in place of provider setting cspApiToken"
            ),
        ),
    ],
)
def test_what_to_do_about_a_role_that_does_not_count(
    api: Api, role: dict[str, Any], perms: list[str], settings: dict[str, Any], fix: str
) -> None:
    """As only somebody who knows this platform can tell it."""
    token = bodies.token(jwt(sub="acme:1", exp=2 * 10**9, context_name=bodies.ORG, perms=perms))
    for route in (bodies.AUTHORIZE, bodies.APP_TOKEN):
        api.on(route, json_reply(token))
    api.on(bodies.INFO, json_reply(bodies.info(role)))
    with closing(csp(api, HandClock().clock(), **settings)) as core:
        assert _fix(refusal(core, anyRoles=["org_owner"], minRoleSecondsLeft=9)) == fix


def test_how_to_be_known_as_a_machine(api: Api) -> None:
    """An existing token of one looks like that of a person without a user name."""
    token = jwt(sub="acme:app", exp=2 * 10**9, context_name=bodies.ORG, perms=["csp:org_owner"])
    api.on(bodies.INFO, json_reply({}, 403))
    with closing(csp(api, cspAccessToken=token)) as core:
        fix = _fix(refusal(core, principalTypes=["serviceUser"]))
    assert fix == (
        "let callerid use the OAuth app itself: set cspClientId and cspClientSecret "
        "(CSP_CLIENT_ID, CSP_CLIENT_SECRET)"
    )


@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize("said", ["invalid_grant", "INVALID_GRANT: Invalid refresh token: x"])
def test_a_token_that_another_host_may_know(api: Api, status: int, said: str) -> None:
    """The whole error; the address at the start of the hint is the one that was asked."""
    api.on(bodies.AUTHORIZE, json_reply({"message": said}, status))
    with closing(csp(api)) as core, pytest.raises(UnauthorizedError) as caught:
        core.call("getCurrentUser", {})
    assert str(caught.value) == (
        f"VMware Cloud Services refused the API token (HTTP {status}).\n"
        "Check provider setting cspApiToken. It may be expired or revoked. "
        f"{api.url.removeprefix('http://')} knows its own tokens only:\n"
        "for one of another host (console.cloud.vmware.com, console.cloud.broadcom.com, "
        "console.tanzu.broadcom.com, console.cloud-us-gov.vmware.com, console.cloud.omnissa.com) "
        "change provider setting cspBaseUrl."
    )
    assert api.paths() == [bodies.AUTHORIZE]


@pytest.mark.parametrize(
    ("own", "left"),
    [
        ("console.cloud.vmware.com", 4),
        ("Console.Cloud.VMware.com:443", 4),
        ("console.cloud.vmware.com:8443", 5),
        ("gate.example", 5),
    ],
)
def test_the_hosts_beside_the_one_that_was_asked(own: str, left: int) -> None:
    """However it is written."""
    assert len(hosts_beside(own)) == left
    assert ("console.cloud.vmware.com" in hosts_beside(own)) is (left == 5)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409])
def test_an_existing_token_that_may_be_a_machines(api: Api, status: int) -> None:
    """A refusal of the question makes it one; any other answer is the error that it always is."""
    claims = {"sub": "acme:1", "context_name": bodies.ORG, "exp": 2 * 10**9}
    api.on(bodies.INFO, json_reply({}, status))
    told = []
    for more in ({}, {"username": "grace"}):
        with closing(csp(api, cspAccessToken=jwt(**claims, **more))) as core:
            try:
                told.append(core.call("getCurrentUser", {})["principalType"])
            except ApiError as error:
                told.append(str(error))
    if status in (403, 404):
        assert told[0] == "serviceUser"
        assert "refuses this question to the caller" in told[1]
    else:
        assert told[0] == told[1]
        assert told[0].startswith("VMware Cloud Services ")


@pytest.mark.parametrize("settings", [{"cspAccessToken": "opaque"}, {"cspApiToken": "a"}])
def test_who_may_not_be_a_machine(api: Api, settings: dict[str, Any]) -> None:
    """An opaque token tells nothing of a user name, and only persons have API tokens."""
    token = jwt(sub="acme:1", context_name=bodies.ORG, exp=2 * 10**9)
    api.on(bodies.AUTHORIZE, json_reply(bodies.token(token)))
    api.on(bodies.INFO, json_reply({}, 403))
    with closing(csp(api, **settings)) as core, pytest.raises(ForbiddenError):
        core.call("getCurrentUser", {})


@pytest.mark.parametrize(
    ("status", "said", "old"),
    [
        (400, "unknown field: api_token", True),
        (400, "refresh_token is required", True),
        (400, "Invalid Parameter", True),
        (400, "blocked by a rule", False),
        (400, "invalid_grant: refresh_token is not good", False),
        (401, "refresh_token is required", False),
        (403, "Invalid parameter", False),
        (404, "unknown field: api_token", False),
    ],
)
def test_when_the_old_name_of_an_api_token_is_tried(
    api: Api, status: int, said: str, old: object
) -> None:
    """Only where the reply speaks of a name: a token that was refused is not sent again."""
    api.on(bodies.AUTHORIZE, json_reply({"message": said}, status), json_reply({}, 401))
    with closing(csp(api, cspApiToken="t")) as core, pytest.raises(ApiError):
        core.call("getCurrentUser", {})
    names = [b"api_token=t", b"refresh_token=t"]
    assert [each.body for each in api.seen] == names[: 1 + bool(old)]


@pytest.mark.parametrize("function", ["getCurrentUser", "getUserOrgRoles"])
def test_a_token_that_ends_while_the_platform_answers(function: str) -> None:
    """Another one is made, and it must be of the same organization."""
    clock = HandClock()

    class Slow(Api):
        def answer(self, seen: Seen) -> Reply:
            if seen.path.endswith("/info"):
                clock.tick(50)
            return super().answer(seen)

    claims = {"sub": "acme:1", "perms": ["csp:org_owner"]}
    mine, other = (
        json_reply(bodies.token(jwt(context_name=each, **claims), 45))
        for each in (bodies.ORG, OTHER)
    )
    for second in (mine, other):
        api = Slow()
        api.on(bodies.AUTHORIZE, mine, second)
        api.on(bodies.INFO, json_reply(bodies.info({"name": "org_owner"})))
        with serve(api), closing(csp(api, clock.clock())) as core:
            if second is mine:
                assert core.call(function, {})["orgId"] == bodies.ORG
            else:
                with pytest.raises(ConfigurationError, match="belongs to VMware Cloud Services"):
                    core.call(function, {})
        assert api.paths() == [bodies.AUTHORIZE, bodies.INFO, bodies.AUTHORIZE]


@pytest.mark.parametrize(
    ("user", "name"),
    [
        (
            {"firstName": "Ada", "lastName": "Lovelace", "email": "e", "username": "n"},
            "Ada Lovelace",
        ),
        ({"lastName": "Lovelace", "email": "e", "username": "n"}, "Lovelace"),
        ({"email": "e", "username": "n"}, "e"),
        ({"username": "n"}, "n"),
        ({}, "acme:1"),
    ],
)
def test_what_a_person_is_called(api: Api, user: dict[str, Any], name: str) -> None:
    """By the best name that is told."""
    api.on(bodies.AUTHORIZE, json_reply(bodies.token("opaque")))
    api.on(bodies.INFO, json_reply({"user": {"userId": "acme:1", **user}}))
    with closing(csp(api)) as core:
        for function in ("getCurrentUser", "getUserOrgRoles"):
            assert core.call(function, {})["displayName"] == name


@pytest.mark.parametrize(
    ("claims", "settings", "warning"),
    [
        ({"context_name": bodies.ORG, "perms": "x"}, {}, PERMS_UNREADABLE),
        ({"perms": ["csp:org_owner"]}, APP, NO_ORGANIZATION),
        ({"perms": ["csp:org_owner"]}, {}, None),
    ],
)
def test_what_is_warned_of(
    api: Api, claims: dict[str, Any], settings: dict[str, Any], warning: str | None
) -> None:
    """In one sentence; no role of a machine counts whose token names no organization."""
    warnings = list[str]()
    for route in (bodies.AUTHORIZE, bodies.APP_TOKEN):
        api.on(route, json_reply(bodies.token(jwt(sub="acme:1", **claims))))
    api.on(bodies.INFO, json_reply(bodies.info({"name": "org_owner"})))
    with closing(csp(api, HandClock().clock(), warnings.append, **settings)) as core:
        answer = core.call("getUserOrgRoles", {})
    assert warnings == ([warning] if warning else [])
    assert bool(answer["roleNames"]) is (warning != NO_ORGANIZATION)
