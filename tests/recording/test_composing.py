"""Composing: pages become lists, refusals become null, what is transient is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from support import bodies

from callerid.config import load
from callerid.errors import ConfigurationError
from callerid.platforms.m3ter.replies import PolicyPage, UserGroupPage
from callerid.recording.composing import Caller, compose
from callerid.recording.tape import Exchange

if TYPE_CHECKING:
    from callerid.config import PlatformName

CALLER = Caller("ada", load({"m3terApiToken": "t", "cspApiToken": "t"}, {}))
CLAIMS = {"sub": bodies.ADA, "orgId": bodies.ORG, "permissions": {"CONFIG#X": True}}


def _exchange(
    route: str, body: Any, status: int = 200, query: str = "", platform: PlatformName = "m3ter"
) -> Exchange:
    return Exchange(platform, route.removeprefix("GET "), query, status, body, CLAIMS)


ME = _exchange(bodies.ME, bodies.person())


def _block(*exchanges: Exchange) -> dict[str, Any]:
    block: dict[str, Any] = compose([ME, *exchanges], CALLER)["m3ter"]
    return block


def test_pages_become_one_list() -> None:
    """In the order of their tokens, each once, however often they were asked."""
    pages = [
        _exchange(
            bodies.POLICIES, {"data": [{"id": "2"}], "nextToken": ""}, 200, "p=1&nextToken=a%2B"
        ),
        _exchange(bodies.POLICIES, {"data": [{"id": "1"}], "nextToken": "a+"}, 200, "p=1"),
    ]
    assert _block(*pages, *pages)["policies"] == [{"id": "1"}, {"id": "2"}]


def test_pages_without_end_are_cut() -> None:
    """An API that repeats a token does not hold the recording."""
    page = {"data": [{"id": "1"}], "nextToken": "a"}
    queries = ("", "nextToken=a")
    pages = [_exchange(bodies.POLICIES, page, 200, query) for query in queries]
    assert _block(*pages)["policies"] == [{"id": "1"}, {"id": "1"}]


@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_becomes_null(status: int) -> None:
    """The sandbox answers null with a refusal."""
    assert _block(_exchange(bodies.POLICIES, {"message": "no"}, status))["policies"] is None


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_is_transient_is_no_answer(status: int) -> None:
    """The answer before it, or after it, counts."""
    good = _exchange(bodies.POLICIES, {"data": [{"id": "1"}]})
    assert _block(good, _exchange(bodies.POLICIES, None, status))["policies"] == [{"id": "1"}]


def test_the_whole_of_a_person() -> None:
    """Groups, their policies, and what only the details have."""
    details = {"lastLoginIp": "10.0.0.1", "dtEndAccess": "2030-01-01T00:00:00Z", "email": "x"}
    block = _block(
        _exchange(bodies.POLICIES, {"data": []}),
        _exchange(bodies.DETAILS, details),
        _exchange(bodies.GROUPS, {"data": [{"id": "g-1"}]}),
        _exchange(bodies.group_policies("g-1"), {"data": [{"id": "p"}]}),
    )
    assert block == {
        "organizationId": bodies.ORG,
        "credential": {"apiToken": True},
        "subject": bodies.ADA,
        "me": bodies.person(),
        "policies": [],
        "userDetails": {"dtEndAccess": "2030-01-01T00:00:00Z"},
        "userGroups": [{"id": "g-1"}],
        "groupPolicies": {"g-1": [{"id": "p"}]},
        "permissions": {"CONFIG#X": True},
    }


def test_a_refused_page_refuses_the_list() -> None:
    """As the live client sees it: half of somebody's rights are no answer."""
    pages = [
        _exchange(bodies.POLICIES, {"data": [{"id": "1"}], "nextToken": "a"}),
        _exchange(bodies.POLICIES, {"message": "no"}, 403, "nextToken=a"),
    ]
    assert _block(*pages)["policies"] is None


@pytest.mark.parametrize("body", [{"data": None, "nextToken": ""}, {"data": []}, [], [None]])
def test_an_empty_page_is_empty(body: dict[str, Any]) -> None:
    """Nothing becomes a policy of no name."""
    assert _block(_exchange(bodies.POLICIES, body))["policies"] == []


@pytest.mark.parametrize("body", [{}, {"items": [{"id": "p"}]}, {"data": ["p"]}, {"data": [{}]}])
def test_what_is_no_list_of_policies_stays_none(body: dict[str, Any]) -> None:
    """It is refused live; a replay must not tell that the caller holds nothing."""
    block = _block(_exchange(bodies.POLICIES, body), _exchange(bodies.GROUPS, body))
    for model, rows in ((PolicyPage, block["policies"]), (UserGroupPage, block["userGroups"])):
        with pytest.raises(ValidationError):
            model.model_validate({"data": rows})


@pytest.mark.parametrize(("token", "policies"), [(7, ["1", "2"]), (0, ["1"]), (False, ["1"])])
def test_pages_follow_as_they_do_live(token: Any, policies: list[str]) -> None:
    """A number leads on, but for 0; nor does `inherited`, which old recordings lack, matter."""
    pages = [
        _exchange(bodies.POLICIES, {"data": [{"id": "1"}], "nextToken": token}),
        _exchange(bodies.POLICIES, [{"id": "2"}], 200, "nextToken=7"),
        _exchange(bodies.GROUPS, [{"id": "g"}], 200, "pageSize=100&inherited=true"),
    ]
    block = _block(*pages)
    assert [each["id"] for each in block["policies"]] == policies
    assert block["userGroups"] == [{"id": "g"}]


def test_a_later_refusal_takes_nothing_back() -> None:
    """A token may end while recording."""
    good = _exchange(bodies.POLICIES, {"data": [{"id": "1"}]})
    late = _exchange(bodies.POLICIES, {"message": "expired"}, 401)
    assert _block(good, late, ME._replace(status=401, body=None))["policies"] == [{"id": "1"}]


def test_the_organization_that_is_set_is_the_main_one() -> None:
    """Whichever the command asked about first."""
    other = "3f2b6a0e-6d5c-4f0e-9a51-7c2d90b1e4a8"
    first = ME._replace(path=ME.path.replace(bodies.ORG, other), claims={})
    config = load({"m3terApiToken": "t", "m3terOrgId": bodies.ORG}, {})
    block = compose([first, ME._replace(claims={})], Caller("ada", config))["m3ter"]
    assert block["organizationId"] == bodies.ORG
    assert list(block["organizations"]) == [other]


def test_ids_are_found_however_they_are_written() -> None:
    """Numbers, and what a path must quote."""
    me = {"user": {"id": 12}}
    path = f"/organizations/{bodies.ORG}"
    block = _block(
        ME._replace(body=me),
        ME._replace(path=f"{path}/users/12/permissions", body={"data": []}),
        ME._replace(path=f"{path}/users/12/usergroups", body={"data": [{"id": "g/1"}]}),
        ME._replace(path=f"{path}/resourcegroups/user/g%2F1/permissions", body={"data": []}),
    )
    assert (block["policies"], block["groupPolicies"]) == ([], {"g/1": []})
    assert block["me"]["user"]["id"] == "12"


def test_nobody_gets_an_id_that_the_api_did_not_give() -> None:
    """A principal without one is an error live, and stays one."""
    nameless = {"user": {"firstName": "Ada"}}
    block = _block(
        ME._replace(body=nameless), _exchange(bodies.GROUPS, {"data": [{"name": "g"}, 7]})
    )
    assert block["me"] == nameless
    assert block["policies"] is None


def test_an_unreadable_token_is_a_persons() -> None:
    """A replay with a token that names nobody would be a machine's, and asked nothing."""
    config = load({"cspAccessToken": "opaque"}, {})
    route, info = bodies.INFO.removeprefix("GET "), bodies.info()
    block = compose([Exchange("csp", route, "", 200, info, {})], Caller("x", config))["csp"]
    assert block["credential"] == {"apiToken": "sandbox-x-token"}
    assert block["subject"] == "acme:1"


def test_service_roles_are_recorded_in_one_shape() -> None:
    """Objects among `serviceRoles` would keep fields that callerid does not read."""
    role = {"name": "admin", "membershipType": "GROUP", "userIds": ["someone else"]}
    service = {"serviceDefinitionLink": "/d/1", "serviceRoles": [role], "serviceRoleNames": ["b"]}
    config = load({"cspAccessToken": "opaque"}, {})
    route, info = bodies.INFO.removeprefix("GET "), bodies.info(serviceDef=[service])
    block = compose([Exchange("csp", route, "", 200, info, {})], Caller("x", config))["csp"]
    [recorded] = block["info"]["userOrgInfo"][0]["serviceDef"]
    assert recorded == {
        "serviceDefinitionLink": "/d/1",
        "serviceRoles": ["b"],
        "roles": [{"name": "admin", "membershipType": "GROUP"}],
    }


def test_two_callers_are_one_too_many() -> None:
    """A recording is of one caller."""
    other = ME._replace(claims={"sub": "somebody else"})
    with pytest.raises(ConfigurationError, match="2 callers of m3ter were recorded"):
        _block(other)


def test_an_opaque_token_stays_opaque() -> None:
    """At m3ter; the caller's own id stands for the subject."""
    block = compose([ME._replace(claims={})], CALLER)["m3ter"]
    assert (block["credential"], block["subject"]) == (
        {"apiToken": "sandbox-ada-token"},
        bodies.ADA,
    )
    assert "permissions" not in block


INFO = bodies.INFO.removeprefix("GET ")
READY = Caller("app", load({"cspAccessToken": "t", "cspOrgId": bodies.ORG}, {}))


def test_a_machine_without_organization_is_not_recorded() -> None:
    """A replay would name the one that was asked about, and count what live does not."""
    claims = {"sub": "acme:app", "context_name": "default", "perms": ["csp:org_owner"]}
    refused = Exchange("csp", INFO, "", 403, None, claims)
    with pytest.raises(ConfigurationError, match="Nothing was recorded"):
        compose([refused], READY)


@pytest.mark.parametrize(
    ("perms", "recorded"),
    [
        ({}, None),
        ({"perms": "csp:org_owner"}, []),
        ({"perms": ["csp:org_owner", 7]}, ["csp:org_owner"]),
    ],
)
def test_a_list_of_roles_that_cannot_be_read_stays_one_that_carries_nothing(
    perms: dict[str, Any], recorded: list[str] | None
) -> None:
    """Only a token without the claim cannot tell."""
    claims = {"sub": "acme:1", "username": "g", "context_name": bodies.ORG, **perms}
    answered = Exchange("csp", INFO, "", 200, bodies.info({"name": "org_owner"}), claims)
    assert compose([answered], READY)["csp"]["perms"] == recorded
