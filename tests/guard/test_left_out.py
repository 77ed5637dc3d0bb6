"""What cannot be read and is left out takes nothing with it that speaks against the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support import bodies
from support.api import Reply, json_reply
from support.callers import csp, m3ter
from support.clock import START, HandClock
from support.jwt import jwt

from callerid.errors import CalleridError, UnauthorizedError, UnexpectedReplyError

if TYPE_CHECKING:
    from support.api import Api

    from callerid.core import Core

OTHER = "00000000-1111-2222-3333-444444444444"
THERE, HERE = ({"organizationLink": f"/orgs/{each}"} for each in (OTHER, bodies.ORG))
OWNER: dict[str, Any] = {"name": "org_owner"}


def _csp(api: Api, *infos: Any, **user: Any) -> Core:
    whole = bodies.info()
    api.on(bodies.AUTHORIZE, json_reply(bodies.token("opaque")))
    api.on(bodies.INFO, json_reply({"user": {**whole["user"], **user}, "userOrgInfo": infos}))
    return csp(api, HandClock().clock())


def _org(*roles: Any, **more: Any) -> dict[str, Any]:
    return {"name": "acme", "orgRoles": list(roles), **more}


def _allowed(core: Core, **rules: Any) -> bool:
    try:
        answer = core.call("requireCaller", {**rules, "onRefusal": "warn"})
    except CalleridError:
        return False
    return answer["allowed"] is True


def _service(**role: Any) -> dict[str, Any]:
    return {"serviceName": "s", "roles": [{"name": "x", **role}]}


@pytest.mark.parametrize(
    "infos",
    [
        [_org(OWNER, servicesDef=[_service(**THERE), 5])],
        [_org(OWNER, servicesDef=[_service(**THERE, resource=[1])])],
        [_org(OWNER, servicesDef=[_service(**THERE, name={})])],
        [_org(OWNER, servicesDef={"x": _service(**THERE)})],
        [_org(OWNER, servicesDef=[{**_service(**THERE), "roles": {"x": 1}}])],
        [_org(OWNER, {"name": "org_member", **THERE, "resource": {}})],
        [_org(OWNER, customRoles=[{"name": "x", **THERE, "resource": []}])],
        [_org(OWNER, customRoles={"x": THERE})],
        [_org(OWNER, "x")],
        [_org(OWNER | HERE), _org({"name": "x", **HERE, "resource": {}}, name="b")],
        [_org(OWNER | HERE), _org(name="b", customRoles=[7])],
        [_org(OWNER, {"name": "x", "organizationLink": 5})],
        [_org(OWNER, {"name": "x", "organizationLink": " "})],
        [_org(OWNER, {"name": "x", "organizationLink": f"/ORGS/{OTHER}/users/{bodies.ORG}"})],
        [_org({**OWNER, "expiresAt": None}, {**OWNER, "expiresAt": 1, "resource": {}})],
    ],
)
def test_no_link_and_no_end_is_lost(api: Api, infos: list[Any]) -> None:
    """Of roles that another field makes unreadable, and of lists that are none."""
    core = _csp(api, *infos)
    assert not (_allowed(core, anyRoles=["org_owner"]) and _allowed(core, orgIds=[bodies.ORG]))
    if len(infos) == 1:
        assert not _allowed(core, anyRoles=["org_owner"])


@pytest.mark.parametrize("name", ["", " ", None, {}, "absent"])
@pytest.mark.parametrize("shape", ["roles", "serviceRoles"])
def test_a_role_that_lost_its_name_may_be_any(api: Api, name: Any, shape: str) -> None:
    """So what stands by name alone beside it is not known to be another one."""
    ended = {"expiresAt": 1, **({} if name == "absent" else {"name": name})}
    service = {"serviceName": "s", "serviceRoleNames": ["admin"], shape: [ended]}
    assert not _allowed(_csp(api, _org(servicesDef=[service])), anyRoles=["s/admin"])


@pytest.mark.parametrize("verified", ["", " ", "unknown", 2, []])
def test_what_is_said_of_an_address_must_be_read(api: Api, verified: Any) -> None:
    """Blank text is no word of it."""
    core = _csp(api, email="g@example.com", emailVerified=verified)
    assert not _allowed(core, emails=["g@example.com"])


@pytest.mark.parametrize("own", [" ", "", OTHER])
def test_an_organization_of_m3ter_must_be_read(api: Api, own: str) -> None:
    """Blank text is not the organization asked about."""
    me = bodies.person()
    api.on(bodies.ME, json_reply({**me, "organization": {"id": "o", "orgId": own}}))
    api.on(bodies.POLICIES, json_reply({"data": []}))
    assert not _allowed(m3ter(api), orgIds=[bodies.ORG])


@pytest.mark.parametrize("own", ["another", None])
def test_statements_of_somebody_else_are_none_of_the_callers(api: Api, own: str | None) -> None:
    """Nor is the end of somebody's access: both stand in one answer."""
    allow = {"effect": "ALLOW", "action": ["ALL"], "resource": ["*"]}
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply({"data": []}))
    api.on(bodies.DETAILS, json_reply({"id": own, "permissionPolicy": [allow]}))
    assert not _allowed(m3ter(api), anyRoles=["inline"])


def test_an_access_that_is_over_is_over_for_what_the_token_tells_too(api: Api) -> None:
    """Where m3ter refuses to list the policies."""
    token = jwt(orgId=bodies.ORG, permissions={"C#CONFIG_CREATE#*": True, "#": True, " ": True})
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply({}, 403))
    assert _allowed(m3ter(api, m3terApiToken=token), anyRoles=["CONFIG_CREATE"])
    core = m3ter(api, m3terApiToken=token)
    assert core.call("getUserOrgRoles", {})["roleNames"] == ["CONFIG_CREATE"]
    api.on(bodies.DETAILS, json_reply({"id": bodies.ADA, "dtEndAccess": "2020-01-01"}))
    assert not _allowed(m3ter(api, m3terApiToken=token), anyRoles=["CONFIG_CREATE"])


def test_an_answer_that_tells_one_thing_twice_is_none(api: Api) -> None:
    """Whichever of the two a reader took, the other would be lost."""
    body = '{"user": {"userId": "u", "email": "a@b.test", "email": "g@example.com"}}'
    core = _csp(api)
    api.on(bodies.INFO, Reply(body=body.encode()))
    with pytest.raises(UnexpectedReplyError):
        core.call("requireCaller", {"emails": ["g@example.com"]})


@pytest.mark.parametrize("nbf", [START + 61, "soon", None, -1])
def test_a_machines_token_that_is_not_good_yet(api: Api, nbf: Any) -> None:
    """No API would notice; clocks may differ by a minute."""
    claims = {"sub": "a", "context_name": bodies.ORG, "perms": ["csp:x"], "exp": START + 900}
    clock = HandClock().clock()
    assert _allowed(csp(api, clock, cspAccessToken=jwt(**claims, nbf=START + 60)), anyRoles=["x"])
    with pytest.raises(UnauthorizedError, match="is not good yet"):
        csp(api, clock, cspAccessToken=jwt(**claims, nbf=nbf)).call("getCurrentUser", {})
