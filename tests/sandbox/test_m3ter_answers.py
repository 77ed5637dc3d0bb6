"""m3ter's side in full: what is wrong with a request, the ends of pages, where faults happen."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

ORG = "00000000-0000-4000-8000-000000000005"
KEY = ("sandbox-key", "sandbox-secret")
GRANT = {"grant_type": "client_credentials"}
NO_GRANT = "grant_type must be client_credentials"
ROWS = [{"id": f"row-{number}"} for number in range(201)]
PERSON: dict[str, Any] = {
    "me": {"user": {"id": "u", "email": "kay@example.com"}, "serviceUser": {"id": "s"}},
    "policies": ROWS,
    "userGroups": [{"id": "g"}, {"id": "h"}],
    "groupPolicies": {"g": ROWS},
}


def _caller(name: str, **more: Any) -> Scenario:
    block = {
        "organizationId": ORG,
        "subject": "s",
        "credential": {"apiToken": f"sandbox-{name}"},
        "me": None,
        **more,
    }
    return Scenario.model_validate({"description": name, "m3ter": block})


@contextmanager
def _serve(**callers: Scenario) -> Iterator[httpx.Client]:
    headers = {"authorization": "Bearer sandbox-x"}
    with (
        Sandbox.start(callers) as sandbox,
        httpx.Client(base_url=sandbox.url, trust_env=False, headers=headers) as client,
    ):
        yield client


def _get(client: httpx.Client, path: str, **query: str) -> tuple[int, Any]:
    reply = client.get(f"/organizations/{ORG}/{path}", params=query)
    return reply.status_code, reply.json()


@pytest.fixture(scope="module")
def person() -> Iterator[httpx.Client]:
    """Serve a person with more rights than a page has."""
    with _serve(x=_caller("x", **PERSON)) as client:
        yield client


@pytest.mark.parametrize(
    ("sent", "status", "message"),
    [
        ({"data": GRANT}, 403, "Unauthorized"),
        ({"data": GRANT, "auth": ("sandbox-key", "x")}, 403, "Unauthorized"),
        ({"data": GRANT, "auth": ("x", "sandbox-secret")}, 403, "Unauthorized"),
        ({"data": {"grant_type": "password"}, "auth": KEY}, 400, NO_GRANT),
        ({"data": {"a": "b"}, "auth": KEY}, 400, NO_GRANT),
        ({"json": {"grant_type": "password"}, "auth": KEY}, 400, NO_GRANT),
        ({"content": b'{"grant_type": "client_credentials"}', "auth": KEY}, 400, NO_GRANT),
    ],
)
def test_how_no_token_is_got(sent: dict[str, Any], status: int, message: str) -> None:
    """By a wrong key, for another grant, or with a body that is of another type than it says."""
    machine = _caller("y", credential={"apiKey": KEY[0], "apiSecret": KEY[1]})
    with _serve(x=_caller("x", **PERSON), y=machine) as client:
        del client.headers["authorization"]
        reply = client.post("/oauth/token", **sent)
    assert (reply.status_code, reply.json()) == (status, {"message": message})


POLICIES, OF_GROUP = "users/u/permissions", "resourcegroups/user/g/permissions"


@pytest.mark.parametrize(
    ("path", "query", "rows", "following"),
    [
        (POLICIES, {}, ROWS[0:200], "200"),
        (POLICIES, {"pageSize": "1"}, ROWS[0:1], "1"),
        (POLICIES, {"pageSize": "200"}, ROWS[0:200], "200"),
        (POLICIES, {"pageSize": "100", "nextToken": "101"}, ROWS[101:201], None),
        (POLICIES, {"pageSize": "100", "nextToken": "100"}, ROWS[100:200], "200"),
        (POLICIES, {"nextToken": "0"}, ROWS[0:200], "200"),
        (POLICIES, {"nextToken": "201"}, ROWS[0:0], None),
        (OF_GROUP, {}, ROWS[0:100], "100"),
        (OF_GROUP, {"pageSize": "100"}, ROWS[0:100], "100"),
    ],
)
def test_a_page(
    person: httpx.Client, path: str, query: dict[str, str], rows: list[Any], following: str | None
) -> None:
    """From the first row asked for, as many as asked for; the last one leads nowhere."""
    assert _get(person, path, **query) == (200, {"data": rows, "nextToken": following})


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (POLICIES, {"pageSize": "0"}),
        (POLICIES, {"pageSize": "201"}),
        (POLICIES, {"pageSize": "²"}),
        (POLICIES, {"pageSize": "x"}),
        (POLICIES, {"pageSize": ""}),
        (POLICIES, {"nextToken": "202"}),
        (POLICIES, {"nextToken": "-1"}),
        ("users/u/usergroups", {"pageSize": "201"}),
        ("serviceusers/s/permissions", {"pageSize": "201"}),
        (OF_GROUP, {"pageSize": "101"}),
    ],
)
def test_no_page(person: httpx.Client, path: str, query: dict[str, str]) -> None:
    """What is out of bounds, or no number, is named."""
    [name] = query
    assert _get(person, path, **query) == (400, {"message": f"{name} is not valid"})


def test_every_list_is_a_page_of_as_many_as_there_may_be(person: httpx.Client) -> None:
    """A group's has half of what the others have."""
    assert len(_get(person, "serviceusers/s/permissions", pageSize="200")[1]["data"]) == 200
    assert len(_get(person, "users/u/usergroups", pageSize="200")[1]["data"]) == 2


NO_USER = {"me": {"user": None}, "userDetails": {"dtEndAccess": None}}
REFUSED: list[tuple[dict[str, Any], str, int, str]] = [
    (PERSON, "users/x", 404, "Not Found"),
    (PERSON, "users/x/permissions", 404, "Not Found"),
    (PERSON, "users/s/permissions", 404, "Not Found"),
    (PERSON, "serviceusers/u/permissions", 404, "Not Found"),
    (PERSON, "users/x/usergroups", 404, "Not Found"),
    (PERSON, "resourcegroups/user/x/permissions", 404, "Not Found"),
    ({**PERSON, "userGroups": None, "groupPolicies": {}}, "users/u/usergroups", 403, "Forbidden"),
    ({**PERSON, "userGroups": None, "groupPolicies": {}}, OF_GROUP, 404, "Not Found"),
    ({**PERSON, "groupPolicies": {"g": None}}, OF_GROUP, 403, "Forbidden"),
    ({**PERSON, "policies": None}, POLICIES, 403, "Forbidden"),
    ({**PERSON, "userDetails": None}, "users/u", 403, "Forbidden"),
    ({"me": None}, "users/me", 403, "Forbidden"),
    ({"me": None}, "users/None", 404, "Not Found"),
    ({"me": None}, "serviceusers/None/permissions", 404, "Not Found"),
]


@pytest.mark.parametrize(("block", "path", "status", "message"), REFUSED)
def test_what_is_refused(block: dict[str, Any], path: str, status: int, message: str) -> None:
    """A null is, and so is what is somebody else's."""
    with _serve(x=_caller("x", **block)) as client:
        assert _get(client, path) == (status, {"message": message})


ALL = {"effect": "ALLOW", "action": ["CONFIG_RETRIEVE", "ALL"]}
READ = {"effect": "ALLOW", "action": ["CONFIG_RETRIEVE"]}


@pytest.mark.parametrize(
    ("policies", "of_group", "status"),
    [
        (None, None, 403),
        ([], [], 403),
        ([{"id": "1"}, {"permissionPolicy": None}], [], 403),
        (
            [{"permissionPolicy": [{}, {"effect": "ALLOW"}, {"effect": None, "action": None}]}],
            [],
            403,
        ),
        ([{"permissionPolicy": [{"action": ["ALL"]}]}], [], 403),
        ([{"permissionPolicy": [{"effect": "DENY", "action": ["ALL"]}, READ]}], [], 403),
        ([{"permissionPolicy": [READ, ALL]}], None, 200),
        ([{"permissionPolicy": [READ]}, {"permissionPolicy": [ALL]}], [], 200),
        (None, [{"permissionPolicy": [ALL]}], 200),
        ([], [{"permissionPolicy": [READ]}, {"permissionPolicy": [ALL]}], 200),
    ],
)
def test_who_may_ask_where_a_permission_is_needed(
    policies: list[Any] | None, of_group: list[Any] | None, status: int
) -> None:
    """Who may do all, by a policy of their own or of a group's."""
    block = {**PERSON, "policies": policies, "groupPolicies": {"g": of_group}}
    needs = {"usersMeNeedsPermission": True}
    with _serve(x=_caller("x", **block, behaviour=needs)) as client:
        told = PERSON["me"] if status == 200 else {"message": "Forbidden"}
        assert _get(client, "users/me") == (status, told)


ENDPOINTS = {
    "users/me": ["users/me"],
    "user": ["users/u"],
    "permissions": [POLICIES, "serviceusers/s/permissions"],
    "usergroups": ["users/u/usergroups"],
    "group-permissions": [OF_GROUP],
}


@pytest.mark.parametrize("endpoint", [*ENDPOINTS, "token"])
def test_where_a_fault_happens(endpoint: str) -> None:
    """At its endpoint alone."""
    fault = [{"endpoint": endpoint, "status": 418}]
    machine = _caller("y", credential={"apiKey": KEY[0], "apiSecret": KEY[1]}, faults=fault)
    with _serve(y=machine, x=_caller("x", **PERSON, faults=fault)) as client:
        found = [
            path for paths in ENDPOINTS.values() for path in paths if _get(client, path)[0] == 418
        ]
        exchanged = client.post("/oauth/token", auth=KEY, data=GRANT).status_code
    assert found == ENDPOINTS.get(endpoint, [])
    assert exchanged == (418 if endpoint == "token" else 200)


def test_the_user_with_and_without_details() -> None:
    """What only this call has comes on top of the user in `users/me`."""
    details = {"dtEndAccess": None, "email": "other@example.com"}
    for me in ({"user": {"id": "u", "email": "kay@example.com"}}, {"user": {"id": "u"}}):
        with _serve(x=_caller("x", me=me, userDetails=details)) as client:
            assert _get(client, "users/u") == (200, {**me["user"], **details})


@pytest.mark.parametrize("status", [401, 403])
def test_who_decides_how_a_stranger_is_refused(status: int) -> None:
    """The first caller at m3ter; without one the usual switches do."""
    elsewhere = Scenario.model_validate(
        {
            "description": "elsewhere",
            "csp": {
                "organizationId": ORG,
                "subject": "s",
                "credential": {"apiToken": "sandbox-csp"},
                "info": None,
            },
        }
    )
    callers = {"a": elsewhere}
    with _serve(**callers) as client:
        assert _get(client, "users/me") == (403, {"message": "Unauthorized"})
    callers["b"] = _caller("b", behaviour={"unauthorizedStatus": status})
    with _serve(**callers) as client:
        assert _get(client, "users/me") == (status, {"message": "Unauthorized"})
        assert client.post("/oauth/token", auth=KEY, data=GRANT).status_code == status
