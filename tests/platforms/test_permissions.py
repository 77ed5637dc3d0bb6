"""What the entries of `perms` carry, in every form that they are known to have, or not."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from support import bodies
from support.api import json_reply
from support.callers import csp, m3ter
from support.jwt import jwt

from callerid.errors import CalleridError, ConfigurationError
from callerid.model import MOST_ITEMS
from callerid.platforms.csp.permissions import Carried, Named, Permissions, read

if TYPE_CHECKING:
    from support.api import Api

OTHER = "00000000-1111-2222-3333-444444444444"
LINK = "/csp/gateway/slc/api/definitions/external/d-1"
UNKNOWN = (
    "the access token's claim perms has entries of a form that callerid does not know, such as {}. "
    "None of them counts as a role."
)
FORMS: dict[str, tuple[str, str, str | None, str | None]] = {
    "csp:org_owner": ("organization", "org_owner", None, None),
    "csp:with space": ("organization", "with space", None, None),
    "external/d-1/admin": ("service", "admin", "d-1", None),
    "external/d-1/vmc:admin": ("service", "vmc:admin", "d-1", None),
    "external/d-1/*/admin": ("service", "admin", "d-1", "*"),
    "external/d-1/sddc-7/admin": ("service", "admin", "d-1", "sddc-7"),
    "paid/d-1/admin": ("service", "admin", "d-1", None),
    "paid/d-1/*/admin": ("service", "admin", "d-1", "*"),
    "csp:compute/admin": ("service", "admin", "compute", None),
    "csp:compute/*/admin": ("service", "admin", "compute", "*"),
    "csp:compute/zone-1/admin": ("service", "admin", "compute", "zone-1"),
    "csp:external/d-1/admin": ("service", "admin", "d-1", None),
    "csp:paid/d-1/zone-1/admin": ("service", "admin", "d-1", "zone-1"),
}
"""Entry: kind, name, service and resource of its role."""
KEPT = (
    *("org_owner", "CSP:org_owner", "csp:", "csp:/admin", "csp:a/b/c/d", "external/d-1"),
    *("external/d-1/", "external//admin", "external/d-1/a/b/c", "a/b", "/a/b", "d-1/", "org:owner"),
    *("external/d-1//admin", "7/d-1/admin", "external/ /admin", "internal/d-1/admin"),
    *("revoked/d-1/admin", f"organization/{OTHER}/org_owner", "d-1/zone-1/admin"),
)
"""Forms that nothing is known of."""


def _machine(api: Api, *perms: Any, **rules: Any) -> tuple[dict[str, Any], list[str]]:
    """Ask as a machine, whose token answers alone."""
    warnings = list[str]()
    token = jwt(sub="acme:app", context_name=bodies.ORG, exp=2 * 10**9, perms=list(perms))
    with closing(csp(api, warn=warnings.append, cspAccessToken=token)) as core:
        function = "requireCaller" if rules else "getUserOrgRoles"
        return core.call(function, rules), warnings


def _person(api: Api, service: dict[str, Any], *perms: str) -> list[dict[str, Any]]:
    """Ask as a person who has roles in one service, and a token."""
    api.on(bodies.AUTHORIZE, json_reply(bodies.token(jwt(context_name=bodies.ORG, perms=perms))))
    api.on(bodies.INFO, json_reply(bodies.info(servicesDef=[service])))
    with closing(csp(api)) as core:
        found: list[dict[str, Any]] = core.call("getUserOrgRoles", {})["roles"]
        return found


def test_what_the_claim_carries() -> None:
    """Each form with what it leaves open; a claim that is none, or no list, carries nothing."""
    found = read({"perms": ["csp:a", "external/d/z/b", "csp:s/c", "csp:paid/d/c", "?", 7, " "]})
    assert found
    assert [found.organization, found.unknown, found.readable] == [{"a"}, {"?"}, True]
    assert found.service == {
        "b": {Named("d"): {"z"}},
        "c": {Named("s", may_be_name=True): {None}, Named("d"): {None}},
    }
    held = [Carried("a"), Carried("b", "d", "z"), Carried("c", "d"), Carried("c", "s", None, True)]  # noqa: FBT003 - `may_be_name`
    assert sorted(found.roles, key=str) == sorted(held, key=str)
    nothing = read({"perms": "csp:a"})
    assert nothing
    assert [*nothing] == [frozenset(), {}, frozenset(), False]
    assert [*Permissions()] == [frozenset(), {}, frozenset(), True]
    assert [*Carried("a")] == ["a", None, None, False]
    assert read({}) is None


def test_a_claim_that_is_too_long_cannot_be_read() -> None:
    """No caller has as much, and comparing it with an account's roles would take its time."""
    entries = [f"external/d-{number}/a" for number in range(MOST_ITEMS)]
    found = read({"perms": entries})
    assert found
    assert (found.readable, len(found.service["a"])) == (True, MOST_ITEMS)
    assert read({"perms": [*entries, "csp:a"]}) == Permissions(readable=False)


class _Unsearched(dict[Any, Any]):
    """Is asked for an entry, and not looked through."""

    def __iter__(self) -> NoReturn:
        raise AssertionError

    items = values = __iter__


def test_a_role_is_found_without_a_search() -> None:
    """An account may have thousands of roles of one name, and the token too."""
    asked = Permissions(service={"a": _Unsearched({Named("d"): frozenset({"r"})})})
    has = partial(asked.has_service_role, "a", service=("d", "own"), others=(), unique=False)
    assert [has(resource=each) for each in ("r", "s", None)] == [True, False, False]


@pytest.mark.parametrize("entry", FORMS)
def test_a_known_form_is_read(api: Api, entry: str) -> None:
    """The name stands alone, and nobody is warned."""
    answer, warnings = _machine(api, entry)
    [role] = answer["roles"]
    kind, name, service, resource = FORMS[entry]
    found = (role["kind"], role["name"], role.get("serviceName"), role.get("resource"))
    assert found == (kind, name, service, resource)
    assert answer["roleNames"] == [name]
    assert warnings == []


@pytest.mark.parametrize("entry", KEPT)
def test_another_form_is_kept_as_it_is(api: Api, entry: str) -> None:
    """With one warning for all; it is no organization role, nor one of a service."""
    answer, warnings = _machine(api, "csp:org_member", entry, "zzz")
    kept = [role for role in answer["roles"] if role["kind"] == "permission"]
    assert [role["name"] for role in kept] == sorted([entry, "zzz"])
    assert answer["roleNames"] == ["org_member"]
    assert warnings == [UNKNOWN.format(min(entry, "zzz"))]


@pytest.mark.parametrize(
    ("entries", "rule", "allowed"),
    [
        (["csp:org_owner"], "org_owner", True),
        (["org_owner"], "org_owner", False),
        (["org_owner"], "permission/org_owner", False),
        (["identity_admin"], "identity_admin", False),
        (["identity_admin"], "permission/identity_admin", False),
        (["revoked/d-1/admin"], "d-1/admin", False),
        (["revoked/d-1/admin"], "service/admin", False),
        (["revoked/d-1/admin"], "permission/revoked/d-1/admin", False),
        (["csp:compute/org_owner"], "org_owner", False),
        (["csp:compute/org_owner"], "organization/org_owner", False),
        (["csp:compute/admin"], "compute/admin", True),
        (["external/d-1/*/admin"], "d-1/admin", True),
        (["external/d-1/*/admin"], "service/admin", True),
        (["external/d-1/*/admin"], "*/admin", False),
        (["external/d-1/*/admin"], "admin", False),
        (["paid/d-1/admin"], "d-1/admin", True),
    ],
)
def test_a_guard_takes_no_other_role_for_the_one_it_names(
    api: Api, entries: list[str], rule: str, allowed: object
) -> None:
    """The same holds for the names that a program branches on."""
    answer, _ = _machine(api, *entries, allRoles=[rule], onRefusal="warn")
    assert answer["allowed"] is allowed
    assert ("org_owner" in answer["roleNames"]) is (entries == ["csp:org_owner"])


@pytest.mark.parametrize(
    ("role", "entry", "in_token"),
    [
        ({"name": "admin"}, "external/d-1/admin", True),
        ({"name": "admin"}, "external/d-1/*/admin", True),
        ({"name": "admin"}, "paid/d-1/admin", True),
        ({"name": "admin"}, "csp:d-1/admin", True),
        ({"name": "admin"}, "csp:compute/admin", True),
        ({"name": "admin"}, "csp:network/admin", False),
        ({"name": "admin"}, "external/compute/admin", False),
        ({"name": "admin"}, "external/d-2/*/admin", False),
        ({"name": "admin"}, "external/d-1/zone-1/admin", False),
        ({"name": "admin", "resource": "zone-1"}, "external/d-1/zone-1/admin", True),
        ({"name": "admin", "resource": "zone-1"}, "external/d-1/*/admin", True),
        ({"name": "admin", "resource": "zone-1"}, "external/d-1/admin", True),
        ({"name": "admin", "resource": "zone-1"}, "external/d-1/zone-2/admin", False),
        ({"name": "external/d-1/zone-1/admin"}, "external/d-1/zone-1/admin", True),
        ({"name": "admin"}, "admin", False),
        ({"name": "admin"}, "csp:admin", False),
    ],
)
def test_an_accounts_role_is_found_in_the_token(
    api: Api, role: dict[str, Any], entry: str, in_token: object
) -> None:
    """By service, name and resource: a token that is limited to one carries no role for all."""
    service = {"refLink": LINK, "serviceName": "compute", "roles": [role]}
    [found] = _person(api, service, entry)
    assert (found["name"], found["inToken"]) == ("admin", in_token)


@pytest.mark.parametrize(
    ("entry", "others", "in_token"),
    [
        ("external/d-1/admin", [], True),
        ("external/d-1/admin", [{"serviceName": "compute", "refLink": LINK}], False),
        ("csp:compute/admin", [], False),
        ("csp:network/admin", [], True),
    ],
)
def test_a_service_without_id_gets_no_role_of_another(
    api: Api, entry: str, others: list[Any], in_token: object
) -> None:
    """An entry that names another service, by name or by its id, is none of this one's."""
    network = {"serviceName": "network", "roles": [{"name": "admin"}]}
    body = bodies.info(servicesDef=[network, *others])
    token = jwt(context_name=bodies.ORG, perms=[entry])
    api.on(bodies.AUTHORIZE, json_reply(bodies.token(token)))
    api.on(bodies.INFO, json_reply(body))
    with closing(csp(api)) as core:
        [role] = core.call("getUserOrgRoles", {})["roles"]
    assert role["inToken"] is in_token


def test_a_persons_odd_entries_are_told(api: Api) -> None:
    """They may be why a role is not in the token."""
    warnings = list[str]()
    token = jwt(context_name=bodies.ORG, perms=["CSP:org_owner"])
    api.on(bodies.AUTHORIZE, json_reply(bodies.token(token)))
    api.on(bodies.INFO, json_reply(bodies.info({"name": "org_owner"})))
    with closing(csp(api, warn=warnings.append)) as core:
        [role] = core.call("getUserOrgRoles", {})["roles"]
    assert role["inToken"] is False
    assert UNKNOWN.format("CSP:org_owner") in warnings


@pytest.mark.parametrize("entries", [["csp:org_owner"], ["odd"]])
def test_a_refusal_says_why_a_tokens_entry_does_not_count(api: Api, entries: list[str]) -> None:
    """One that names no organization, or has an unknown form."""
    context = {} if entries == ["csp:org_owner"] else {"context_name": bodies.ORG}
    token = jwt(sub="acme:app", exp=2 * 10**9, perms=entries, **context)
    with closing(csp(api, cspAccessToken=token)) as core, pytest.raises(CalleridError) as refused:
        core.call("requireCaller", {"allRoles": ["org_owner"]})
    told = {
        "csp:org_owner": "nearest fix: use a token that names its organization",
        "odd": "odd (in a form that callerid does not know)",
    }
    assert told[entries[0]] in str(refused.value)


def test_one_name_for_two_resources_is_two_roles(api: Api) -> None:
    """Each is looked up by itself; a name that is told again, without resource, adds none."""
    names = ["external/d-1/zone-1/admin", "external/d-1/zone-2/admin", "admin"]
    service = {"refLink": LINK, "roles": [{"name": "admin", "resource": "zone-1"}]}
    found = _person(api, {**service, "serviceRoles": names}, "external/d-1/zone-2/admin")
    assert [(each["resource"], each["inToken"]) for each in found] == [
        ("zone-1", False),
        ("zone-2", True),
    ]


def test_a_service_without_id_is_found_by_its_name_in_the_token(api: Api) -> None:
    """Two resources of one service are one service; another service of the name makes it unsure."""
    service = {"serviceName": "compute", "roles": [{"name": "admin"}]}
    zones = ("external/d-1/zone-1/admin", "external/d-1/*/admin")
    assert [each["inToken"] for each in _person(api, service, *zones)] == [True]
    assert [each["inToken"] for each in _person(api, service, *zones, "paid/d-2/admin")] == [False]


@pytest.mark.parametrize("word", ["default", "Default"])
def test_a_word_for_none_is_no_organization(api: Api, word: str) -> None:
    """The one that is set counts; without it, it is missing."""
    token = jwt(sub="acme:app", context_name=word, perms=["csp:org_owner"])
    with closing(csp(api, cspAccessToken=token)) as core:
        answer = core.call("getUserOrgRoles", {})
        assert (answer["orgId"], answer["roleNames"]) == (bodies.ORG, [])
        assert [role["active"] for role in answer["roles"]] == [False]
    with (
        closing(csp(api, cspAccessToken=token, cspOrgId=None)) as core,
        pytest.raises(ConfigurationError, match="the token names none"),
    ):
        core.call("getUserOrgRoles", {})


@pytest.mark.parametrize("word", ["", " ", None, 7, ["default"], "default organization"])
def test_other_words_are_none_of_them(api: Api, word: Any) -> None:
    """What is there and is no id is of another organization, or cannot be read."""
    token = jwt(sub="acme:app", context_name=word, perms=["csp:org_owner"])
    with closing(csp(api, cspAccessToken=token)) as core, pytest.raises(ConfigurationError):
        core.call("getUserOrgRoles", {})


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("acme:1", False),
        ("ACME:1", False),
        ("1", False),
        (None, False),
        ("acme:2", True),
        ("other:1", True),
        ("acme:11", True),
    ],
)
def test_an_answer_about_somebody_else_is_told(api: Api, subject: str | None, told: object) -> None:
    """Once, whichever function is asked; the API's answer counts."""
    warnings = list[str]()
    claims = {"context_name": bodies.ORG, **({"sub": subject} if subject else {})}
    api.on(bodies.AUTHORIZE, json_reply(bodies.token(jwt(**claims))))
    api.on(bodies.INFO, json_reply(bodies.info({"name": "org_owner"})))
    with closing(csp(api, warn=warnings.append)) as core:
        assert core.call("getCurrentUser", {})["id"] == "acme:1"
        assert core.call("getUserOrgRoles", {})["roleNames"] == ["org_owner"]
    assert [each.partition(", and")[0] for each in warnings] == (
        ["VMware Cloud Services answers about the caller …(6 characters, no id)"] if told else []
    )


@pytest.mark.parametrize(("subject", "told"), [(bodies.ADA, False), (OTHER, True)])
def test_a_service_user_who_is_somebody_else_is_told(api: Api, subject: str, told: object) -> None:
    """At m3ter the token of a machine has its id; of a person's nothing is documented."""
    warnings = list[str]()
    api.on(bodies.ME, json_reply(bodies.machine()))
    token = jwt(sub=subject, orgId=bodies.ORG)
    with closing(m3ter(api, warn=warnings.append, m3terApiToken=token)) as core:
        core.call("getCurrentUser", {})
    expected = (
        f"m3ter answers about the caller {bodies.ADA}, and the token (provider setting "
        f"m3terApiToken) is of {OTHER}. The former counts."
    )
    assert warnings == ([expected] if told else [])
    api.on(bodies.ME, json_reply(bodies.person()))
    with closing(m3ter(api, warn=warnings.append, m3terApiToken=token)) as core:
        core.call("getCurrentUser", {})
    assert len(warnings) == int(bool(told))


@pytest.mark.parametrize(
    ("link", "is_another"),
    [
        ({"orgId": OTHER}, True),
        ({"orgId": 7}, True),
        ({"organizationLink": f"/orgs/{OTHER}"}, True),
        ({"refLink": f"/csp/gateway/am/api/orgs/{OTHER}"}, True),
        ({"refLink": "/csp/gateway/slc/api/definitions"}, False),
        ({"orgId": bodies.ORG}, False),
        ({"organizationLink": f"/csp/gateway/am/api/orgs/{bodies.ORG.upper()}"}, False),
    ],
)
def test_a_link_of_the_organization_itself_counts_too(
    api: Api, link: dict[str, Any], is_another: object
) -> None:
    """Nobody documents one, and what is there must not be overlooked."""
    api.on(bodies.AUTHORIZE, json_reply(bodies.token("opaque")))
    api.on(bodies.INFO, json_reply(bodies.info({"name": "org_owner"}, **link)))
    with closing(csp(api)) as core:
        answer = core.call("getUserOrgRoles", {})
    assert answer["roleNames"] == ([] if is_another else ["org_owner"])


@pytest.mark.parametrize("listed", ["orgRoles", "customRoles", "services"])
def test_a_single_organization_that_is_another_counts_for_nothing(api: Api, listed: str) -> None:
    """Every link of its roles names another one: its name is not given to the one asked about."""
    role = {"name": "org_owner", "organizationLink": f"/csp/gateway/am/api/orgs/{OTHER}"}
    service = {"refLink": LINK, "serviceName": "compute", "roles": [role]}
    org = {"servicesDef": [service]} if listed == "services" else {listed: [role]}
    warnings = list[str]()
    api.on(bodies.AUTHORIZE, json_reply(bodies.token("opaque")))
    api.on(bodies.INFO, json_reply(bodies.info(**org)))
    with closing(csp(api, warn=warnings.append)) as core:
        assert core.call("getCurrentUser", {})["organization"] == {"id": bodies.ORG}
        answer = core.call("getUserOrgRoles", {})
        assert (answer["roleNames"], [each["active"] for each in answer["roles"]]) == ([], [False])
        for rule in (
            {"allRoles": [f"{answer['roles'][0]['kind']}/org_owner"]},
            {"orgIds": [OTHER]},
        ):
            with pytest.raises(CalleridError):
                core.call("requireCaller", rule)
    assert [each for each in warnings if "answers about" in each]


@pytest.mark.parametrize(
    ("resource", "found"), [("zone-2", True), ("zone-1", False), (None, False)]
)
def test_the_resource_counts_where_only_the_name_can_be_compared(
    resource: str | None, found: object
) -> None:
    """Of a service whose definition the account does not tell."""
    carried = read({"perms": ["external/d-1/zone-2/admin"]})
    assert carried
    service = (None, "compute")
    assert carried.has_service_role("admin", resource, service, [], unique=True) is found
