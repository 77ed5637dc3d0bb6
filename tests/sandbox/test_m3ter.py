"""m3ter's side, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    import httpx

    from callerid.sandbox.scenario import Scenario
    from callerid.sandbox.server import Sandbox

GRANT = {"grant_type": "client_credentials"}
KEY = ("sandbox-m3ter-key-service-user", "sandbox-m3ter-secret-service-user")
UNAUTHORIZED = (403, {"message": "Unauthorized"})
FORBIDDEN = (403, {"message": "Forbidden"})
NOT_FOUND = (404, {"message": "Not Found"})


class Api:
    """One caller's view of the API: paths below its organization."""

    def __init__(self, client: httpx.Client, sandbox: Sandbox, name: str) -> None:
        """Take organization and token from the caller's environment."""
        environ = sandbox.environment(name)
        token = environ.get("M3TER_API_TOKEN")
        if token is None:
            key = (environ["M3TER_API_KEY"], environ["M3TER_API_SECRET"])
            token = client.post("/oauth/token", auth=key, json=GRANT).json()["access_token"]
        self._client = client
        self._base = f"/organizations/{environ['M3TER_ORG_ID']}"
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        """Give status and body."""
        reply = self._client.get(self._base + path, headers=self._headers, params=query)
        return reply.status_code, reply.json()


@pytest.mark.parametrize("body", [{"json": GRANT}, {"data": GRANT}])
def test_key_and_secret_are_exchanged_for_a_token(
    client: httpx.Client, body: dict[str, Any]
) -> None:
    """Key and secret are exchanged, with a JSON body as with a form."""
    reply = client.post("/oauth/token", auth=KEY, **body)
    assert reply.status_code == 200
    fields = reply.json()
    assert fields.pop("access_token").count(".") == 2
    assert fields == {"token_type": "Bearer", "expires_in": 18000, "scope": None}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic"},
        {"Authorization": "Basic %%%"},
        {"Authorization": "Basic bm9jb2xvbg=="},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer YTpi"},
    ],
)
def test_a_wrong_key_is_refused(client: httpx.Client, headers: dict[str, str]) -> None:
    """A missing, broken or wrong key is 403, for m3ter documents no 401."""
    reply = client.post("/oauth/token", headers=headers, json=GRANT)
    assert (reply.status_code, reply.json()) == UNAUTHORIZED


@pytest.mark.parametrize(
    "body", [{"json": {}}, {"json": [1]}, {"data": {"grant_type": "password"}}, {"content": b"{"}]
)
def test_wrong_grant(client: httpx.Client, body: dict[str, Any]) -> None:
    """Only client_credentials is granted."""
    reply = client.post("/oauth/token", auth=KEY, **body)
    assert (reply.status_code, list(reply.json())) == (400, ["message"])


def test_me_is_verbatim(
    client: httpx.Client, sandbox: Sandbox, callers: dict[str, Scenario]
) -> None:
    """`users/me` answers each caller's body as it is written, explicit nulls included."""
    for name in ("person", "service-user", "m3ter-sample"):
        m3ter = callers[name].m3ter
        assert m3ter
        assert Api(client, sandbox, name).get("/users/me") == (200, m3ter.me)


def test_sample_ids_need_quoting(client: httpx.Client, sandbox: Sandbox) -> None:
    """The sample's own id works in a path, for the person and for the service user."""
    api = Api(client, sandbox, "m3ter-sample")
    for kind in ("users", "serviceusers"):
        answer = api.get(f"/{kind}/{quote('<string>')}/permissions")
        assert answer == (200, {"data": [], "nextToken": None})


def test_a_persons_policies_and_groups_are_answered(
    client: httpx.Client, sandbox: Sandbox, callers: dict[str, Scenario]
) -> None:
    """A person's policies, groups and the groups' policies are answered."""
    m3ter = callers["person"].m3ter
    assert m3ter
    assert m3ter.user_groups
    api, user = Api(client, sandbox, "person"), f"/users/{m3ter.subject}"
    group = m3ter.user_groups[0]["id"]
    pages = {
        f"{user}/permissions": m3ter.policies,
        f"{user}/usergroups": m3ter.user_groups,
        f"/resourcegroups/user/{group}/permissions": m3ter.group_policies[str(group)],
    }
    for path, rows in pages.items():
        assert api.get(path) == (200, {"data": rows, "nextToken": None})
    assert api.get(user)[1]["dtEndAccess"] is None
    assert api.get(f"/serviceusers/{m3ter.subject}/permissions") == NOT_FOUND


def test_a_service_users_policies_have_their_own_path(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    """A service user's policies have a path of their own."""
    api = Api(client, sandbox, "service-user")
    machine = api.get("/users/me")[1]["serviceUser"]["id"]
    status, page = api.get(f"/serviceusers/{machine}/permissions")
    assert (status, [policy["name"] for policy in page["data"]]) == (
        200,
        ["Config Editor", "Meter Uploader"],
    )
    assert api.get(f"/users/{machine}/permissions") == NOT_FOUND


def test_inline_policy(client: httpx.Client, sandbox: Sandbox) -> None:
    """`users/{id}` is the user with what only this call has."""
    answer = Api(client, sandbox, "paged").get("/users/u")
    assert answer == (200, {"id": "u", "permissionPolicy": [{"effect": "ALLOW"}]})


def test_policies_come_in_pages_of_the_requested_size(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    """Policies come in pages of the size asked for; the last page has no next one."""
    api = Api(client, sandbox, "paged")
    sizes, query = [], {"pageSize": "2"}
    while True:
        page = api.get("/users/u/permissions", **query)[1]
        sizes.append(len(page["data"]))
        if not page["nextToken"]:
            break
        query["nextToken"] = page["nextToken"]
    assert sizes == [2, 2, 1]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/users/u/permissions", {"pageSize": "0"}),
        ("/users/u/permissions", {"pageSize": "201"}),
        ("/users/u/permissions", {"pageSize": "two"}),
        ("/users/u/permissions", {"nextToken": "-1"}),
        ("/resourcegroups/user/g/permissions", {"pageSize": "101"}),
    ],
)
def test_wrong_page(
    client: httpx.Client, sandbox: Sandbox, path: str, query: dict[str, str]
) -> None:
    """A page that cannot be is a bad request."""
    status, body = Api(client, sandbox, "paged").get(path, **query)
    assert (status, list(body)) == (400, ["message"])


def test_groups_without_policies(client: httpx.Client, sandbox: Sandbox) -> None:
    """A group may have no policies, may be refused, or may not be the caller's."""
    api = Api(client, sandbox, "paged")
    empty = (200, {"data": list[object](), "nextToken": None})
    assert api.get("/resourcegroups/user/h/permissions") == empty
    assert api.get("/resourcegroups/user/i/permissions") == FORBIDDEN
    assert api.get("/resourcegroups/user/j/permissions") == NOT_FOUND


@pytest.mark.parametrize(
    ("query", "ids"),
    [({}, "gh"), ({"inherited": "false"}, "gh"), ({"inherited": "true", "pageSize": "3"}, "ghi")],
)
def test_inherited_groups_are_listed_for_who_asks(
    client: httpx.Client, sandbox: Sandbox, query: dict[str, str], ids: str
) -> None:
    """The groups that hold a group of the caller's need a word in the query."""
    _, page = Api(client, sandbox, "paged").get("/users/u/usergroups", **query)
    assert [each["id"] for each in page["data"]] == [*ids]


@pytest.mark.parametrize("path", ["/users/u", "/users/u/permissions", "/users/u/usergroups"])
def test_null_is_refused(client: httpx.Client, sandbox: Sandbox, path: str) -> None:
    """A null in the scenario is a call that is refused."""
    assert Api(client, sandbox, "refused").get(path) == FORBIDDEN


def test_foreign_organization(client: httpx.Client, sandbox: Sandbox) -> None:
    """Another organization is 403, not 404, and reads unlike a bad token."""
    token = {"Authorization": f"bearer {sandbox.environment('person')['M3TER_API_TOKEN']}"}
    reply = client.get("/organizations/other/users/me", headers=token)
    assert (reply.status_code, reply.json()) == FORBIDDEN


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}, {"Authorization": "x"}])
def test_unknown_token(client: httpx.Client, headers: dict[str, str]) -> None:
    """No token and an unknown one are refused alike."""
    reply = client.get("/organizations/o/users/me", headers=headers)
    assert (reply.status_code, reply.json()) == UNAUTHORIZED


@pytest.mark.parametrize("path", ["/", "/nothing", "/oauth/token", "/organizations/o/users/me/"])
def test_unknown_route(client: httpx.Client, path: str) -> None:
    """What is not there is m3ter's 404, a wrong method and a slash too many included."""
    reply = client.get(path)
    assert (reply.status_code, reply.json()) == NOT_FOUND
