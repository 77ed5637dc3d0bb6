"""getCurrentUser against scripted APIs: who is calling, on either platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support import bodies
from support.api import json_reply
from support.callers import csp, m3ter
from support.jwt import jwt

from callerid.errors import ArgumentError, CalleridError, ConfigurationError

if TYPE_CHECKING:
    from support.api import Api


def test_a_person_at_m3ter(api: Api) -> None:
    """The whole answer, as a program gets it."""
    api.on(bodies.ME, json_reply(bodies.person(version=3, dtCreated="2023-11-07T05:31:56.000Z")))
    assert m3ter(api).call("getCurrentUser", {}) == {
        "platform": "m3ter",
        "principalType": "user",
        "id": bodies.ADA,
        "displayName": "Ada Lovelace",
        "email": "ada@example.com",
        "orgId": bodies.ORG,
        "organization": {"id": bodies.ORG, "name": "Acme"},
        "credentialSource": "provider setting m3terApiToken",
        "m3ter": {
            "user": {
                "id": bodies.ADA,
                "version": 3,
                "firstName": "Ada",
                "lastName": "Lovelace",
                "email": "ada@example.com",
                "dtCreated": "2023-11-07T05:31:56Z",
            },
            "organization": {"id": "o-1", "organizationName": "Acme"},
        },
    }


def test_a_service_user_at_m3ter(api: Api) -> None:
    """A machine has a name and no e-mail address; an organization may not be reported."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    answer = m3ter(api).call("getCurrentUser", {})
    assert (answer["principalType"], answer["displayName"]) == ("serviceUser", "deploy")
    assert answer["organization"] == {"id": bodies.ORG}
    assert "email" not in answer


def test_where_both_are_named_the_person_counts(api: Api) -> None:
    """The reference's own sample fills both objects."""
    both = {**bodies.person(), "serviceUser": {"id": "s-1", "name": "deploy"}}
    api.on(bodies.ME, json_reply(both))
    answer = m3ter(api).call("getCurrentUser", {})
    assert (answer["principalType"], answer["id"]) == ("user", bodies.ADA)
    assert answer["m3ter"]["serviceUser"] == {"id": "s-1", "name": "deploy"}


@pytest.mark.parametrize("body", [{}, {"user": None, "serviceUser": None}])
def test_where_neither_is_named_the_call_fails(api: Api, body: dict[str, Any]) -> None:
    """An identity is never made up."""
    api.on(bodies.ME, json_reply(body))
    with pytest.raises(CalleridError, match="neither a user nor a service user"):
        m3ter(api).call("getCurrentUser", {})


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({"firstName": "Ada", "lastName": None}, "Ada"),
        ({"firstName": None, "lastName": "Lovelace"}, "Lovelace"),
        ({"firstName": " ", "lastName": ""}, "ada@example.com"),
        ({"firstName": None, "lastName": None, "email": None}, bodies.ADA),
    ],
)
def test_a_person_always_has_a_display_name(api: Api, user: dict[str, Any], name: str) -> None:
    """First and last name, else e-mail address, else id."""
    api.on(bodies.ME, json_reply(bodies.person(**user)))
    assert m3ter(api).call("getCurrentUser", {})["displayName"] == name


INVISIBLE = ("\u200b", "\u2060\ufeff", "\u3164", "\u2800", "\u00ad \u200f", "\u0301", "\U000e0020")


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
def test_a_name_of_invisible_characters_is_none(api: Api, text: str) -> None:
    """Of people and machines; a visible name may have such characters in it."""
    api.on(
        bodies.ME,
        json_reply(bodies.person(firstName=text, lastName="Lovelace")),
        json_reply(bodies.person(firstName=text, lastName=text)),
        json_reply(bodies.person(firstName=text, lastName=text, email=text)),
        json_reply(bodies.machine(name=text)),
        json_reply(bodies.machine(name=f"de{text}ploy")),
    )
    names = [m3ter(api).call("getCurrentUser", {})["displayName"] for _ in range(5)]
    assert names == ["Lovelace", "ada@example.com", bodies.ADA, bodies.ADA, f"de{text}ploy"]


def test_a_missing_id_is_an_unexpected_reply(api: Api) -> None:
    """What the schema promises is there, or the call fails and names the field."""
    api.on(bodies.ME, json_reply({"user": {"firstName": "Ada"}}))
    with pytest.raises(CalleridError, match=r"unexpected answer \(HTTP 200\): user.id is missing"):
        m3ter(api).call("getCurrentUser", {})


@pytest.mark.parametrize("body", [[], "text", 7, None])
def test_an_answer_of_another_shape_is_an_unexpected_reply(api: Api, body: Any) -> None:
    """JSON alone does not make an answer."""
    api.on(bodies.ME, json_reply(body))
    with pytest.raises(CalleridError, match="m3ter sent"):
        m3ter(api).call("getCurrentUser", {})


def test_a_person_at_vmware_cloud_services(api: Api) -> None:
    """The organization's names come from the reported organization; the password never comes."""
    body = bodies.info()
    body["user"]["password"] = "canary"
    api.on(bodies.AUTHORIZE, json_reply(bodies.token(jwt(context_name=bodies.ORG, username="g"))))
    api.on(bodies.INFO, json_reply(body))
    assert csp(api).call("getCurrentUser", {}) == {
        "platform": "csp",
        "principalType": "user",
        "id": "acme:1",
        "displayName": "Grace",
        "username": "grace@example.com",
        "orgId": bodies.ORG,
        "organization": {"id": bodies.ORG, "name": "acme", "displayName": "Acme"},
        "credentialSource": "provider setting cspApiToken",
        "csp": {"userId": "acme:1", "firstName": "Grace", "username": "grace@example.com"},
    }


def test_of_several_organizations_the_linked_one_is_named(api: Api) -> None:
    """The reply gives no ids, only links in its roles."""
    link = {"name": "org_member", "organizationLink": f"/csp/gateway/am/api/orgs/{bodies.ORG}"}
    body = bodies.info()
    body["userOrgInfo"] = [{"name": "other"}, {"name": "acme", "orgRoles": [link]}]
    api.on(bodies.AUTHORIZE, json_reply(bodies.token("opaque")))
    api.on(bodies.INFO, json_reply(body))
    assert csp(api).call("getCurrentUser", {})["organization"]["name"] == "acme"


@pytest.mark.parametrize("infos", [None, [], [{"name": "a"}, {"name": "b"}]])
def test_an_organization_that_is_not_reported_has_its_id_alone(api: Api, infos: Any) -> None:
    """Null, empty, and ambiguous lists are no errors."""
    api.on(bodies.AUTHORIZE, json_reply(bodies.token("opaque")))
    api.on(bodies.INFO, json_reply({**bodies.info(), "userOrgInfo": infos}))
    assert csp(api).call("getCurrentUser", {})["organization"] == {"id": bodies.ORG}


def test_a_machine_at_vmware_cloud_services_is_read_from_its_token(api: Api) -> None:
    """The API refuses service accounts, so it is not asked."""
    claims = jwt(sub="acme:app-1", context_name=bodies.ORG, perms=["csp:org_member"])
    api.on(bodies.APP_TOKEN, json_reply(bodies.token(claims)))
    core = csp(api, cspClientId="app", cspClientSecret="s", cspOrgId=None)
    answer = core.call("getCurrentUser", {})
    assert answer == {
        "platform": "csp",
        "principalType": "serviceUser",
        "id": "acme:app-1",
        "displayName": "acme:app-1",
        "orgId": bodies.ORG,
        "organization": {"id": bodies.ORG},
        "credentialSource": "provider setting cspClientId",
    }
    assert api.paths() == [bodies.APP_TOKEN]


def test_a_token_for_another_organization_is_told_before_the_call(api: Api) -> None:
    """Both ids are named, and the API is not asked."""
    core = m3ter(api, m3terApiToken=jwt(orgId="mine"))
    with pytest.raises(CalleridError) as caught:
        core.call("getCurrentUser", {})
    assert str(caught.value) == (
        "The token (provider setting m3terApiToken) belongs to m3ter organization "
        "…(4 characters, no UUID), and "
        f"organization {bodies.ORG} was asked for.\n"
        "Change provider setting m3terOrgId, or use a credential of that organization."
    )
    with pytest.raises(CalleridError, match="Change the argument orgId, or use a credential"):
        core.call("getCurrentUser", {"orgId": "theirs"})
    assert api.seen == []


def test_the_organization_defaults_to_the_tokens_own(api: Api) -> None:
    """Nobody has to look up what the token says."""
    api.on(bodies.ME, json_reply(bodies.person()))
    core = m3ter(api, m3terApiToken=jwt(orgId=bodies.ORG), m3terOrgId=None)
    assert core.call("getCurrentUser", {})["orgId"] == bodies.ORG


_WAYS = r"Set m3terOrgId \(M3TER_ORG_ID\), or the argument orgId\.$"


def test_an_opaque_token_needs_an_organization(api: Api) -> None:
    """Then the setting is named."""
    core = m3ter(api, m3terApiToken="opaque", m3terOrgId=None)
    with pytest.raises(CalleridError, match=_WAYS):
        core.call("getCurrentUser", {})


def test_the_argument_wins_over_the_setting(api: Api) -> None:
    """A program may ask about several organizations."""
    api.on("GET /organizations/other/users/me", json_reply(bodies.person()))
    assert m3ter(api).call("getCurrentUser", {"orgId": "other"})["orgId"] == "other"


def test_an_organization_has_256_characters_at_most(api: Api) -> None:
    """And one at least: an empty text is no way to leave it out."""
    core = m3ter(api)
    for org in ("o", "x" * 256):
        api.on(f"GET /organizations/{org}/users/me", json_reply(bodies.person()))
        assert core.call("getCurrentUser", {"orgId": org})["orgId"] == org
    for org, wanted in (("", "left out, or text that is not empty"), ("x" * 257, "shorter")):
        with pytest.raises(ArgumentError) as caught:
            core.call("getCurrentUser", {"orgId": org})
        told = f"The argument orgId of getCurrentUser must be {wanted}."
        assert str(caught.value) == told


def test_ids_are_quoted_in_paths(api: Api) -> None:
    """An id cannot lead to another path."""
    with pytest.raises(CalleridError):
        m3ter(api).call("getCurrentUser", {"orgId": "a/../b?c"})
    assert api.paths() == ["GET /organizations/a%2F..%2Fb%3Fc/users/me"]
    with pytest.raises(ArgumentError, match=r"dots alone\. Check the argument orgId\."):
        m3ter(api).call("getCurrentUser", {"orgId": ".."})
    core = m3ter(api, m3terApiToken="opaque", m3terOrgId="..")
    with pytest.raises(ConfigurationError, match=r"alone\. Check provider setting m3terOrgId\."):
        core.call("getCurrentUser", {})
