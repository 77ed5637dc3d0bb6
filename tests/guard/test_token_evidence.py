"""What a guard takes from an access token: claims that can be read, and its end by both clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support import bodies
from support.api import json_reply
from support.callers import core, csp
from support.clock import START, HandClock
from support.guards import allowed as _allowed
from support.guards import refusal as _refusal
from support.jwt import jwt

from callerid.asking.clock import Clock
from callerid.errors import ConfigurationError, UnauthorizedError

if TYPE_CHECKING:
    from support.api import Api

    from callerid.core import Core

MACHINE = {"sub": "acme:app", "context_name": bodies.ORG, "perms": ["csp:org_member"]}
PERSON = {**MACHINE, "sub": "acme:1", "username": "grace"}
MEMBER: dict[str, Any] = {"anyRoles": ["org_member"]}
UNREADABLE_ENDS = ["soon", "1800001000", True, None, -1, [], {}, 1e300, START * 1000, 253402300800]


class TwoClocks:
    """A wall clock that jumps and a monotonic one that sleeps, each by itself."""

    def __init__(self) -> None:
        """Start both."""
        self.wall, self.running = START, 1000.0

    def clock(self) -> Clock:
        """Give the clock to inject."""
        return Clock(time=lambda: self.wall, monotonic=lambda: self.running)


def _app(api: Api, clock: Clock | None = None, expires_in: Any = 1800, **claims: Any) -> Core:
    """Give a core for an OAuth app whose token has these claims."""
    reply = {"access_token": jwt(**MACHINE, **claims), "expires_in": expires_in}
    api.on(bodies.APP_TOKEN, json_reply(reply))
    clock = clock or HandClock().clock()
    return csp(api, clock, cspClientId="i", cspClientSecret="s")


def _person(api: Api, clock: Clock | None = None, **claims: Any) -> Core:
    """Give a core for a person with an existing token of these claims."""
    role = {"name": "org_member", "expiresAt": None}
    service = {"serviceName": "s", "refLink": "/external/d", "serviceRoles": ["admin"]}
    api.on(bodies.INFO, json_reply(bodies.info(role, servicesDef=[service])))
    return csp(api, clock or HandClock().clock(), cspAccessToken=jwt(**{**PERSON, **claims}))


@pytest.mark.parametrize("exp", UNREADABLE_ENDS)
def test_an_end_that_cannot_be_read_counts_against_the_token(api: Api, exp: Any) -> None:
    """It is not as if there were none: `expires_in` does not take its place."""
    with pytest.raises(UnauthorizedError, match="tells its end in a form that cannot be read"):
        _app(api, exp=exp).call("requireCaller", MEMBER)
    person = _person(api, exp=exp)
    assert _allowed(person, **MEMBER)
    text = _refusal(person, minTokenSecondsLeft=0)
    assert "found: one that tells its end in a form that cannot be read" in text


@pytest.mark.parametrize("exp", [0, START - 1, START, START + 1, 253402300799])
def test_a_token_is_good_until_the_second_of_its_end(api: Api, exp: float) -> None:
    """From then on it speaks for nobody."""
    core = csp(api, HandClock().clock(), cspAccessToken=jwt(**MACHINE, exp=exp))
    if exp > START:
        assert _allowed(core, **MEMBER)
    else:
        with pytest.raises(UnauthorizedError, match="is no longer good"):
            core.call("requireCaller", MEMBER)


def test_of_a_token_without_an_end_no_other_is_minted(api: Api) -> None:
    """It would tell no more than this one."""
    core = _person(api)
    assert "does not tell when it ends" in _refusal(core, minTokenSecondsLeft=1)
    api.on(bodies.AUTHORIZE, json_reply({"access_token": "opaque"}))
    core = csp(api, cspApiToken="t")
    assert "does not tell when it ends" in _refusal(core, minTokenSecondsLeft=1)
    assert api.paths().count(bodies.AUTHORIZE) == 1


@pytest.mark.parametrize(
    ("expires_in", "exp", "left"),
    [(1800, 600, 600), (600, 1800, 600), (None, 600, 600), (600, None, 600)],
)
def test_of_two_ends_of_a_token_the_earlier_counts(
    api: Api, expires_in: Any, exp: float | None, left: int
) -> None:
    """Of the reply and the claim; where one of them is silent the other speaks."""
    claims = {} if exp is None else {"exp": START + exp}
    core = _app(api, None, expires_in, **claims)
    assert _allowed(core, minTokenSecondsLeft=left)
    assert f"found: {left} s left" in _refusal(core, minTokenSecondsLeft=left + 1)


def test_where_the_two_differ_another_token_is_minted_once(api: Api) -> None:
    """The next one may keep what the first one's reply promised."""
    short, good = (
        {"access_token": jwt(**MACHINE, exp=START + life), "expires_in": 1800}
        for life in (60, 1800)
    )
    core = _app(api)
    api.on(bodies.APP_TOKEN, json_reply(short), json_reply(good))
    assert _allowed(core, minTokenSecondsLeft=900)
    assert api.paths() == [bodies.APP_TOKEN] * 2


def test_a_new_token_that_is_over_is_minted_once_more(api: Api) -> None:
    """An API that gave an old one gives a good one; if not, the clock is named."""
    old, good = (
        {"access_token": jwt(**MACHINE, exp=START + life), "expires_in": 1800} for life in (-1, 900)
    )
    core = _app(api)
    api.on(bodies.APP_TOKEN, json_reply(old), json_reply(good))
    assert _allowed(core, **MEMBER)
    core = _app(api, exp=START - 1)
    with pytest.raises(UnauthorizedError, match="It is new, so check the clock of this machine"):
        core.call("requireCaller", MEMBER)


@pytest.mark.parametrize(
    ("wall", "running"), [(1700, 0), (0, 1700), (1800, 0), (-7200, 0), (10**6, 5)]
)
def test_what_can_be_renewed_does_not_outlive_a_sleep_or_a_jump(
    api: Api, wall: float, running: float
) -> None:
    """By either clock; another token is minted, and nobody is refused."""
    clocks = TwoClocks()
    core = _app(api, clocks.clock())
    assert _allowed(core, **MEMBER, minTokenSecondsLeft=1000)
    clocks.wall, clocks.running = START + wall, 1000.0 + running
    assert _allowed(core, **MEMBER, minTokenSecondsLeft=1000)
    assert api.paths() == [bodies.APP_TOKEN] * 2


@pytest.mark.parametrize(
    ("wall", "running", "left"),
    [(600, 600, 1200), (600, 0, 1200), (0, 600, 1200), (-7200, 600, 1200), (-7200, 1800, 0)],
)
def test_an_existing_token_ends_by_the_clock_that_leaves_less(
    api: Api, wall: float, running: float, left: int
) -> None:
    """A clock that is set back gives no token a longer life."""
    clocks = TwoClocks()
    core = _person(api, clocks.clock(), exp=START + 1800)
    assert _allowed(core, minTokenSecondsLeft=1800)
    clocks.wall, clocks.running = START + wall, 1000.0 + running
    assert _allowed(core, minTokenSecondsLeft=left)
    assert f"found: {left} s left" in _refusal(core, minTokenSecondsLeft=left + 1)


@pytest.mark.parametrize(("wall", "running"), [(301, 0), (0, 301), (-2, 0), (10**6, 0)])
def test_kept_answers_do_not_outlive_a_jump(api: Api, wall: float, running: float) -> None:
    """Who lost a role while the machine slept is asked about anew."""
    clocks = TwoClocks()
    core = _person(api, clocks.clock(), exp=START + 10**7)
    assert _allowed(core, **MEMBER)
    api.on(bodies.INFO, json_reply(bodies.info()))
    assert _allowed(core, **MEMBER)
    clocks.wall, clocks.running = START + wall, 1000.0 + running
    assert not _allowed(core, **MEMBER)


def test_a_machine_needs_a_token_that_is_known_to_be_good(api: Api) -> None:
    """No API checks the token of a machine, so a guard wants to know its end."""
    machine = csp(api, cspAccessToken=jwt(**MACHINE))
    text = _refusal(machine, **MEMBER)
    assert "required: an access token that has not ended" in text
    assert "found: one that does not tell when it ends" in text
    assert machine.call("getUserOrgRoles", {})["roleNames"] == ["org_member"]
    assert _allowed(csp(api, cspAccessToken=jwt(**MACHINE, exp=4 * 10**9)), **MEMBER)
    assert _allowed(_person(api), **MEMBER)


@pytest.mark.parametrize("perms", ["csp:org_member", None, {"csp:org_member": True}, 7])
def test_a_list_of_rights_that_is_none_carries_no_role(api: Api, perms: Any) -> None:
    """It is not as if the token could not tell; for a machine, which has no other, an error."""
    person = _person(api, perms=perms)
    for name in ("org_member", "s/admin"):
        assert f"{name} (not in the token)" in _refusal(person, anyRoles=[name])
    api.on(bodies.APP_TOKEN, json_reply(bodies.token(jwt(**{**MACHINE, "perms": perms}))))
    machine = csp(api, cspClientId="i", cspClientSecret="s")
    with pytest.raises(UnauthorizedError, match="lists no permissions"):
        machine.call("requireCaller", MEMBER)


def test_a_list_of_rights_that_is_none_is_warned_of(api: Api) -> None:
    """Once."""
    said: list[str] = []
    api.on(bodies.INFO, json_reply(bodies.info()))
    person = csp(api, None, said.append, cspAccessToken=jwt(**{**PERSON, "perms": "x"}))
    for _ in range(2):
        person.call("getUserOrgRoles", {})
    [text] = said
    assert text.startswith("the access token's claim perms cannot be read")


@pytest.mark.parametrize("username", ["", " ", None, 7, []])
def test_a_user_name_that_cannot_be_read_makes_no_machine(api: Api, username: Any) -> None:
    """The API is asked, and it knows."""
    assert _person(api, username=username).call("getCurrentUser", {})["principalType"] == "user"
    assert api.paths() == [bodies.INFO]


@pytest.mark.parametrize(
    "claims", [{}, {"acct": "grace"}, {"email": "g@example.com"}, {"preferred_username": "grace"}]
)
def test_a_persons_token_without_a_user_name(api: Api, claims: dict[str, str]) -> None:
    """The API is asked who it is; that the claim is missing says nothing."""
    token = jwt(**{key: value for key, value in PERSON.items() if key != "username"}, **claims)
    api.on(bodies.INFO, json_reply(bodies.info({"name": "org_member", "expiresAt": None})))
    person = csp(api, HandClock().clock(), cspAccessToken=token)
    assert person.call("getCurrentUser", {})["principalType"] == "user"
    told = _refusal(person, principalTypes=["serviceUser"])
    assert "a person (user)" in told
    assert api.paths() == [bodies.INFO]


@pytest.mark.parametrize("status", [403, 404])
def test_a_machine_known_only_by_what_its_token_lacks(api: Api, status: int) -> None:
    """The API may refuse a person, too: no rule of what kind it is holds, others do."""
    api.on(bodies.INFO, json_reply({}, status))
    machine = csp(api, HandClock().clock(), cspAccessToken=jwt(**MACHINE, exp=START + 1000))
    assert machine.call("getCurrentUser", {})["principalType"] == "serviceUser"
    assert _allowed(machine, **MEMBER)
    assert "a machine (serviceUser)" in _refusal(machine, principalTypes=["user"])
    told = _refusal(machine, principalTypes=["serviceUser"])
    assert "a caller who may be a machine: nothing says so" in told
    assert "cspClientSecret" in told
    assert _allowed(_app(api), principalTypes=["serviceUser"])


def test_an_existing_token_that_the_api_does_not_know(api: Api) -> None:
    """Whatever its claims say, nobody vouches for them."""
    api.on(bodies.INFO, json_reply({}, 401))
    machine = csp(api, HandClock().clock(), cspAccessToken=jwt(**MACHINE))
    with pytest.raises(UnauthorizedError):
        machine.call("requireCaller", MEMBER)


@pytest.mark.parametrize("own", ["", " ", None, 7, [bodies.ORG]])
@pytest.mark.parametrize("claim", ["context_name", "orgId"])
def test_an_organization_of_a_token_that_cannot_be_read(api: Api, claim: str, own: Any) -> None:
    """It is not as if the token named none, though the organization is set as well."""
    token = jwt(**{**PERSON, claim: own})
    url = {"m3terBaseUrl": api.url, "cspBaseUrl": api.url}
    settings = {
        "context_name": {"cspAccessToken": token, "cspOrgId": bodies.ORG},
        "orgId": {"m3terApiToken": token, "m3terOrgId": bodies.ORG},
    }
    with pytest.raises(ConfigurationError, match=f"claim {claim}"):
        core({**url, **settings[claim]}).call("requireCaller", {"orgIds": [bodies.ORG]})
    assert api.seen == []
