"""The worst day: everything that the APIs may answer, and what a person is told of it.

The client is the real one, the APIs are the sandbox with its switches on. Every error names the
platform and what came; nothing of a body and no credential is in it; nothing of it is kept.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from support.clock import START, HandClock

from callerid.config import load
from callerid.core import Core
from callerid.errors import (
    ApiError,
    CalleridError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    UnauthorizedError,
    UnexpectedReplyError,
    UnreachableError,
)
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Start = Callable[..., "Day"]

ORG = "00000000-0000-4000-8000-000000000004"
OTHER_ORG = "00000000-0000-4000-8000-000000000005"
CANARY = "canary-5f0e"
REQUEST_ID = "req-77a1"
TITLES = {"m3ter": "m3ter", "csp": "VMware Cloud Services"}
MAIN = {"m3ter": "users/me", "csp": "info"}
EXCHANGE = {"m3ter": "token", "csp": "authorize"}
POLICIES = [{"id": "p", "name": "Reader"}]
ROLE = {"name": "org_member", "displayName": "Organization Member"}
KNOWN: dict[str, dict[str, Any]] = {
    "m3ter": {
        "credential": {"apiKey": f"sandbox-key-{CANARY}", "apiSecret": f"sandbox-secret-{CANARY}"},
        "me": {"serviceUser": {"id": "s", "name": "deploy"}},
        "policies": POLICIES,
    },
    "csp": {
        "credential": {"apiToken": f"sandbox-token-{CANARY}"},
        "username": "kay",
        "perms": ["csp:org_member"],
        "info": {
            "user": {"userId": "d:s", "firstName": "Kay", "password": CANARY},
            "userOrgInfo": [{"name": "acme", "orgRoles": [ROLE]}],
        },
    },
}


class Day:
    """A sandbox with one caller, asked through the client, on a clock that waits in no time."""

    def __init__(self, sandbox: Sandbox, name: str, hand: HandClock, org_id: str) -> None:
        """Take the caller's environment, all but the organization."""
        self.sandbox, self.hand = sandbox, hand
        self.warnings: list[str] = []
        environ = {**sandbox.environment(name), "M3TER_ORG_ID": org_id, "CSP_ORG_ID": org_id}
        self.core = Core(load({}, environ), hand.clock(), self.warnings.append)

    def close(self) -> None:
        """Close the connections, which a core keeps open for as long as its process lives."""
        self.core.close()

    def ask(self, function: str = "getCurrentUser", **arguments: str) -> dict[str, Any]:
        """Call a function."""
        return self.core.call(function, arguments)

    def refusal(self, kind: type[CalleridError], function: str = "getCurrentUser") -> str:
        """Call a function that fails; the text is short and has no secret in it."""
        with pytest.raises(CalleridError) as caught:
            self.ask(function)
        assert type(caught.value) is kind
        text = str(caught.value)
        assert CANARY not in text
        assert "eyJ" not in text  # the first bytes of a JWT
        assert 1 <= text.count("\n") + 1 <= 3
        return text

    def asked(self, last: str) -> list[int]:
        """List the statuses of the requests to paths that end so; 0 is a dropped connection."""
        return [each.status for each in self.sandbox.requests if each.path.endswith(last)]


class Stage:
    """Sandboxes for the days of one module: one for most of them, since each takes a while."""

    def __init__(self) -> None:
        """Start the one that days share, without a caller."""
        self.hand = HandClock()
        self._numbers = count()
        self._callers: dict[str, Scenario] = {}
        self._shared = Sandbox.start(self._callers, clock=lambda: self.hand.now)
        self.running = [self._shared]

    def day(self, caller: Scenario, org_id: str, *, alone: bool) -> Day:
        """Start a day; `alone` for what is prepared at the start or counted by organization."""
        self.hand, name, sandbox = HandClock(), f"x{next(self._numbers)}", self._shared
        if alone:
            sandbox = Sandbox.start({name: caller}, clock=lambda: self.hand.now)
            self.running.append(sandbox)
        else:
            self._callers.clear()
            self._callers[name] = caller
            sandbox.requests.clear()
        return Day(sandbox, name, self.hand, org_id)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """One stage for all."""
    made = Stage()
    yield made
    for sandbox in made.running:
        sandbox.stop()


@pytest.fixture
def start(stage: Stage) -> Iterator[Start]:
    """Start a day: `start(platform, fault, ...)`, more keys of the caller by name."""
    days: list[Day] = []

    def begin(platform: str, *faults: dict[str, Any], asks: str = ORG, **more: Any) -> Day:
        basis = {"organizationId": ORG, "subject": "d:s", "faults": list(faults)}
        block = {**basis, **KNOWN[platform], **more}
        caller = Scenario.model_validate({"description": "a caller", platform: block})
        alone = "requestsPerSecond" in more or "credential" in more
        days.append(stage.day(caller, asks, alone=alone))
        return days[-1]

    yield begin
    for day in days:
        day.close()


def _fault(platform: str, **fault: Any) -> dict[str, Any]:
    return {"endpoint": MAIN[platform], **fault}


def _csp_body(status: int, **more: Any) -> dict[str, Any]:
    text = {"message": f"sorry {CANARY}", "statusCode": status, "moduleCode": 250}
    return {**text, "cspErrorCode": f"250.{status}", "requestId": REQUEST_ID, **more}


M3TER_STATUSES: dict[int, type[ApiError]] = {
    400: ApiError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    413: ApiError,
    500: UnreachableError,
    502: UnreachableError,
    504: UnreachableError,
}
CSP_STATUSES: dict[int, type[ApiError]] = {
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ApiError,
    500: UnreachableError,
    503: UnreachableError,
}


@pytest.mark.parametrize(("status", "kind"), M3TER_STATUSES.items())
@pytest.mark.parametrize("function", ["getCurrentUser", "getUserOrgRoles"])
def test_m3ter_statuses(start: Start, function: str, status: int, kind: type[ApiError]) -> None:
    """Each status that m3ter documents, and 401: its error, its number, nothing of its message."""
    day = start("m3ter", _fault("m3ter", status=status, body={"message": CANARY}, times=8))
    text = day.refusal(kind, function)
    assert text.startswith("m3ter ")
    assert f"HTTP {status}" in text
    _assert_nothing_kept(day)


@pytest.mark.parametrize(("status", "kind"), CSP_STATUSES.items())
@pytest.mark.parametrize("function", ["getCurrentUser", "getUserOrgRoles"])
def test_csp_statuses(start: Start, function: str, status: int, kind: type[ApiError]) -> None:
    """Each status that CSP declares, 409 and 503: its error, its number, its request id."""
    day = start("csp", _fault("csp", status=status, body=_csp_body(status), times=8))
    text = day.refusal(kind, function)
    assert text.startswith("VMware Cloud Services ")
    assert f"HTTP {status}, request {REQUEST_ID}" in text
    _assert_nothing_kept(day)


def _assert_nothing_kept(day: Day) -> None:
    """Ask until the faults are over: the same core answers."""
    for _ in range(8):
        try:
            answer = day.ask()
        except ApiError:
            continue
        assert answer["displayName"] in {"Kay", "deploy"}
        return
    pytest.fail("the fault is over, and the client still fails")


@pytest.mark.parametrize(
    ("body", "request_id"),
    [
        ({"statusCode": 403, "message": CANARY, "moduleCode": "540"}, None),
        ({"traceId": "trace-1", "metadata": "knull", "message": CANARY}, "trace-1"),
        ({"cspErrorCode": "540.120-340.800", "requestId": REQUEST_ID}, REQUEST_ID),
        ({"requestId": f"{CANARY}\nand more", "message": None}, None),
        ([CANARY], None),
        (CANARY, None),
        (None, None),
    ],
)
def test_csp_error_bodies(start: Start, body: object, request_id: str | None) -> None:
    """Every form of an error body is read with patience; a request id is used if it looks so."""
    day = start("csp", _fault("csp", status=403, body=body))
    suffix = f", request {request_id}" if request_id else ""
    assert f"(HTTP 403{suffix})" in day.refusal(ForbiddenError)


@pytest.mark.parametrize(
    "behaviour",
    [
        {},
        {"moduleCodeType": "text"},
        {"errorCode": False, "traceAndMetadata": False},
        {"chainedCspErrorCode": True},
    ],
)
def test_csp_error_forms_of_the_sandbox(start: Start, behaviour: dict[str, Any]) -> None:
    """The sandbox's own error bodies carry a request id in every form."""
    text = start("csp", behaviour=behaviour, info=None).refusal(ForbiddenError)
    assert "HTTP 403, request " in text


@pytest.mark.parametrize("status", [400, 404])
def test_invalid_grant(start: Start, status: int) -> None:
    """A token of another host is refused with the hint to the host, once, and not retried."""
    day = start("csp", behaviour={"otherHost": True, "invalidGrantStatus": status})
    text = day.refusal(UnauthorizedError)
    assert f"HTTP {status}" in text
    assert text.endswith(") change environment CSP_BASE_URL.")
    assert "invalid_grant" not in text
    assert day.asked("authorize") == [status]


@pytest.mark.parametrize("platform", ["m3ter", "csp"])
@pytest.mark.parametrize(
    ("fault", "kind", "told"),
    [
        ({"drop": True, "times": 4}, UnreachableError, "the connection broke"),
        ({"cut": True, "times": 4}, UnreachableError, "the reply was cut short"),
        ({"html": True}, UnexpectedReplyError, "an HTML page instead of JSON (HTTP 200)"),
        ({"html": True, "status": 502, "times": 4}, UnreachableError, "HTTP 502"),
        ({"empty": True}, UnexpectedReplyError, "an empty reply instead of JSON"),
        ({"empty": True, "status": 500, "times": 4}, UnreachableError, "HTTP 500"),
        ({"empty": True, "status": 403}, ForbiddenError, "HTTP 403"),
        ({"body": f'{{"user": "{CANARY}'}, UnexpectedReplyError, "a reply cut short"),
        ({"body": CANARY}, UnexpectedReplyError, "sent text instead of JSON"),
        ({"body": f"<p>{CANARY}"}, UnexpectedReplyError, "an HTML page"),
        ({"body": [CANARY]}, UnexpectedReplyError, "unexpected answer"),
        ({"body": {"user": CANARY}}, UnexpectedReplyError, "user"),
        ({"body": {"user": {"id": [CANARY], "userId": {}}}}, UnexpectedReplyError, ""),
        ({"hugeBytes": 6 * 1024 * 1024}, UnexpectedReplyError, "more than 5 MiB"),
        ({"redirect": f"https://{CANARY}.example/"}, UnexpectedReplyError, "a redirect (HTTP 307)"),
        ({"status": 505}, UnreachableError, "HTTP 505"),
        ({"status": 418}, ApiError, "does not understand the request (HTTP 418"),
    ],
)
def test_each_fault_is_an_error_that_names_it(
    start: Start, platform: str, fault: dict[str, Any], kind: type[ApiError], told: str
) -> None:
    """Each fault is an error that says what came; when it is over, the same core answers."""
    fault = {"times": 1, **fault}
    day = start(platform, _fault(platform, **fault))
    text = day.refusal(kind)
    assert told in text
    assert TITLES[platform] in text
    assert day.ask()["displayName"] in {"Kay", "deploy"}


@pytest.mark.parametrize("platform", ["m3ter", "csp"])
def test_an_answer_without_a_caller_is_an_error(start: Start, platform: str) -> None:
    """It is an error that says so, and is not kept: the next call asks again."""
    day = start(platform, _fault(platform, body={}, times=1))
    assert TITLES[platform] in day.refusal(UnexpectedReplyError)
    assert day.ask()["displayName"] in {"Kay", "deploy"}


@pytest.mark.parametrize("platform", ["m3ter", "csp"])
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"drop": True, "times": 4}, UnreachableError),
        ({"cut": True, "times": 4}, UnreachableError),
        ({"html": True}, UnexpectedReplyError),
        ({"empty": True}, UnexpectedReplyError),
        ({"body": {"access_token": {"is": CANARY}}}, UnexpectedReplyError),
        ({"body": {"token": CANARY, "expires_in": CANARY}}, UnexpectedReplyError),
        ({"status": 500, "times": 4}, UnreachableError),
        ({"status": 401, "body": CANARY}, UnauthorizedError),
        ({"status": 403, "body": {"message": CANARY}}, UnauthorizedError),
        ({"redirect": f"https://{CANARY}.example/"}, UnexpectedReplyError),
        ({"hugeBytes": 6 * 1024 * 1024}, UnexpectedReplyError),
    ],
)
def test_faults_of_the_token_endpoint(
    start: Start, platform: str, fault: dict[str, Any], kind: type[ApiError]
) -> None:
    """What goes wrong while signing in is told alike, and the next call signs in."""
    fault = {"times": 1, "endpoint": EXCHANGE[platform], **fault}
    day = start(platform, fault)
    assert TITLES[platform] in day.refusal(kind)
    assert day.ask()["displayName"] in {"Kay", "deploy"}


@pytest.mark.parametrize("platform", ["m3ter", "csp"])
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 408},
        {"status": 500},
        {"status": 502, "html": True},
        {"status": 503, "empty": True},
        {"status": 504},
        {"drop": True},
        {"cut": True},
        {"status": 429},
        {"latencySeconds": 0.05},
        {"contentType": "text/html"},
    ],
)
def test_what_passes_is_not_noticed(start: Start, platform: str, fault: dict[str, Any]) -> None:
    """A fault that ends within the client's patience costs time, not the answer."""
    day = start(platform, {"endpoint": "*", "times": 3, **fault})
    assert day.ask()["displayName"] in {"Kay", "deploy"}


def test_a_failing_api_is_tried_four_times(start: Start) -> None:
    """An API that stays down is asked four times, with a backoff that grows."""
    day = start("m3ter", _fault("m3ter", status=503))
    day.refusal(UnreachableError)
    assert day.asked("users/me") == [503] * 4
    assert day.hand.sleeps == [0.25, 0.5, 1.0]


@pytest.mark.parametrize("platform", ["m3ter", "csp"])
@pytest.mark.parametrize(
    ("retry_after", "waited"), [(7, 7.25), ("date+7", 7.25), ("date-7", 0.25), (None, 0.5)]
)
def test_rate_limit(start: Start, platform: str, retry_after: Any, waited: float) -> None:
    """429 is waited out, as long as it asks for: seconds, a date, a date that is over, nothing."""
    fault = _fault(platform, status=429, times=1)
    day = start(platform, {**fault, "retryAfter": retry_after} if retry_after else fault)
    assert day.ask()["displayName"] in {"Kay", "deploy"}
    assert day.hand.sleeps == [pytest.approx(waited, abs=1.0)]


@pytest.mark.parametrize("platform", ["m3ter", "csp"])
@pytest.mark.parametrize("retry_after", [3600, "date+3600"])
def test_a_rate_limit_past_the_deadline(start: Start, platform: str, retry_after: Any) -> None:
    """Who is told to wait for an hour fails at once, and says when to try again."""
    day = start(platform, _fault(platform, status=429, retryAfter=retry_after))
    text = day.refusal(RateLimitedError)
    assert "HTTP 429" in text
    assert "Try again in 3600 s, after 2027-01-15T09:00:00Z." in text
    assert day.hand.sleeps == []


def test_an_endless_rate_limit(start: Start) -> None:
    """Without Retry-After the client waits as long as its time allows, then says so."""
    day = start("csp", _fault("csp", status=429))
    text = day.refusal(RateLimitedError)
    assert text.startswith("VMware Cloud Services gets too many requests (HTTP 429, request ")
    assert sum(day.hand.sleeps) < 60


@pytest.mark.parametrize("retry_after", [True, False])
def test_requests_per_second(start: Start, retry_after: bool) -> None:  # noqa: FBT001 - a pytest parameter
    """A limit of one request a second slows the client down and does not stop it."""
    day = start("m3ter", requestsPerSecond=1, retryAfterOn429=retry_after)
    assert day.ask("getUserOrgRoles")["roleNames"] == ["Reader"]
    assert day.hand.now > START
    assert 429 in [each.status for each in day.sandbox.requests]


@pytest.mark.parametrize(("platform", "status"), [("m3ter", 403), ("csp", 401)])
def test_a_token_that_expires_early(start: Start, platform: str, status: int) -> None:
    """A token that is refused as expired is renewed once, in silence."""
    day = start(platform, tokenExpiresAfterCalls=1)
    for _ in range(3):
        assert day.ask()["displayName"] in {"Kay", "deploy"}
        day.hand.tick(301)
    last = MAIN[platform]
    assert day.asked(last) == [200, status, 200, status, 200]
    assert day.warnings == []


def test_401_at_m3ter(start: Start) -> None:
    """m3ter may say 401 where it documents 403: an expired token is renewed all the same."""
    day = start("m3ter", tokenExpiresAfterCalls=1, behaviour={"unauthorizedStatus": 401})
    day.ask()
    day.hand.tick(301)
    day.ask()
    assert day.asked("users/me") == [200, 401, 200]


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("platform", ["m3ter", "csp"])
def test_wrong_organization(start: Start, platform: str, status: int) -> None:
    """Another organization than an opaque token's is refused by the API, in either status."""
    kind = ForbiddenError if status == 403 else NotFoundError
    day = start(platform, _fault(platform, status=status))
    text = day.refusal(kind)
    setting = f"Check environment {platform.upper()}_ORG_ID, and"
    assert f"HTTP {status}" in text
    assert setting in text


@pytest.mark.parametrize("status", [403, 404])
def test_wrong_organization_by_behaviour(start: Start, status: int) -> None:
    """The sandbox's own switch leads to the same errors."""
    kind = ForbiddenError if status == 403 else NotFoundError
    credential = {"apiToken": f"sandbox-token-{CANARY}"}
    behaviour = {"wrongOrganizationStatus": status}
    day = start("m3ter", credential=credential, behaviour=behaviour, asks=OTHER_ORG)
    assert f"HTTP {status}" in day.refusal(kind)


def test_users_me_needs_permission(start: Start) -> None:
    """A caller without the right is refused, not mistaken for a bad credential."""
    day = start("m3ter", behaviour={"usersMeNeedsPermission": True})
    assert "and the caller's roles" in day.refusal(ForbiddenError)
    assert day.asked("token") == [200]


@pytest.mark.parametrize(
    ("behaviour", "names"),
    [
        ({"serviceUserPermissionsShape": "object"}, ["Reader"]),
        ({"serviceUserPermissionsShape": "array"}, ["Reader"]),
        ({"nextTokenAtEnd": "absent"}, ["Reader"]),
        ({"nextTokenAtEnd": "empty"}, ["Reader"]),
        ({"serviceUserPermissionsPath": "users/{id}/permissions"}, ["CONFIG_CREATE"]),
        ({"serviceUserPermissionsPath": None}, ["CONFIG_CREATE"]),
    ],
)
def test_forms_of_permissions(start: Start, behaviour: dict[str, Any], names: list[str]) -> None:
    """Every form is read; where the path is another, the token's claims answer."""
    claims = {"CONFIG#CONFIG_CREATE#ITEM#*": True}
    day = start("m3ter", behaviour=behaviour, permissions=claims)
    assert day.ask("getUserOrgRoles")["roleNames"] == names


def test_groups_that_hold_a_group_of_the_persons(start: Start) -> None:
    """m3ter lists them to who asks, and their policies are held like any group's."""
    person = {
        "credential": {"apiToken": f"sandbox-token-{CANARY}"},
        "me": {"user": {"id": "u", "firstName": "Ada"}},
        "userGroups": [{"id": "team"}, {"id": "division"}],
        "inheritedGroups": ["division"],
        "groupPolicies": {"division": [{"id": "q", "name": "Writer"}]},
    }
    answer = start("m3ter", **person).ask("getUserOrgRoles")
    assert "Writer" in answer["roleNames"]
    assert [each["id"] for each in answer["m3ter"]["userGroups"]] == ["division", "team"]


def test_both_casings_of_a_policy(start: Start) -> None:
    """`config:create` and `CONFIG_CREATE` are one action, `allow` and `ALLOW` one effect."""
    policies = [
        {
            "id": f"p-{name}",
            "name": name,
            "permissionPolicy": [{"effect": effect, "action": [action], "resource": ["*"]}],
        }
        for name, effect, action in (
            ("a", "allow", "config:create"),
            ("b", "ALLOW", "CONFIG_CREATE"),
        )
    ]
    roles = start("m3ter", policies=policies).ask("getUserOrgRoles")["roles"]
    assert roles[0]["statements"] == roles[1]["statements"]
    assert roles[0]["statements"][0]["actions"] == ["CONFIG_CREATE"]


def test_an_organization_under_another_id(start: Start) -> None:
    """An organization that differs from the one in the path is no error."""
    me = {"serviceUser": {"id": "s"}, "organization": {"id": OTHER_ORG, "orgId": "third"}}
    answer = start("m3ter", me=me).ask()
    assert (answer["orgId"], answer["organization"]["id"]) == (ORG, ORG)


@pytest.mark.parametrize("known", ["both", "api_token", "refresh_token"])
def test_every_name_of_the_parameter(start: Start, known: str) -> None:
    """A server that knows the old name alone is asked with it; each answers."""
    day = start("csp", behaviour={"apiTokenParameter": known})
    assert day.ask()["displayName"] == "Kay"
    assert day.asked("authorize") == ([400, 200] if known == "refresh_token" else [200])


def test_no_username_claim(start: Start) -> None:
    """A person who signed in with an API token is one, whatever the token's claims say."""
    day = start("csp", behaviour={"usernameClaim": False})
    assert day.ask("getUserOrgRoles")["principalType"] == "user"


@pytest.mark.parametrize("key", ["servicesDef", "serviceDef"])
def test_both_shapes_of_service_roles(start: Start, key: str) -> None:
    """Names and objects are one answer, on premises and elsewhere, and neither is worth a word."""
    roles = [{"name": "admin", "membershipType": "GROUP", "expiresAt": 1}]
    service = {"refLink": "/d/1", "serviceRoles": ["admin", "viewer"], "roles": roles}
    info = {"user": {"userId": "d:s"}, "userOrgInfo": [{"name": "acme", key: [service]}]}
    perms = ["external/1/admin", "external/1/viewer"]
    days = [
        start("csp", behaviour={"serviceRoles": form}, info=info, perms=perms)
        for form in ("names", "objects")
    ]
    names, objects = (day.ask("getUserOrgRoles")["roles"] for day in days)
    assert names == objects
    assert [(role["name"], role["active"]) for role in objects] == [
        ("admin", False),
        ("viewer", True),
    ]
    assert [day.warnings for day in days] == [[], []]


APP = {"clientId": f"sandbox-id-{CANARY}", "clientSecret": f"sandbox-secret-{CANARY}"}


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_machine_is_not_asked_about(start: Start, status: int) -> None:
    """The API's refusal of machines, whatever it is, is never met: the claims answer."""
    behaviour = {"serviceAccountStatus": status, "serviceAccountBody": CANARY}
    more = {"credential": APP, "username": None, "info": None}
    day = start("csp", behaviour=behaviour, **more)
    assert day.ask()["principalType"] == "serviceUser"
    assert day.ask("getUserOrgRoles")["roleNames"] == ["org_member"]
    assert day.asked("info") == []


def test_an_app_of_another_host(start: Start) -> None:
    """An OAuth app that the host does not know is a refused credential."""
    more = {"credential": APP, "username": None, "info": None}
    text = start("csp", behaviour={"otherHost": True}, **more).refusal(UnauthorizedError)
    assert "Check environment CSP_CLIENT_ID and CSP_CLIENT_SECRET." in text


@pytest.mark.parametrize("endpoint", ["permissions", "usergroups", "group-permissions", "user"])
@pytest.mark.parametrize("status", [403, 404])
def test_refused_details_of_a_person(start: Start, endpoint: str, status: int) -> None:
    """What a person may not read of their rights never hides who the person is."""
    person = {
        "credential": {"apiToken": f"sandbox-token-{CANARY}"},
        "me": {"user": {"id": "u", "firstName": "Ada"}},
        "userGroups": [{"id": "g", "name": "team"}],
        "groupPolicies": {"g": [{"id": "q", "name": "Writer"}]},
    }
    fault = {"endpoint": endpoint, "status": status, "body": {"message": CANARY}}
    day = start("m3ter", fault, **person)
    assert day.ask()["displayName"] == "Ada"
    if endpoint == "permissions":  # an opaque token has no claims to answer in their place
        kind = ForbiddenError
        assert "m3ter" in day.refusal(kind, "getUserOrgRoles")
        return
    answer = day.ask("getUserOrgRoles")
    expected = {"usergroups": ["Reader"], "group-permissions": ["Reader"]}
    assert answer["roleNames"] == expected.get(endpoint, ["Reader", "Writer"])
    assert CANARY not in " ".join(day.warnings)
