"""requireCaller: unknown is not never, and what speaks against the caller is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support import bodies
from support.api import json_reply
from support.callers import csp, m3ter
from support.clock import HandClock
from support.guards import allowed as _allowed
from support.guards import refusal as _refusal
from support.jwt import jwt

from callerid.errors import ArgumentError
from callerid.frontends.terraform.has_role import has_role

if TYPE_CHECKING:
    from support.api import Api

    from callerid.core import Core

DAY = 86400
FAR = 4_000_000_000
LARGEST = 2**63 - 1
TOLD_FAR = ("2096-10-02T07:06:40Z", True, True)
NOT = (False, False)
OTHER = "00000000-1111-2222-3333-444444444444"
HERE = {"organizationLink": f"/csp/gateway/am/api/orgs/{bodies.ORG}"}
THERE = {"organizationLink": f"/csp/gateway/am/api/orgs/{OTHER}"}
LASTING: dict[str, Any] = {"minRoleSecondsLeft": 60}


def _csp(api: Api, *infos: dict[str, Any], perms: Any = None, **user: Any) -> Core:
    """Give a core for a person at CSP whose answer has these organizations."""
    token = "opaque" if perms is None else jwt(context_name=bodies.ORG, username="g", perms=perms)
    api.on(bodies.AUTHORIZE, json_reply(bodies.token(token)))
    whole = bodies.info()
    api.on(bodies.INFO, json_reply({"user": {**whole["user"], **user}, "userOrgInfo": infos}))
    return csp(api, HandClock().clock())


def _org(*roles: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "acme", "orgRoles": list(roles), **more}


def _m3ter(api: Api, policy: dict[str, Any], details: Any = None, status: int = 200) -> Core:
    """Give a core for a person at m3ter with one policy."""
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply({"data": [policy]}))
    api.on(bodies.GROUPS, json_reply({"data": []}))
    api.on(bodies.DETAILS, json_reply({"id": bodies.ADA, **(details or {})}, status))
    return m3ter(api, HandClock().clock())


def _ends(core: Core) -> list[tuple[str | None, bool, bool]]:
    roles = core.call("getUserOrgRoles", {})["roles"]
    return [(each.get("expiresAt"), each["endKnown"], each["active"]) for each in roles]


@pytest.mark.parametrize(
    ("end", "told", "allowed", "lasting"),
    [
        ({"expiresAt": FAR}, TOLD_FAR, True, True),
        ({"expiresAt": None}, (None, True, True), True, True),
        ({"expiresAt": 0}, (None, True, True), True, True),
        ({"expiresAt": "0"}, (None, True, True), True, True),
        ({"expiresAt": False}, ("unreadable", False, False), False, False),
        ({}, (None, False, True), True, False),
        ({"expiresAt": ""}, ("unreadable", False, False), False, False),
        ({"expiresAt": "-0"}, ("-0", False, False), False, False),
        ({"expiresAt": "1e-999"}, ("1e-999", False, False), False, False),
        ({"expiresAt": "4_000_000_000"}, ("4_000_000_000", False, False), False, False),
        ({"expiresAt": "soon"}, ("soon", False, False), False, False),
        ({"expiresAt": True}, ("unreadable", False, False), False, False),
        ({"expiresAt": []}, ("unreadable", False, False), False, False),
        ({"expiresAt": {"at": FAR}}, ("unreadable", False, False), False, False),
        ({"expiresAt": FAR * 10**6}, TOLD_FAR, True, True),
        ({"expiresAt": f"{FAR}000000000"}, TOLD_FAR, True, True),
        ({"expiresAt": 1_700_000_000_000_000}, ("2023-11-14T22:13:20Z", True, False), False, False),
        ({"expiresAt": "1700000000000000000"}, ("2023-11-14T22:13:20Z", True, False), False, False),
        ({"expiresAt": LARGEST}, (None, True, True), True, True),
        ({"expiresAt": f"{LARGEST}"}, (None, True, True), True, True),
        ({"expiresAt": float(LARGEST)}, (f"{float(LARGEST)}", False, False), False, False),
        ({"expiresAt": LARGEST + 1}, (f"{LARGEST + 1}", False, False), False, False),
        ({"expiresAt": 20240501120000}, ("20240501120000", False, False), False, False),
        ({"expiresAt": {}}, ("unreadable", False, False), False, False),
        ({"expiresAt": "Tue, 02 Oct 2096 07:06:40 GMT"}, TOLD_FAR, True, True),
        ({"expiresAt": "20961002T070640Z"}, TOLD_FAR, True, True),
        ({"expiresAt": "2096-10-02T07:06:40Z[UTC]"}, TOLD_FAR, True, True),
        ({"expiresAt": "2096-10-02T07:06[UTC]"}, ("2096-10-02T07:06[UTC]", *NOT), False, False),
        ({"expiresAt": "2096-W40-2"}, ("2096-W40-2", *NOT), False, False),
        ({"expiresAt": -1}, ("1969-12-31T23:59:59Z", True, False), False, False),
    ],
)
def test_the_end_of_a_role_is_a_time_never_or_unknown(
    api: Api, end: dict[str, Any], told: object, allowed: object, lasting: object
) -> None:
    """Null says never, nothing says nothing, and what cannot be read counts against the role."""
    core = _csp(api, _org({"name": "org_owner", **end}))
    assert _ends(core) == [told]
    rules = {"anyRoles": ["org_owner"]}
    assert (_allowed(core, **rules), _allowed(core, **rules, **LASTING)) == (allowed, lasting)
    answer = core.call("getUserOrgRoles", {})
    assert ("org_owner" in answer["roleNames"]) is allowed, "one verdict for all"
    [role] = answer["roles"]
    unsaid = {"in_token": None, "service_name": None, "statements": None}
    assert has_role([{**role, **unsaid}], "org_owner") is allowed


def test_a_role_that_stands_among_the_names_only_has_no_known_end(api: Api) -> None:
    """A refusal says that nobody tells it, and what to do."""
    service = {"serviceName": "compute", "serviceRoles": ["admin"]}
    core = _csp(api, _org(servicesDef=[service]))
    assert _ends(core) == [(None, False, True)]
    text = _refusal(core, anyRoles=["compute/admin"], **LASTING)
    assert "held: compute/admin (nobody tells until when)" in text
    assert "nearest fix: leave minRoleSecondsLeft out for this role" in text


@pytest.mark.parametrize(("status", "known"), [(200, True), (403, False), (404, False)])
def test_whoever_may_not_see_the_end_of_an_access_does_not_know_it(
    api: Api, status: int, known: object
) -> None:
    """A refusal of `users/{id}` is no word that the access never ends; the right is named."""
    core = _m3ter(api, bodies.policy("Reader"), status=status)
    assert _ends(core) == [(None, known, True)]
    assert _allowed(core, anyRoles=["Reader"])
    if not known:
        text = _refusal(core, anyRoles=["Reader"], **LASTING)
        assert "for the right to retrieve users, with which m3ter tells when" in text


@pytest.mark.parametrize("details", [{"id": "another"}, {"id": None}, {"id": None, "data": []}])
def test_an_answer_about_somebody_else_tells_no_end(api: Api, details: dict[str, Any]) -> None:
    """Nor does one about nobody; an end that it gives counts against the caller all the same."""
    assert _ends(_m3ter(api, bodies.policy("Reader"), details)) == [(None, False, True)]
    ended = {**details, "dtEndAccess": "2001-01-01T00:00:00Z"}
    core = _m3ter(api, bodies.policy("Reader"), ended)
    assert _ends(core) == [("2001-01-01T00:00:00Z", False, False)]


@pytest.mark.parametrize("end", ["", "soon", 1e19, LARGEST, [], {}, {"at": 1}, False, "00"])
def test_an_end_of_access_that_cannot_be_read_counts_against_every_role(api: Api, end: Any) -> None:
    """Nobody can tell that the access has not ended."""
    core = _m3ter(api, bodies.policy("Reader"), details={"dtEndAccess": end})
    assert "Reader (ends at no time that can be read)" in _refusal(core, anyRoles=["Reader"])
    assert core.call("getUserOrgRoles", {})["roleNames"] == []


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ([FAR, None], ("2096-10-02T07:06:40Z", True, True)),
        ([None, FAR + 1, FAR], ("2096-10-02T07:06:40Z", True, True)),
        ([FAR, 1], ("1970-01-01T00:00:01Z", True, False)),
        ([None, "soon", 1], ("soon", False, False)),
        ([None, "absent"], (None, True, True)),
        (["absent", FAR], ("2096-10-02T07:06:40Z", True, True)),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_of_two_ends_of_one_role_the_stricter_counts(
    api: Api, ends: list[Any], told: object, order: int
) -> None:
    """It is one role; an entry without an end contradicts nobody."""
    roles = [{"name": "x", **({} if end == "absent" else {"expiresAt": end})} for end in ends]
    assert _ends(_csp(api, _org(*roles[::order]))) == [told]


@pytest.mark.parametrize(
    ("roles", "objects", "active"),
    [
        ([{"expiresAt": None}], [{"membershipType": "DIRECT", "expiresAt": 1}], [False]),
        ([{"expiresAt": 1}], [{"membershipType": "GROUP", "expiresAt": None}], [False]),
        ([{"expiresAt": FAR}], [{"membershipType": "GROUP"}], [True]),
        (
            [{"membershipType": "DIRECT", "expiresAt": 1}],
            [{"membershipType": "GROUP", "expiresAt": None}],
            [False, True],
        ),
    ],
)
def test_one_role_in_both_lists_of_a_service(
    api: Api, roles: list[dict[str, Any]], objects: list[dict[str, Any]], active: list[bool]
) -> None:
    """Told by `roles` and by `serviceRoles`, it ends by the stricter; two memberships are two."""
    named = [[{"name": "x", **each} for each in some] for some in (roles, objects)]
    service = {"serviceName": "s", "roles": named[0], "serviceRoles": named[1]}
    told = [each[2] for each in _ends(_csp(api, _org(servicesDef=[service])))]
    assert sorted(told) == active


def test_roles_that_are_not_the_same_keep_their_own_ends(api: Api) -> None:
    """Of another resource, membership, service or organization is another role."""
    custom = [
        {"name": "x", "resource": "a", "expiresAt": 1},
        {"name": "x", "resource": "b", "membershipType": "DIRECT", "expiresAt": None},
        {"name": "x", "resource": "b", "membershipType": "GROUP", "expiresAt": FAR},
    ]
    services = [
        {"refLink": f"/external/{each}", "roles": [{"name": "x", "expiresAt": end}]}
        for each, end in (("d-1", 1), ("d-2", None))
    ]
    core = _csp(api, _org(customRoles=custom, servicesDef=services))
    assert sorted(active for _, _, active in _ends(core)) == [False, False, True, True, True]


@pytest.mark.parametrize(
    "link",
    [
        THERE,
        {
            "organizationLink": f"https://h.test/csp/gateway/am/api/orgs/{OTHER}/?a=/orgs/{bodies.ORG}"
        },
        {"organizationLink": "garbage"},
        {"organizationLink": f"/orgs/{OTHER}#/orgs/{bodies.ORG}"},
        {"organizationLink": f"/orgs/{OTHER}/orgs/{bodies.ORG}"},
        {"organizationLink": ["x"]},
        {"orgId": OTHER},
        {"refLink": f"/csp/gateway/am/api/orgs/{OTHER}/roles/r-1"},
        {**HERE, "orgId": OTHER},
    ],
)
@pytest.mark.parametrize("kind", ["orgRoles", "customRoles", "servicesDef"])
def test_a_role_that_links_to_another_organization_is_none_here(
    api: Api, kind: str, link: dict[str, Any]
) -> None:
    """Wherever the role stands, and though only one organization is reported."""
    role = {"name": "deployer", "expiresAt": None, **link}
    roles = {"servicesDef": [{"serviceName": "s", "roles": [role]}]}.get(kind, [role])
    core = _csp(api, {"name": "acme", "orgRoles": [{"name": "org_member", **HERE}], kind: roles})
    name = "s/deployer" if kind == "servicesDef" else "deployer"
    assert f"{name} (held in " in _refusal(core, anyRoles=[name])
    assert "deployer" not in core.call("getUserOrgRoles", {})["roleNames"]


@pytest.mark.parametrize(
    "link", [HERE, {"organizationLink": bodies.ORG.upper()}, {"orgId": bodies.ORG}, {}]
)
def test_a_role_that_links_here_or_nowhere_counts(api: Api, link: dict[str, Any]) -> None:
    """Links are compared in any case, as paths or bare ids."""
    assert _allowed(_csp(api, _org({"name": "org_owner", **link})), anyRoles=["org_owner"])


@pytest.mark.parametrize(
    ("infos", "named", "allowed"),
    [
        ([_org(HERE | {"name": "org_owner"}), _org(name="other")], "acme", True),
        ([_org(HERE | {"name": "org_owner"}, name=None), _org(name="other")], None, True),
        ([_org(HERE | {"name": "x"}, name=None), _org({"name": "org_owner"})], None, False),
        ([_org(HERE | {"name": "x"}), _org(THERE | {"name": "org_owner"})], "acme", False),
        ([_org(HERE | {"name": "org_owner"}), _org(HERE | {"name": "x"}, name="b")], None, False),
        ([_org({"name": "org_owner"}), _org({"name": "x"}, name="b")], None, False),
        ([_org(THERE | {"name": "org_owner"})], None, False),
        ([_org(THERE | {"name": "x"}, customRoles=[{"name": "cost"}])], None, False),
        ([_org(customRoles=[THERE | {"name": "x"}, {"name": "cost"}])], None, False),
        ([_org(servicesDef=[{"roles": [THERE | {"name": "x"}]}, {}])], None, False),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_the_organization_asked_about_must_be_told_apart(
    api: Api, infos: list[dict[str, Any]], named: str | None, allowed: object, order: int
) -> None:
    """Only its links tell, names do not; of two that claim to be it neither is taken."""
    core = _csp(api, *infos[::order])
    assert _allowed(core, anyRoles=["org_owner", "cost", "service/x"]) is allowed
    assert core.call("getCurrentUser", {})["organization"].get("name") == named


UNCLEAR = "several organizations that cannot be told apart"


@pytest.mark.parametrize(
    ("infos", "about"),
    [
        ([_org(THERE | {"name": "x"})], OTHER),
        ([_org(HERE | {"name": "x"}, THERE | {"name": "y"})], OTHER),
        ([_org(HERE | {"name": "x", "orgId": OTHER}), _org(name="b")], OTHER),
        ([_org({"name": "x"}), _org({"name": "x"}, name="b")], UNCLEAR),
    ],
)
def test_an_answer_about_another_organization_keeps_no_rule_of_organizations(
    api: Api, infos: list[dict[str, Any]], about: str
) -> None:
    """The refusal says whose answer it is, and a warning says that its roles do not count."""
    said: list[str] = []
    core = _csp(api, *infos)
    text = _refusal(core, orgIds=[bodies.ORG])
    assert f"found: an answer about {about}" in text
    assert "nearest fix: ask VMware Cloud Services why it answers so" in text
    csp(api, HandClock().clock(), said.append).call("getUserOrgRoles", {})
    [text] = said
    assert text.startswith(f"VMware Cloud Services answers about {about}, not only about the org")


@pytest.mark.parametrize(
    "infos",
    [
        [],
        [_org({"name": "x"})],
        [_org(HERE | {"name": "x"})],
        [_org(HERE | {"name": "x"}), _org(THERE | {"name": "x"}, name="b")],
    ],
)
def test_an_answer_about_the_organization_keeps_its_rule(
    api: Api, infos: list[dict[str, Any]]
) -> None:
    """Others may be reported beside it, if they are told apart."""
    said: list[str] = []
    core = _csp(api, *infos)
    assert _allowed(core, orgIds=[bodies.ORG])
    csp(api, HandClock().clock(), said.append).call("getUserOrgRoles", {})
    assert said == []


def test_m3ters_answer_about_another_organization(api: Api) -> None:
    """`orgId` decides, in any case; `id` is documented to be something else."""
    core = _m3ter(api, bodies.policy("Reader"))
    assert _allowed(core, orgIds=[bodies.ORG])
    me = bodies.person()
    for own, allowed in ((OTHER, False), (bodies.ORG.upper(), True)):
        api.on(bodies.ME, json_reply({**me, "organization": {"id": "o-1", "orgId": own}}))
        core = m3ter(api)
        assert _allowed(core, orgIds=[bodies.ORG]) is allowed
        assert _allowed(core, anyRoles=["Reader"])


@pytest.mark.parametrize(
    ("verified", "allowed"), [(True, True), (None, True), (False, False), ("false", False)]
)
def test_an_address_that_is_called_unverified_keeps_no_rule(
    api: Api, verified: object, allowed: object
) -> None:
    """The caller's id needs no address, and the refusal says so."""
    core = _csp(api, _org(), email="grace@example.com", emailVerified=verified)
    assert _allowed(core, emails=["grace@example.com"]) is allowed
    assert _allowed(core, ids=["nobody", "acme:1"])
    if not allowed:
        text = _refusal(core, emails=["grace@example.com"])
        assert "grace@example.com, which VMware Cloud Services calls unverified" in text
        assert "nearest fix: verify the address, or use the rule ids with acme:1" in text


def test_organizations_may_be_pasted_as_links(api: Api) -> None:
    """As in settings; what is no link to one is none."""
    core = _csp(api, _org())
    assert _allowed(core, orgIds=[f"https://h.test/csp/gateway/am/api/orgs/{bodies.ORG}/"])
    assert not _allowed(core, orgIds=[f"https://h.test/{bodies.ORG}"])


def test_an_id_is_compared_exactly(api: Api) -> None:
    """It is no address: case counts."""
    core = _csp(api, _org())
    text = _refusal(core, ids=["acme:2", f"acme.test:{OTHER}", OTHER, "ACME:1"])
    wanted = f"…(6 characters, no id), acme.test:{OTHER} or {OTHER}"
    assert f"required: caller {wanted}\n  found: acme:1" in text


ALLOW = {"effect": "ALLOW", "action": ["ALL"], "resource": ["*"]}
DENY = {"effect": "deny", "action": ["config:delete"], "resource": ["*"]}


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([ALLOW], True),
        ([DENY, ALLOW], True),
        ([{**ALLOW, "effect": "allow"}], True),
        (None, True),
        ([], False),
        ([DENY], False),
        ([{**ALLOW, "effect": "ALLOWED"}], False),
        ([{**ALLOW, "effect": None}], False),
        ([{**ALLOW, "action": []}], False),
        ([{**ALLOW, "action": None}], False),
        ([{**ALLOW, "resource": []}], False),
        ([{**ALLOW, "resource": ""}], False),
        ([{**ALLOW, "action": " "}], False),
    ],
)
def test_a_policy_that_is_known_to_allow_nothing_does_not_count(
    api: Api, statements: Any, allowed: object
) -> None:
    """A guard goes by names; a denial beside a permission is told, not weighed."""
    policy = {"id": "p-1", "name": "Deployer", "permissionPolicy": statements}
    core = _m3ter(api, policy)
    assert _allowed(core, anyRoles=["Deployer"]) is allowed
    if not allowed:
        assert "Deployer (allows nothing)" in _refusal(core, anyRoles=["Deployer"])
    [role] = core.call("getUserOrgRoles", {})["roles"]
    effects = [each.get("effect") for each in role.get("statements", [])]
    assert ("DENY" in effects) is (DENY in (statements or []))


@pytest.mark.parametrize("other", [None, [ALLOW]])
@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("held", ["twice", "through a group"])
def test_a_policy_that_is_told_twice_allows_what_both_do(
    api: Api, other: Any, order: int, held: str
) -> None:
    """Without statements there it has those that it has elsewhere."""
    told = [{"id": "p", "name": "Admin", "permissionPolicy": each} for each in ([DENY], other)]
    core = _m3ter(api, told[::order][0])
    if held == "twice":
        api.on(bodies.POLICIES, json_reply({"data": told[::order]}))
    else:
        api.on(bodies.GROUPS, json_reply({"data": [{"id": "g"}]}))
        api.on(bodies.group_policies("g"), json_reply({"data": told[::order][1:]}))
    assert "Admin (allows nothing)" in _refusal(core, anyRoles=["Admin"])


READ = {**ALLOW, "action": ["CONFIG_RETRIEVE"]}


def _told(policy_id: str | None, name: str | None, *statements: Any) -> dict[str, Any]:
    return {"id": policy_id, "name": name, "permissionPolicy": list(statements) or None}


A, A_READS = _told("p", "A", ALLOW), _told("p", "A", READ)
INLINE = _told(None, None, ALLOW)
DIRECT, GROUP = ("A", "DIRECT"), ("A", "GROUP")


@pytest.mark.parametrize(
    ("told", "held", "allowed"),
    [
        (([A, A], []), [(*DIRECT, 1)], True),
        (([A], [A]), [(*DIRECT, 1), (*GROUP, 1)], True),
        (([], [A, _told("p", "A")]), [(*GROUP, 1)], True),
        (([A, _told("p", "A", ALLOW, DENY)], []), [(*DIRECT, 2)], True),
        (([A_READS, _told("p", "A", ALLOW, READ)], []), [(*DIRECT, 1)], True),
        (([_told("p", "A", READ, ALLOW), _told("p", "A", ALLOW, READ)], []), [(*DIRECT, 2)], True),
        (([A, A_READS], []), [(*DIRECT, 0)], False),
        (([A], [A_READS]), [(*DIRECT, 0), (*GROUP, 0)], False),
        (([A, _told("p", None, ALLOW)], []), [(*DIRECT, 1)], True),
        (([A, _told(None, "A", DENY)], []), [(*DIRECT, 1)], False),
        (([A, _told("p", "B", ALLOW)], []), [("p", "DIRECT", 1)], False),
        (([A, _told("q", "A", DENY)], []), [(*DIRECT, 1), (*DIRECT, 1)], True),
        (([_told(None, "A", ALLOW)] * 2, []), [(*DIRECT, 1)], True),
        (([INLINE, INLINE], []), [("inline", "DIRECT", 1)], False),
        (([INLINE, _told(None, None, READ)], []), [("inline", "DIRECT", 1)] * 2, False),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_a_policy_is_one_role_for_each_way_of_holding_it(
    api: Api, told: tuple[list[Any], list[Any]], held: list[Any], allowed: object, order: int
) -> None:
    """Told in one list or on many pages, it has the statements that the strictest telling has."""
    own, group = (each[::order] for each in told)
    for pages in ([own], [[each] for each in own] or [[]]):
        core = _m3ter(api, A)
        tokens = [*range(1, len(pages)), 0]
        sent = [{"data": page, "nextToken": at} for page, at in zip(pages, tokens, strict=True)]
        api.on(bodies.POLICIES, *map(json_reply, sent))
        api.on(bodies.GROUPS, json_reply([{"id": "g"}, {"id": "h"}]))
        for each in "gh":
            api.on(bodies.group_policies(each), json_reply({"data": group}))
        roles = core.call("getUserOrgRoles", {})["roles"]
        found = [(each["name"], each["membershipType"], len(each["statements"])) for each in roles]
        assert sorted(found) == held
        assert _allowed(core, anyRoles=["A"]) is allowed


NETWORK: dict[str, Any] = {"serviceName": "network", "refLink": "/d/1"}


@pytest.mark.parametrize(
    "again",
    [
        {**NETWORK, "serviceRoles": ["admin"]},
        {**NETWORK, "serviceDisplayName": "Net", "serviceRoles": ["admin"]},
        {
            **NETWORK,
            "serviceDisplayName": {"x": 1},
            "roles": [{"name": "admin", "expiresAt": None}],
        },
        {"serviceName": "network", "roles": [{"name": "admin", "expiresAt": None}]},
        {"refLink": "/d/1", "serviceName": "netw", "serviceRoles": ["admin"]},
        {"refLink": "/d/1", "serviceRoles": ["admin"]},
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_a_service_that_is_told_twice_is_one(api: Api, again: dict[str, Any], order: int) -> None:
    """Whatever else of it differs, the role has one end."""
    ended = {**NETWORK, "roles": [{"name": "admin", "expiresAt": 1}], "serviceDisplayName": "N"}
    core = _csp(api, _org(servicesDef=[ended, again][::order]))
    assert not _allowed(core, anyRoles=["network/admin", "netw/admin", "service/admin"])


def test_services_that_nothing_connects_are_two(api: Api) -> None:
    """A role that has ended in one of them is held in the other."""
    ended = {"serviceName": "a", "roles": [{"name": "admin", "expiresAt": 1}]}
    core = _csp(api, _org(servicesDef=[ended, {"serviceName": "b", "serviceRoles": ["admin"]}]))
    assert _allowed(core, allRoles=["b/admin"])
    assert not _allowed(core, anyRoles=["a/admin"])


def test_a_role_without_a_link_is_not_surely_here_if_another_leads_away(api: Api) -> None:
    """The warning says so too."""
    roles = (HERE | {"name": "x"}, THERE | {"name": "y"}, {"name": "z"})
    core = _csp(api, _org(*roles))
    assert _allowed(core, allRoles=["x"])
    assert not _allowed(core, anyRoles=["y", "z"])


def test_thousands_of_roles_are_judged_at_once(api: Api) -> None:
    """Each is looked at once, whatever a rule names; this took minutes when each met all others."""
    services = [{"serviceName": "s", "serviceRoles": [f"r{number}" for number in range(9000)]}]
    core = _csp(api, _org(servicesDef=services), perms=["csp:x"])
    assert "and 8988 more" in _refusal(core, allRoles=["s/r1", "s/r2", "nobody has this"])


def test_a_custom_role_is_never_taken_for_an_organization_role(api: Api) -> None:
    """Anybody may call one `org_owner`; a refusal shows the name that means it."""
    customs = [{"name": "org_owner"}, {"name": "csp:org_owner"}, {"name": "cost"}]
    core = _csp(api, _org(customRoles=customs))
    text = _refusal(core, anyRoles=["org_owner"])
    assert "held: cost, custom/csp:org_owner, custom/org_owner" in text
    assert "did you mean custom/org_owner?" in text
    assert _allowed(core, allRoles=["custom/org_owner", "cost", "custom/cost"])
    assert core.call("getUserOrgRoles", {})["roleNames"] == ["cost", "csp:org_owner"]


def test_an_organization_role_that_has_ended_still_takes_its_name(api: Api) -> None:
    """A custom role of that name is no renewal of it."""
    core = _csp(api, _org({"name": "x", "expiresAt": 1}, customRoles=[{"name": "x"}]))
    assert not _allowed(core, anyRoles=["x"])
    assert _allowed(core, anyRoles=["custom/x"])


def test_a_service_role_is_never_meant_by_a_bare_name(api: Api) -> None:
    """Of its own service or of any; the refusal of the bare name shows the whole one."""
    service = {"serviceName": "compute", "serviceRoles": ["org_owner"]}
    core = _csp(api, _org(servicesDef=[service]))
    assert "did you mean compute/org_owner?" in _refusal(core, anyRoles=["org_owner"])
    assert core.call("getUserOrgRoles", {})["roleNames"] == []
    for name in ("compute/org_owner", "service/org_owner"):
        assert _allowed(core, allRoles=[name])
    for name in ("organization/org_owner", "custom/org_owner", "network/org_owner"):
        assert not _allowed(core, anyRoles=[name])


@pytest.mark.parametrize("name", ["allRole", "all_roles", "bogus"])
def test_an_unknown_rule_is_an_error_whatever_its_value(api: Api, name: str) -> None:
    """A slip of the pen that comes as null must not be dropped either."""
    core = _m3ter(api, bodies.policy("Reader"))
    with pytest.raises(ArgumentError, match=f"requireCaller has no argument {name}"):
        core.call("requireCaller", {"anyRoles": ["Reader"], name: None})


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("allRoles", None),
        ("anyRoles", None),
        ("principalTypes", None),
        ("ids", None),
        ("emails", None),
        ("orgIds", None),
        ("minRoleSecondsLeft", None),
        ("minTokenSecondsLeft", None),
        ("allRoles", ["Reader", None]),
        ("ids", [None]),
        ("emails", ["ada@example.com", None]),
    ],
)
def test_a_rule_of_null_is_an_error_beside_another_rule(api: Api, rule: str, value: Any) -> None:
    """A rule that is dropped by mistake lets too many pass."""
    core = _m3ter(api, bodies.policy("Reader"))
    other = {"anyRoles": ["Reader"]} if rule != "anyRoles" else {"allRoles": ["Reader"]}
    with pytest.raises(ArgumentError, match=rule):
        core.call("requireCaller", {**other, rule: value})
    assert api.seen == []


def test_what_is_no_rule_may_be_null(api: Api) -> None:
    """Then it is left out, as generated code leaves things out."""
    core = _m3ter(api, bodies.policy("Reader"))
    more = {"platform": None, "orgId": None, "onRefusal": None}
    assert core.call("requireCaller", {"anyRoles": ["Reader"], **more})["allowed"]
