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
def _serve(callers: dict[str, Scenario]) -> Iterator[httpx.Client]:
    with (
        Sandbox.start(callers) as sandbox,
        httpx.Client(base_url=sandbox.url, trust_env=False) as client,
    ):
        yield client


def _get(client: httpx.Client, name: str, path: str, **query: str) -> tuple[int, Any]:
    headers = {"authorization": f"Bearer sandbox-{name}"}
    reply = client.get(f"/organizations/{ORG}/{path}", params=query, headers=headers)
    return reply.status_code, reply.json()


@pytest.fixture(scope="module")
def served() -> Iterator[httpx.Client]:
    """Serve every caller of the tables below, and a machine."""
    callers = {
        "person": _caller("person", **PERSON),
        "machine": _caller("machine", credential={"apiKey": KEY[0], "apiSecret": KEY[1]}),
    }
    for number, (block, *_) in enumerate(REFUSED):
        callers[f"refused-{number}"] = _caller(f"refused-{number}", **block)
    for number, (policies, of_group, _) in enumerate(NEEDED):
        block = {**PERSON, "policies": policies, "groupPolicies": {"g": of_group}}
        needs = {"usersMeNeedsPermission": True}
        callers[f"needs-{number}"] = _caller(f"needs-{number}", **block, behaviour=needs)
    for number, (me, details) in enumerate(DETAILS):
        callers[f"details-{number}"] = _caller(f"details-{number}", me=me, userDetails=details)
    for switch in FORMS:
        for shape in ("array", "object"):
            form = {switch: shape, "nextTokenAtEnd": "absent"}
            callers[f"{switch}-{shape}"] = _caller(f"{switch}-{shape}", **FEW, behaviour=form)
    with _serve(callers) as client:
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
def test_how_no_token_is_got(
    served: httpx.Client, sent: dict[str, Any], status: int, message: str
) -> None:
    """By a wrong key, for another grant, or with a body that is of another type than it says."""
    reply = served.post("/oauth/token", **sent)
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
    served: httpx.Client, path: str, query: dict[str, str], rows: list[Any], following: str | None
) -> None:
    """From the first row asked for, as many as asked for; the last one leads nowhere."""
    assert _get(served, "person", path, **query) == (200, {"data": rows, "nextToken": following})


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
def test_no_page(served: httpx.Client, path: str, query: dict[str, str]) -> None:
    """What is out of bounds, or no number, is named."""
    [name] = query
    assert _get(served, "person", path, **query) == (400, {"message": f"{name} is not valid"})


def test_every_list_is_a_page_of_as_many_as_there_may_be(served: httpx.Client) -> None:
    """A group's has half of what the others have."""
    assert (
        len(_get(served, "person", "serviceusers/s/permissions", pageSize="200")[1]["data"]) == 200
    )
    assert len(_get(served, "person", "users/u/usergroups", pageSize="200")[1]["data"]) == 2


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
    ({"me": {"user": None}}, "users/None", 404, "Not Found"),
    ({"me": None}, "serviceusers/None/permissions", 404, "Not Found"),
]


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_what_is_refused(served: httpx.Client, number: int) -> None:
    """A null is, and so is what is somebody else's."""
    _, path, status, message = REFUSED[number]
    assert _get(served, f"refused-{number}", path) == (status, {"message": message})


FEW: dict[str, Any] = {
    **PERSON,
    "policies": ROWS[:2],
    "userGroups": [{"id": "g"}, {"id": "h"}],
    "groupPolicies": {"g": ROWS[2:4]},
}
LISTS = {
    POLICIES: ROWS[:2],
    "serviceusers/s/permissions": ROWS[:2],
    "users/u/usergroups": FEW["userGroups"],
    OF_GROUP: ROWS[2:4],
}
FORMS = {
    "permissionsShape": {POLICIES, OF_GROUP},
    "serviceUserPermissionsShape": {"serviceusers/s/permissions"},
    "userGroupsShape": {"users/u/usergroups"},
}


@pytest.mark.parametrize("switch", FORMS)
def test_each_list_has_its_own_form(served: httpx.Client, switch: str) -> None:
    """A bare array, or the first row alone; the others stay pages."""
    for path, rows in LISTS.items():
        forms = {"array": rows, "object": rows[0]}
        for shape, told in forms.items():
            expected = told if path in FORMS[switch] else {"data": rows}
            assert _get(served, f"{switch}-{shape}", path) == (200, expected)


ALL = {"effect": "ALLOW", "action": ["CONFIG_RETRIEVE", "ALL"]}
READ = {"effect": "ALLOW", "action": ["CONFIG_RETRIEVE"]}


NEEDED: list[tuple[list[Any] | None, list[Any] | None, int]] = [
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
]
"""A caller's own policies, those of a group, and what `users/me` answers who needs one."""


@pytest.mark.parametrize("number", range(len(NEEDED)))
def test_who_may_ask_where_a_permission_is_needed(served: httpx.Client, number: int) -> None:
    """Who may do all, by a policy of their own or of a group's."""
    status = NEEDED[number][-1]
    told = PERSON["me"] if status == 200 else {"message": "Forbidden"}
    assert _get(served, f"needs-{number}", "users/me") == (status, told)


ENDPOINTS = {
    "users/me": ["users/me"],
    "user": ["users/u"],
    "permissions": [POLICIES, "serviceusers/s/permissions"],
    "usergroups": ["users/u/usergroups"],
    "group-permissions": [OF_GROUP],
}


def test_a_fault_happens_at_its_endpoint_alone() -> None:
    """Whoever asks; a list of policies is one, of a person or of a service user."""
    callers, endpoints = dict[str, Scenario](), [*ENDPOINTS, "token"]
    for each in endpoints:
        faults = [{"endpoint": each, "status": 418}]
        key = {"apiKey": f"sandbox-{each}", "apiSecret": KEY[1]}
        callers[f"{each}-key"] = _caller(each, credential=key, faults=faults)
        callers[each] = _caller(each, **PERSON, faults=faults)
    asked = [(each, path) for each, paths in ENDPOINTS.items() for path in paths]
    with _serve(callers) as client:
        found = {
            each: [place for place, path in asked if _get(client, each, path)[0] == 418]
            for each in endpoints
        }
        for each in endpoints:
            reply = client.post("/oauth/token", auth=(f"sandbox-{each}", KEY[1]), data=GRANT)
            found[each] += ["token"] if reply.status_code == 418 else []
    assert found == {each: [each] * (1 + (each == "permissions")) for each in endpoints}


KAY = {"id": "u", "email": "kay@example.com"}
OVER = {"dtEndAccess": None, "email": "other@example.com"}
DETAILS: list[tuple[dict[str, Any], dict[str, Any]]] = [({"user": KAY}, OVER), ({"user": KAY}, {})]


@pytest.mark.parametrize("number", range(len(DETAILS)))
def test_the_user_with_and_without_details(served: httpx.Client, number: int) -> None:
    """What only this call has comes on top of the user in `users/me`."""
    user = {**KAY, **DETAILS[number][1]}
    assert _get(served, f"details-{number}", "users/u") == (200, user)


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
    with _serve(callers) as client:
        assert _get(client, "x", "users/me") == (403, {"message": "Unauthorized"})
    callers["b"] = _caller("b", behaviour={"unauthorizedStatus": status})
    with _serve(callers) as client:
        assert _get(client, "x", "users/me") == (status, {"message": "Unauthorized"})
        assert client.post("/oauth/token", auth=KEY, data=GRANT).status_code == status
