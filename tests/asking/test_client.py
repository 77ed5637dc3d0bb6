"""Tokens and answers: minted once, renewed ahead, dropped when refused, never kept on failure."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from support import bodies
from support.api import Api, Reply, json_reply
from support.callers import csp, m3ter
from support.clock import START, HandClock
from support.jwt import jwt

from callerid.config import load
from callerid.core import Core
from callerid.errors import CalleridError, ConfigurationError, ForbiddenError, UnauthorizedError

KEY: dict[str, Any] = {"m3terApiKey": "key-1", "m3terApiSecret": "secret-1"}


def refusal(core: object, kind: type[CalleridError] = CalleridError) -> str:
    """Ask who is calling, and give the message of the failure."""
    with pytest.raises(kind) as caught:
        core.call("getCurrentUser", {})  # type: ignore[attr-defined]
    return str(caught.value)


def test_a_key_is_exchanged_as_documented(api: Api) -> None:
    """Basic authorization, a JSON body, and the token as a bearer."""
    api.on(bodies.TOKEN, json_reply(bodies.token("minted", 18000)))
    api.on(bodies.ME, json_reply(bodies.machine()))
    m3ter(api, **KEY).call("getCurrentUser", {})
    token_request, question = api.seen
    assert token_request.headers["authorization"] == (
        "Basic " + base64.b64encode(b"key-1:secret-1").decode()
    )
    assert json.loads(token_request.body) == {"grant_type": "client_credentials"}
    assert question.headers["authorization"] == "Bearer minted"
    assert question.headers["user-agent"].startswith("callerid/")


def test_an_api_token_is_exchanged_as_documented(api: Api) -> None:
    """A form body, nothing in the URL, no authorization header."""
    api.on(bodies.AUTHORIZE, json_reply(bodies.token("minted")))
    api.on(bodies.INFO, json_reply(bodies.info()))
    csp(api, cspApiToken="a&b").call("getCurrentUser", {})
    request = api.seen[0]
    assert (request.path.count("?"), request.body) == (0, b"api_token=a%26b")
    assert "authorization" not in request.headers


def test_32_threads_and_1000_reads_make_two_requests(api: Api) -> None:
    """One token, one answer."""
    api.on(bodies.TOKEN, Reply(body=b'{"access_token":"t","expires_in":18000}', delay=0.05))
    api.on(bodies.ME, json_reply(bodies.machine()))
    core, together = m3ter(api, **KEY), Barrier(32)

    def ask(number: int) -> str:
        if number < 32:
            together.wait(5)
        return str(core.call("getCurrentUser", {})["displayName"])

    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(ask, range(1000))) == {"deploy"}
    assert api.paths() == [bodies.TOKEN, bodies.ME]


def test_answers_are_kept_for_five_minutes(api: Api) -> None:
    """Then the question is asked again, with the token that is still good."""
    hand = HandClock()
    api.on(bodies.TOKEN, json_reply(bodies.token("t", 18000)))
    api.on(bodies.ME, json_reply(bodies.machine()))
    core = m3ter(api, hand.clock(), **KEY)
    for seconds in (0, 299, 2):
        hand.tick(seconds)
        core.call("getCurrentUser", {})
    assert api.paths() == [bodies.TOKEN, bodies.ME, bodies.ME]


@pytest.mark.parametrize(("life", "leeway"), [(18000, 300), (1799, 179.9)])
def test_a_token_is_renewed_ahead_of_its_expiry(api: Api, life: int, leeway: float) -> None:
    """When less than a tenth of its life, at most five minutes, is left."""
    hand = HandClock()
    api.on(bodies.TOKEN, json_reply(bodies.token("t", life)))
    api.on(bodies.ME, json_reply(bodies.machine()))
    core = m3ter(api, hand.clock(), **KEY)
    for seconds in (0, life - leeway - 1, 2):
        hand.tick(seconds)
        core.call("getCurrentUser", {"orgId": bodies.ORG})
    assert api.paths().count(bodies.TOKEN) == 2


@pytest.mark.parametrize(
    "refused", [json_reply({}, 401), json_reply({"message": "Unauthorized"}, 403)]
)
def test_a_refused_token_is_renewed_once(api: Api, refused: Reply) -> None:
    """401, and m3ter's 403 for an expired token, cost one more token and one more call."""
    api.on(bodies.TOKEN, json_reply(bodies.token("old")), json_reply(bodies.token("new")))
    api.on(bodies.ME, refused, json_reply(bodies.machine()))
    assert m3ter(api, **KEY).call("getCurrentUser", {})["displayName"] == "deploy"
    assert [s.headers["authorization"] for s in api.seen[1::2]] == ["Bearer old", "Bearer new"]


def test_a_token_that_stays_refused_is_an_error_after_one_renewal(api: Api) -> None:
    """Nobody loops on 401; the credential is named by setting and variable."""
    api.on(bodies.TOKEN, json_reply(bodies.token("t")))
    api.on(bodies.ME, json_reply({"message": "no"}, 401, x_request_id="r-9"))
    assert refusal(m3ter(api, **KEY), UnauthorizedError) == (
        "m3ter refused the API key (HTTP 401, request r-9).\n"
        "Check provider setting m3terApiKey and m3terApiSecret."
    )
    assert len(api.seen) == 4


PAIR: dict[str, Any] = {"m3terApiKey": "kEy-0a1B2c3D4e5F", "m3terApiSecret": "sEc-6g7H8i9J0k1L"}


@pytest.mark.parametrize(
    "echoed",
    [
        *(*PAIR.values(), PAIR["m3terApiSecret"][4:12]),
        base64.b64encode(":".join(PAIR.values()).encode()).decode(),
        *("mInted-5m6N7o8P9q", "id:mInted-5m6N7o8P9q"),
    ],
)
def test_no_request_id_repeats_the_credential_or_its_token(api: Api, echoed: str) -> None:
    """Though a question carries the token alone, and the request for a token the pair alone."""
    api.on(bodies.TOKEN, json_reply(bodies.token("mInted-5m6N7o8P9q")))
    api.on(bodies.ME, json_reply({"traceId": echoed}, 400, x_request_id=echoed))
    hand = HandClock()
    core = m3ter(api, hand.clock(), **PAIR)
    assert "(HTTP 400)" in refusal(core)
    api.on(bodies.TOKEN, json_reply({}, 404, x_request_id=echoed))
    hand.tick(1800)
    assert "(HTTP 404)" in refusal(core)


def test_an_expired_ready_token_says_when_it_expired(api: Api) -> None:
    """A ready token cannot be renewed: one call, and the reason."""
    api.on(bodies.ME, json_reply({"message": "Unauthorized"}, 403))
    core = m3ter(api, HandClock().clock(), m3terApiToken=jwt(exp=START - 60))
    assert refusal(core, UnauthorizedError) == (
        "m3ter refused the bearer token (HTTP 403).\n"
        "Check provider setting m3terApiToken. It expired at 2027-01-15T07:59:00Z."
    )
    assert len(api.seen) == 1


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize(
    ("message", "seconds", "text"),
    [
        ("Unauthorized", 60, "is no longer good. It expired at 2027-01-15T08:01:00Z"),
        ("Token EXPIRED", 0, "m3ter refused"),
    ],
)
def test_the_claims_of_a_token_that_has_ended_answer_nothing(
    api: Api, status: int, message: str, seconds: float, text: str
) -> None:
    """By its own end or by m3ter's word: where policies are denied, nobody vouches for them."""
    hand = HandClock()
    told = jwt(exp=START + 60, orgId=bodies.ORG, permissions={"CONFIG#CONFIG_DELETE#*": True})
    api.on(bodies.ME, json_reply(bodies.machine()))
    api.on(bodies.MACHINE_POLICIES, json_reply({"message": message}, status))
    core = m3ter(api, hand.clock(), m3terApiToken=told)
    core.call("getCurrentUser", {})
    hand.tick(seconds)
    with pytest.raises(UnauthorizedError, match=text):
        core.call("requireCaller", {"allRoles": ["permission/CONFIG_DELETE"]})


def test_answers_are_kept_no_longer_than_an_existing_token_lasts(api: Api) -> None:
    """Then m3ter is asked whether it still takes it; a guard never answers for it by heart."""
    hand = HandClock()
    denied = json_reply({"message": "Unauthorized"}, 403)
    api.on(bodies.ME, json_reply(bodies.machine()), denied)
    api.on(bodies.MACHINE_POLICIES, json_reply({"data": []}), denied)
    core = m3ter(api, hand.clock(), m3terApiToken=jwt(exp=START + 60))
    rules = {"ids": [bodies.ADA]}
    for seconds in (0, 59):
        hand.tick(seconds)
        assert core.call("requireCaller", rules)["allowed"]
    assert len(api.seen) == 2
    hand.tick(1)
    with pytest.raises(UnauthorizedError, match=r"It expired at 2027-01-15T08:01:00Z"):
        core.call("requireCaller", rules)


def test_a_token_that_m3ter_takes_though_it_has_ended_by_our_clock(api: Api) -> None:
    """The clock of this machine is ahead: what m3ter answers is kept all the same, for a minute."""
    hand = HandClock()
    api.on(bodies.ME, json_reply(bodies.machine()))
    core = m3ter(api, hand.clock(), m3terApiToken=jwt(exp=START - 60))
    for asked, seconds in ((1, 0), (1, 59), (2, 1)):
        hand.tick(seconds)
        assert core.call("getCurrentUser", {})["displayName"] == "deploy"
        assert len(api.seen) == asked


def test_a_token_without_permissions_is_told_so_though_it_has_ended(api: Api) -> None:
    """What is missing is a right, and no other token has it."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    api.on(bodies.MACHINE_POLICIES, json_reply({"message": "Forbidden"}, 403))
    core = m3ter(api, HandClock().clock(), m3terApiToken=jwt(exp=START - 60))
    with pytest.raises(ForbiddenError, match="names no permissions of its own"):
        core.call("getUserOrgRoles", {})


@pytest.mark.parametrize("status", [403, 404])
def test_a_denied_request_names_organization_and_roles(api: Api, status: int) -> None:
    """The status does not tell a wrong organization from a missing right, so both are named."""
    api.on(bodies.ME, json_reply({"message": "Forbidden"}, status))
    assert refusal(m3ter(api)) == (
        f"m3ter refuses this question to the caller (HTTP {status}).\n"
        "The credential (provider setting m3terApiToken) may belong to another organization or "
        "lack the right. Check provider setting m3terOrgId, and the caller's roles."
    )


OWN = jwt(orgId=bodies.ORG)
SOURCES: dict[str, tuple[dict[str, Any], dict[str, str], dict[str, Any]]] = {
    "the argument orgId": (
        {"m3terApiToken": "t", "m3terOrgId": "another"},
        {"M3TER_ORG_ID": "a-third"},
        {"orgId": bodies.ORG},
    ),
    "provider setting m3terOrgId": (
        {"m3terApiToken": "t", "m3terOrgId": bodies.ORG},
        {"M3TER_ORG_ID": "another"},
        {},
    ),
    "environment M3TER_ORG_ID": ({"m3terApiToken": "t"}, {"M3TER_ORG_ID": bodies.ORG}, {}),
}
"""Where an organization may be found, with settings, variables and arguments of such a call."""


def _told(
    api: Api, settings: dict[str, Any], environ: dict[str, str], arguments: dict[str, Any]
) -> str:
    core = Core(load({"m3terBaseUrl": api.url, **settings}, environ))
    with pytest.raises(CalleridError) as caught:
        core.call("getCurrentUser", arguments)
    return str(caught.value)


@pytest.mark.parametrize("source", SOURCES)
def test_the_organization_is_named_by_where_it_was_found(api: Api, source: str) -> None:
    """And by no other way to set it, which would change nothing."""
    api.on(bodies.ME, json_reply({}, 403), json_reply({}, 400))
    settings, environ, arguments = SOURCES[source]
    assert _told(api, settings, environ, arguments).endswith(
        f"organization or lack the right. Check {source}, and the caller's roles."
    )
    assert _told(api, settings, environ, arguments) == (
        f"m3ter does not understand the request (HTTP 400). Check {source}."
    )


def test_the_tokens_own_organization_is_no_setting_to_check(api: Api) -> None:
    """It cannot be another's, so that is not said either."""
    api.on(bodies.ME, json_reply({}, 403), json_reply({}, 400))
    assert _told(api, {}, {"M3TER_API_TOKEN": OWN}, {}).endswith(
        "The credential (environment M3TER_API_TOKEN) may lack the right: the organization is its "
        "own. Check the caller's roles."
    )
    assert _told(api, {}, {"M3TER_API_TOKEN": OWN}, {}).endswith(
        "Check environment M3TER_API_TOKEN, whose own organization was asked about."
    )


def test_each_waiting_thread_gets_an_error_with_its_own_source(api: Api) -> None:
    """One request for both, and a sentence for each."""
    api.on(bodies.ME, Reply(403, b"{}", delay=0.5))
    core = m3ter(api)
    with ThreadPoolExecutor(2) as pool:
        asked = [
            pool.submit(core.call, "getCurrentUser", each) for each in ({}, {"orgId": bodies.ORG})
        ]
        texts = [str(each.exception(10)) for each in asked]
    assert "Check provider setting m3terOrgId, and" in texts[0]
    assert "Check the argument orgId, and" in texts[1]
    assert len(api.seen) == 1


def test_a_credential_is_named_by_all_its_variables(api: Api) -> None:
    """Either half of a pair may be the wrong one."""
    api.on(bodies.TOKEN, json_reply({}, 401))
    environ = {"M3TER_API_KEY": "k", "M3TER_API_SECRET": "s", "M3TER_ORG_ID": bodies.ORG}
    assert _told(api, {}, environ, {}) == (
        "m3ter refused the API key (HTTP 401).\n"
        "Check environment M3TER_API_KEY and M3TER_API_SECRET."
    )


def test_a_time_limit_is_named_by_setting_and_variable(api: Api) -> None:
    """Of the call that waits for another's answer, too."""
    api.on(bodies.ME, Reply(delay=3))
    core = m3ter(api, m3terApiToken="t", requestTimeoutSeconds=0.3)
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(core.call, "getCurrentUser", {}) for _ in range(2)]
        texts = [str(each.exception(10)) for each in asked]
    limit = "within 0.3 s, the limit of requestTimeoutSeconds (CALLERID_REQUEST_TIMEOUT_SECONDS)."
    assert [limit in text for text in texts] == [True, True]


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_key_is_an_error_at_once(api: Api, status: int) -> None:
    """A refused exchange is never retried."""
    api.on(bodies.TOKEN, json_reply({"message": "canary"}, status))
    assert refusal(m3ter(api, **KEY), UnauthorizedError).startswith(
        f"m3ter refused the API key (HTTP {status})."
    )
    assert len(api.seen) == 1


@pytest.mark.parametrize("status", [400, 404])
def test_invalid_grant_names_host_and_settings(api: Api, status: int) -> None:
    """Tokens of one host are not valid on another; the token's tail in the reply is not shown."""
    said = {"message": "invalid_grant: Invalid refresh token: xxxxcanary", "requestId": "r-2"}
    api.on(bodies.AUTHORIZE, json_reply(said, status))
    text = refusal(csp(api), UnauthorizedError)
    assert text.startswith(
        f"VMware Cloud Services refused the API token (HTTP {status}, request r-2).\n"
        "Check provider setting cspApiToken."
    )
    assert "127.0.0.1" in text
    assert "cspBaseUrl" in text
    assert "canary" not in text


def test_a_token_of_another_host_names_the_hosts(api: Api) -> None:
    """`invalid_grant` may mean the wrong host: the others are listed, this one is not."""
    api.on(bodies.AUTHORIZE, json_reply({"error": "invalid_grant"}, 400))
    text = refusal(csp(api))
    assert "console.cloud.broadcom.com" in text
    assert text.endswith("change provider setting cspBaseUrl.")


def test_a_server_that_knows_the_old_parameter_alone_gets_it(api: Api) -> None:
    """`api_token` first, `refresh_token` where the server says that it does not know the other."""
    unknown = json_reply({"message": "Missing mandatory parameter: refresh_token"}, 400)
    api.on(bodies.AUTHORIZE, unknown, json_reply(bodies.token("minted")))
    api.on(bodies.INFO, json_reply(bodies.info()))
    csp(api, cspApiToken="t").call("getCurrentUser", {})
    assert [each.body for each in api.seen[:2]] == [b"api_token=t", b"refresh_token=t"]


def test_another_bad_request_is_no_reason_for_the_old_parameter(api: Api) -> None:
    """A refused token is not sent twice."""
    api.on(bodies.AUTHORIZE, json_reply({"message": "blocked by the IP policy"}, 400))
    refusal(csp(api), UnauthorizedError)
    assert len(api.seen) == 1


@pytest.mark.parametrize("body", [{}, {"access_token": None}, {"access_token": {"a": "canary"}}])
def test_a_token_reply_without_token_is_an_unexpected_reply(api: Api, body: object) -> None:
    """The reply is not shown: it may hold a token under another name."""
    api.on(bodies.TOKEN, json_reply(body))
    text = refusal(m3ter(api, **KEY))
    assert text.startswith("m3ter sent an unexpected token reply (HTTP 200): access_token")
    assert "canary" not in text


@pytest.mark.parametrize("token", ["a\nb", "a b", "a\u00e9"])
def test_a_token_that_is_no_token_is_refused_before_it_is_sent(api: Api, token: str) -> None:
    """A pasted line break would break the header; the value is not shown."""
    text = refusal(m3ter(api, m3terApiToken=token), ConfigurationError)
    assert text.startswith("provider setting m3terApiToken holds a line break, space or other")
    assert api.seen == []


@pytest.mark.parametrize("life", [-1, "nan", "inf", -1e18, 1e18, []])
def test_a_life_that_is_no_time_is_an_unexpected_reply(api: Api, life: object) -> None:
    """It would be minted for each call, or never renewed, or crash."""
    api.on(bodies.TOKEN, json_reply({"access_token": "t", "expires_in": life}))
    api.on(bodies.ME, json_reply(bodies.machine()))
    assert "expires_in is missing or of another type" in refusal(m3ter(api, **KEY))


def test_a_reply_of_wrong_things_names_the_first_three(api: Api) -> None:
    """A long list of mistakes helps nobody."""
    organization: dict[str, Any] = {"id": {}, "orgId": {}, "organizationName": {}}
    api.on(bodies.ME, json_reply({"user": {"id": {}}, "organization": organization}))
    text = refusal(m3ter(api))
    assert text.count("is missing or of another type") == 3
    assert text.endswith(", and 1 more.")


def test_a_list_without_measure_is_refused(api: Api) -> None:
    """Before anything is made of its items."""
    api.on(bodies.ME, json_reply(bodies.person(organizations=["o"] * 10_001)))
    assert "a list has more than 10,000 items" in refusal(m3ter(api))


def test_a_key_that_is_no_text_is_named(api: Api) -> None:
    """Bytes that are no UTF-8 reach Python as lone surrogates; of a pair the half is named."""
    halves: dict[str, Any] = {"m3terApiKey": "a", "m3terApiSecret": "s"}
    for name in halves:
        text = refusal(m3ter(api, **{**halves, name: "a\udcff"}), ConfigurationError)
        assert text == f"provider setting {name} holds bytes that are no UTF-8 text."


def test_failures_are_not_kept(api: Api) -> None:
    """The next call asks again, and the process still serves it."""
    api.on(bodies.ME, json_reply({}, 404), json_reply(bodies.person()))
    core = m3ter(api)
    refusal(core)
    assert core.call("getCurrentUser", {})["displayName"] == "Ada Lovelace"


@pytest.mark.parametrize(("exp", "mints"), [("soon", 1), (START - 60, 2)])
@pytest.mark.parametrize(("life", "kept"), [(1800, 1619), (0, 3299), (None, 3299)])
def test_a_token_of_doubtful_end_is_not_minted_endlessly(
    api: Api, exp: object, mints: int, life: int | None, kept: float
) -> None:
    """One that is over when it is new is minted again once; then the API judges, not the clock."""
    hand = HandClock()
    reply = {"access_token": jwt(exp=exp), "expires_in": life}
    api.on(bodies.TOKEN, json_reply(reply))
    api.on(bodies.ME, json_reply(bodies.machine()))
    core = m3ter(api, hand.clock(), **KEY)
    for seconds in (0, 301, kept - 301, 2):
        hand.tick(seconds)
        core.call("getCurrentUser", {"orgId": bodies.ORG})
    assert api.paths().count(bodies.TOKEN) == 2 * mints


def test_an_own_organization_that_cannot_be_read(api: Api) -> None:
    """It is an error, not a token that names none."""
    text = refusal(m3ter(api, m3terApiToken=jwt(orgId=7)), ConfigurationError)
    assert "organization in a form that cannot be read (claim orgId)" in text
