"""`callerid doctor` about each platform: credential, organization, token and clock."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from support.api import json_reply
from support.bodies import CSP, ORG, person, token
from support.doctor import OTHER, findings, levels, port_of_nobody, problems, told
from support.jwt import jwt

from callerid.asking.clock import Clock
from callerid.cli.doctor import examine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.api import Api, Reply

    from callerid.cli.doctor_finding import Finding
    from callerid.sandbox.server import Sandbox


def _at(seconds: float) -> Clock:
    """Give a clock that is wrong by so many seconds."""
    return Clock(time=lambda: time.time() + seconds)


def _skewed(environ: Mapping[str, str], seconds: float) -> dict[str, Finding]:
    """Examine with a wrong clock: the findings of platforms by topic."""
    found = examine(environ, lambda _: None, _at(seconds))
    return {each.topic: each for each in found if each.platform}


def test_a_wrong_key(sandbox: Sandbox) -> None:
    """The error's own words, and nothing is asked with a token that there is not."""
    found = findings({**sandbox.environment("service-user"), "M3TER_API_SECRET": "wrong"})
    assert told(found, "token", "m3ter") == (
        "problem",
        "m3ter refused the API key (HTTP 403).",
        "Check M3TER_API_KEY and M3TER_API_SECRET.",
    )
    assert problems(found) == ["token"]


def test_a_wrong_api_token(sandbox: Sandbox) -> None:
    """Its details are asked for all the same: they may say that it has expired."""
    found = findings({**sandbox.environment("owner"), "CSP_API_TOKEN": "wrong"})
    level, text, fix = told(found, "token", "csp")
    assert (level, text) == (
        "problem",
        "VMware Cloud Services refused the API token (HTTP 400).",
    )
    assert "expired or revoked" in fix
    assert levels(found, "csp")["API token"] == "note"


def test_another_organization(sandbox: Sandbox) -> None:
    """The token's own is named; of what is no id at all the length is shown."""
    other = {**sandbox.environment("owner"), "CSP_ORG_ID": ORG}
    _, text, fix = told(findings(other), "organization", "csp")
    assert "9c8e7d6a-2f41-4b3c-8a90-d15e6f7b0c24" in text
    assert ORG in text
    assert fix.startswith("Change CSP_ORG_ID, or use a credential of")
    _, text, _ = told(findings({**other, "CSP_ORG_ID": "canary"}), "organization", "csp")
    assert "organization …(6 characters, no UUID) was asked for" in text
    assert "canary" not in text


def test_an_organization_that_is_no_uuid(api: Api) -> None:
    """Where nothing contradicts it, it is a note."""
    environ = {"M3TER_API_TOKEN": "x", "M3TER_BASE_URL": api.url, "M3TER_ORG_ID": "canary"}
    api.on("GET /organizations/canary/users/me", json_reply(person()))
    found = findings(environ)
    assert told(found, "organization", "m3ter")[0] == "note"
    assert "canary" not in json.dumps(found)
    assert problems(found) == []


def test_the_organization_of_the_token_alone(sandbox: Sandbox) -> None:
    """Nothing need be set where the token tells."""
    environ = sandbox.environment("owner")
    del environ["CSP_ORG_ID"]
    assert told(findings(environ), "organization", "csp") == (
        "ok",
        "9c8e7d6a-2f41-4b3c-8a90-d15e6f7b0c24, the token's own (CSP_ORG_ID is not set).",
    )


def test_a_short_token_is_a_note(sandbox: Sandbox) -> None:
    """A ready access token may end before the work does."""
    level, text, fix = told(findings(sandbox.environment("ready")), "token", "csp")
    assert level == "note"
    assert re.match(r"CSP_ACCESS_TOKEN is good for (2\d|30) min more, until ", text)
    assert fix.endswith("callerid can renew by itself: CSP_API_TOKEN.")


def test_an_expired_token(sandbox: Sandbox) -> None:
    """When it ended, and what to use instead; it is not tried."""
    environ = sandbox.environment("ready")
    requests = len(sandbox.requests)
    found = _skewed(environ, 2 * 3600)
    assert found["token"].level == "problem"
    assert re.match(r"CSP_ACCESS_TOKEN expired 9\d min ago, at ", found["token"].text)
    assert found["token"].fix
    assert "caller" not in found
    assert len(sandbox.requests) == requests + 1


def test_a_token_without_end_is_unknown(sandbox: Sandbox) -> None:
    """An opaque token does not tell, which is a note."""
    level, text = told(findings(sandbox.environment("person")), "token", "m3ter")
    assert (level, text) == (
        "note",
        "M3TER_API_TOKEN does not tell when it ends; its life left is unknown.",
    )


def test_an_expired_token_of_an_api_that_is_away() -> None:
    """A ready token tells its end without the API."""
    environ = {
        "CSP_ACCESS_TOKEN": jwt(exp=int(time.time()) - 600),
        "CSP_BASE_URL": f"http://127.0.0.1:{port_of_nobody()}",
    }
    found = findings(environ)
    assert problems(found) == ["reachability", "token"]
    assert "expired 10 min ago" in told(found, "token", "csp")[1]


def test_a_caller_who_is_refused(sandbox: Sandbox) -> None:
    """The token is good, the question is not allowed."""
    level, text, fix = told(findings(sandbox.environment("refused")), "caller", "csp")
    assert level == "problem"
    assert text.startswith("VMware Cloud Services refuses this question to the caller (HTTP 403")
    assert "lack the right" in fix


@pytest.mark.parametrize(
    ("seconds", "level", "text"),
    [
        (0, "ok", "This machine's clock agrees with the server's."),
        (-140, "note", "This machine's clock is 2 min behind the server's."),
        (601, "problem", "This machine's clock is 10 min ahead of the server's."),
        (-86400 * 3, "problem", "This machine's clock is 3 days behind the server's."),
    ],
)
def test_clock_skew(sandbox: Sandbox, seconds: float, level: str, text: str) -> None:
    """Over 30 s is worth a word, over 5 min a problem; either way who asks is answered."""
    found = _skewed(sandbox.environment("service-user"), seconds)
    assert (found["clock"].level, found["clock"].text) == (level, text)
    assert bool(found["clock"].fix) == (level != "ok")
    assert found["caller"].level == "ok"


UNTOLD = "VMware Cloud Services does not tell when this API token ends."
UNREAD = (
    "VMware Cloud Services sent an unexpected answer (HTTP 200): orgId is missing or of another "
    "type than documented."
)


@pytest.mark.parametrize(
    ("days", "level", "text"),
    [
        (-2, "problem", "and expired 2 days ago, at "),
        (3.01, "note", "and ends in 3 days, at "),
        (100.1, "ok", "and ends in 100 days, at "),
        (None, "ok", "and never ends."),
        ("0", "ok", "and never ends."),
        (f"{2**63 - 1}", "ok", "and never ends."),
        ("1600000000000000", "problem", "and expired "),
        ("4000000000000000000", "ok", ", at 2096-10-02 07:06 UTC."),
        ("Tue, 02 Oct 2096 07:06:40 GMT", "ok", ", at 2096-10-02 07:06 UTC."),
        ("?", "note", "and ends at a time that cannot be read."),
        (f"{2**63}", "note", "and ends at a time that cannot be read."),
        ({}, "note", "and ends at a time that cannot be read."),
        ("absent", "note", "and does not tell when it ends."),
    ],
)
def test_the_end_of_an_api_token(api: Api, days: Any, level: str, text: str) -> None:
    """Over is a problem even where the token still works; soon and unknown are notes."""
    ends = int(time.time() + days * 86400) if isinstance(days, float | int) else days
    told_of = {"orgId": "o\x1b[1m", **({} if ends == "absent" else {"expiresAt": ends})}
    api.on(f"POST {CSP}/auth/api-tokens/authorize", json_reply(token("opaque")))
    api.on(f"POST {CSP}/auth/api-tokens/details", json_reply(told_of))
    found = findings({"CSP_API_TOKEN": "x", "CSP_BASE_URL": api.url, "CSP_ORG_ID": ORG})
    seen = told(found, "API token", "csp")
    assert seen[0] == level
    assert text in seen[1]
    assert "organization o\\x1b[1m " in seen[1]
    [asked] = [each for each in api.seen if each.path.endswith("/details")]
    assert json.loads(asked.body) == {"tokenValue": "x"}


def test_how_to_replace_an_api_token(api: Api) -> None:
    """Where it ends soon, or has ended."""
    api.on(f"POST {CSP}/auth/api-tokens/authorize", json_reply(token("opaque")))
    api.on(f"POST {CSP}/auth/api-tokens/details", json_reply({"expiresAt": 1}))
    found = findings({"CSP_API_TOKEN": "x", "CSP_BASE_URL": api.url, "CSP_ORG_ID": ORG})
    assert told(found, "API token", "csp")[2] == (
        "Make a new API token in the console (My Account, API Tokens) and set CSP_API_TOKEN."
    )


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        (json_reply({}, 403), UNTOLD),
        (json_reply({}, 404), UNTOLD),
        (json_reply({}), "It belongs to organization (not told) and does not tell when it ends."),
        (json_reply({"orgId": [7]}), UNREAD),
    ],
    ids=["refused", "unknown", "empty", "unreadable"],
)
def test_an_api_token_of_which_nothing_is_told(api: Api, reply: Reply, text: str) -> None:
    """It is a note: whoever asks is answered all the same."""
    api.on(f"POST {CSP}/auth/api-tokens/authorize", json_reply(token("opaque")))
    api.on(f"POST {CSP}/auth/api-tokens/details", reply)
    found = findings({"CSP_API_TOKEN": "x", "CSP_BASE_URL": api.url, "CSP_ORG_ID": ORG})
    assert told(found, "API token", "csp")[:2] == ("note", text)


def test_an_app_in_an_organization_of_its_own(sandbox: Sandbox) -> None:
    """The token is of the organization that is set: no other one is asked for on the way."""
    environ = sandbox.environment("two-apps")
    main = environ["CSP_ORG_ID"]
    for org_id in (main, OTHER):
        found = findings({**environ, "CSP_ORG_ID": org_id})
        assert problems(found) == []
        assert told(found, "organization", "csp")[1] == f"{org_id} (CSP_ORG_ID), the token's own."
    unset = findings({name: value for name, value in environ.items() if name != "CSP_ORG_ID"})
    assert told(unset, "organization", "csp")[1].startswith(f"{main}, the token's own")


def test_an_app_that_an_organization_does_not_know(sandbox: Sandbox) -> None:
    """The variable of the organization is named beside those of the credential."""
    stranger = "00000000-0000-4000-8000-00000000000f"
    found = findings({**sandbox.environment("two-apps"), "CSP_ORG_ID": stranger})
    level, text, fix = told(found, "token", "csp")
    assert level == "problem"
    assert text.startswith("VMware Cloud Services refused the OAuth app (HTTP 403, request ")
    assert fix == (
        "Check CSP_CLIENT_ID and CSP_CLIENT_SECRET. Or the OAuth app is not known in organization "
        f"{stranger}: check CSP_ORG_ID."
    )


def test_what_is_told_about_an_answer_is_a_note(api: Api) -> None:
    """An answer about somebody else than the token is of, for example; each sentence once."""
    claims = jwt(sub="acme:2", context_name=ORG, exp=2 * 10**9)
    info = {"user": {"userId": "acme:1"}, "userOrgInfo": []}
    api.on(f"POST {CSP}/auth/api-tokens/authorize", json_reply(token(claims)))
    api.on(f"GET {CSP}/loggedin/user/orgs/{ORG}/info", json_reply(info))
    found = findings({"CSP_API_TOKEN": "t", "CSP_BASE_URL": api.url})
    notes = [each["text"] for each in found if (each["topic"], each["level"]) == ("caller", "note")]
    [text] = notes
    assert text.startswith("VMware Cloud Services answers about the caller ")
