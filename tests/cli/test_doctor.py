"""`callerid doctor`, as people run it."""

from __future__ import annotations

import json
import re
import shutil
import socket
import sys
import time
from typing import TYPE_CHECKING, Any

import certifi
import pytest
from click.testing import CliRunner
from support.api import Reply, json_reply
from support.bodies import CSP, ORG, TOKEN, person, token
from support.jwt import jwt

from callerid.asking.clock import Clock
from callerid.asking.reached import Reached
from callerid.cli import doctor_install
from callerid.cli.doctor import command, examine
from callerid.cli.doctor_reach import of_reached
from callerid.cli.doctor_settings import CERTIFICATE_VARIABLES, PROXY_VARIABLES
from callerid.config import BY_NAME, SETTINGS, SIBLINGS, PlatformConfig
from callerid.frontends.pulumi import plugin_cache
from callerid.sandbox import library
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from support.api import Api

    from callerid.cli.doctor_finding import Finding

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
NAMES = sorted(library.built_in())
UNWELL = {"outage", "refused"}
"""Those of them whose question who they are gets no answer."""
CANARIES = {
    "M3TER_API_TOKEN": "sandbox-Zq7#xKv9!Wj2$pRt5",
    "M3TER_API_KEY": "sandbox-Hn4%bYc8&Lf3*gUs6",
    "M3TER_API_SECRET": "sandbox-Xd1(mQe7)Vi0+kOz9",
    "CSP_ACCESS_TOKEN": "Jw5~aTf2:Ry8;hNp4@Cb6",
    "CSP_CLIENT_SECRET": "sandbox-Ug3<lEo7>Ms1|vKx5",
    "CSP_API_TOKEN": "sandbox-Bi9?dPq4{Gz6}cWh2",
}
"""Secrets whose parts cannot be in any sentence."""
OTHER = "64b8e2d7-0c35-4f1a-9e86-a1d7c3f05b29"
"""Another organization of an app."""
PROXY_PASSWORD = "Sv8^nJr3=Fy7_tAk1"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The built-in callers, and some with secrets that a test looks for."""
    org = {"organizationId": ORG, "subject": "acme:1"}
    key = {
        "apiKey": CANARIES["M3TER_API_KEY"],
        "apiSecret": CANARIES["M3TER_API_SECRET"],
    }
    m3ter = {**org, "credential": key, "me": person()}
    grace = {"user": {"userId": "acme:1"}}
    mine: dict[str, dict[str, Any]] = {
        "canary": {"m3ter": m3ter},
        "canary-csp": {
            "csp": {
                **org,
                "credential": {"apiToken": CANARIES["CSP_API_TOKEN"]},
                "info": grace,
            }
        },
        "two-apps": {
            "csp": {
                **org,
                "credential": {"clientId": "sandbox-app", "clientSecret": "sandbox-app-secret"},
                "perms": ["csp:org_member"],
                "organizations": {OTHER: {"perms": []}},
                "info": None,
            }
        },
        "ready": {
            "csp": {**org, "credential": {"accessToken": True}, "username": "grace", "info": grace}
        },
    }
    callers = {
        name: Scenario.model_validate({"description": "a caller of the tests", **fields})
        for name, fields in mine.items()
    }
    with Sandbox.start({**library.built_in(), **callers}) as running:
        yield running


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep this machine's Pulumi, proxies and programs out of the tests."""
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    for name in (*PROXY_VARIABLES, "HTTP_PROXY", *CERTIFICATE_VARIABLES):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def run(environ: Mapping[str, str], *args: str) -> tuple[int, str]:
    """Run it in this environment: exit code, and stdout. Whatever happens stderr is empty."""
    done = CliRunner().invoke(command, args, env=dict(environ))
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert done.stderr == ""
    _assert_width(done.stdout)
    return done.exit_code, done.stdout


def findings(environ: Mapping[str, str]) -> list[dict[str, str]]:
    """Run it with --json, and give its findings; `ok` and the exit code agree with them."""
    done = CliRunner().invoke(command, ["--json"], env=dict(environ))
    document = json.loads(done.stdout)
    found: list[dict[str, str]] = document["findings"]
    assert set(document) == {"findings", "ok"}
    assert all({"topic", "level", "text"} <= set(each) for each in found)
    assert document["ok"] == all(each["level"] != "problem" for each in found)
    assert done.exit_code == (0 if document["ok"] else 1)
    return found


def told(found: list[dict[str, str]], topic: str, platform: str | None = None) -> tuple[str, ...]:
    """Find the one finding about a topic: its level, text and fix, as far as it has them."""
    [one] = [e for e in found if e["topic"] == topic and e.get("platform") in (None, platform)]
    return tuple(one[name] for name in ("level", "text", "fix") if name in one)


def levels(found: list[dict[str, str]], platform: str) -> dict[str, str]:
    """Give the level of each topic of a platform."""
    return {each["topic"]: each["level"] for each in found if each.get("platform") == platform}


def problems(found: list[dict[str, str]]) -> list[str]:
    """Give the topics of what is wrong."""
    return [each["topic"] for each in found if each["level"] == "problem"]


def _assert_width(text: str) -> None:
    """Only what cannot be broken, such as a path, may be wider than 80 columns."""
    wide = [line for line in text.splitlines() if len(line) > 80]
    assert [line for line in wide if " " in line.strip()] == []


def _at(seconds: float) -> Clock:
    """Give a clock that is wrong by so many seconds."""
    return Clock(time=lambda: time.time() + seconds)


def _skewed(environ: Mapping[str, str], seconds: float) -> dict[str, Finding]:
    """Examine with a wrong clock: the findings of platforms by topic."""
    found = examine(environ, lambda _: None, _at(seconds))
    return {each.topic: each for each in found if each.platform}


def _port_of_nobody() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.mark.parametrize("name", NAMES)
def test_every_caller_of_the_sandbox(sandbox: Sandbox, name: str) -> None:
    """Each platform of each caller: reached, signed in, its organization known, and answered."""
    found = findings(sandbox.environment(name))
    platforms = library.built_in()[name].platforms
    for platform in platforms:
        seen = levels(found, platform)
        assert {"reachability", "clock", "token", "organization", "caller"} <= set(seen)
    two = ["credential"] if len(platforms) > 1 else []
    assert problems(found) == two + ["caller"] * (name in UNWELL)


def test_the_report_of_a_healthy_caller(sandbox: Sandbox) -> None:
    """What a person reads: which credential, where, how long, who."""
    code, text = run(sandbox.environment("owner"))
    words = " ".join(text.split())
    assert code == 0
    for said in (
        "ok credential CSP_API_TOKEN is used: the API token.",
        f"ok base URL {sandbox.url} (CSP_BASE_URL)",
        "ok clock This machine's clock agrees with the server's.",
        "accepted the API token; the access token is good for 30 min.",
        "ok API token It belongs to organization 9c8e7d6a-2f41-4b3c-8a90-d15e6f7b0c24",
        "and ends in 182 days, at 20",
        "9c8e7d6a-2f41-4b3c-8a90-d15e6f7b0c24 (CSP_ORG_ID), the token's own.",
        "The API answers as Grace Hopper (person).",
        "What Pulumi.yaml, a provider block or an explicit provider sets is not seen here.",
    ):
        assert said in words
    assert text.splitlines()[-1].startswith("Nothing is wrong")


def test_no_settings_at_all() -> None:
    """It says so, and shows the shortest way to a first answer, then every other."""
    code, text = run({})
    assert code == 1
    assert "The environment sets nothing for callerid" in text
    assert "\n                         callerid sandbox --as person -- callerid whoami\n" in text
    for variable in ("M3TER_API_TOKEN", "M3TER_API_KEY and M3TER_API_SECRET", "CSP_API_TOKEN"):
        assert variable in text
    assert text.endswith("1 problem, 1 note.\n")


def test_the_missing_extra_is_part_of_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has no sandbox yet is told how to get it."""
    monkeypatch.setattr("callerid.cli.doctor_settings.find_spec", lambda _: None)
    assert 'pip install "callerid[sandbox]"' in run({})[1]


def test_settings_without_a_credential() -> None:
    """An organization alone signs nobody in."""
    found = findings({"M3TER_ORG_ID": ORG})
    assert problems(found) == ["credential"]
    assert told(found, "credential", "csp")[1] == "None of these settings is a credential."


def test_half_a_pair() -> None:
    """The missing half is named, and nothing is asked."""
    found = findings({"M3TER_API_KEY": "key"})
    assert told(found, "credential", "m3ter") == (
        "problem",
        "M3TER_API_KEY is half a pair.",
        "Set m3terApiSecret (M3TER_API_SECRET) too.",
    )
    assert "reachability" not in levels(found, "m3ter")


def test_half_a_pair_of_a_platform_that_is_not_used(sandbox: Sandbox) -> None:
    """One unused platform never breaks the other."""
    found = findings({**sandbox.environment("person"), "CSP_CLIENT_ID": "app"})
    assert told(found, "credential", "csp")[1:] == (
        "CSP_CLIENT_ID is half a pair.",
        "Set cspClientSecret (CSP_CLIENT_SECRET) too.",
    )
    assert problems(found) == []


def test_the_platform_chosen_has_no_credential(sandbox: Sandbox) -> None:
    """Its ways in are listed."""
    found = findings({**sandbox.environment("person"), "CALLERID_PLATFORM": "csp"})
    level, text, fix = told(found, "credential", "csp")
    assert level == "problem"
    assert text == "CALLERID_PLATFORM asks for VMware Cloud Services, which has no credential."
    assert fix.splitlines()[1:] == [
        "  CSP_ACCESS_TOKEN",
        "  CSP_CLIENT_ID and CSP_CLIENT_SECRET",
        "  CSP_API_TOKEN",
    ]


def test_both_platforms_and_no_choice(sandbox: Sandbox) -> None:
    """A problem in the words of the error; each platform is examined all the same."""
    both = {**sandbox.environment("service-user"), **sandbox.environment("owner")}
    found = findings(both)
    assert problems(found) == ["credential"]
    [choice] = [each for each in found if each["level"] == "problem"]
    assert choice["text"].startswith("callerid has credentials for more than one platform: m3ter (")
    assert choice["fix"].startswith("Choose one with the setting platform (CALLERID_PLATFORM)")
    assert levels(found, "m3ter")["caller"] == levels(found, "csp")["caller"] == "ok"
    assert problems(findings({**both, "CALLERID_PLATFORM": "csp"})) == []


def test_a_failing_platform_does_not_hide_the_other(sandbox: Sandbox) -> None:
    """The first cannot be reached, the second answers."""
    nobody = f"http://127.0.0.1:{_port_of_nobody()}"
    both = {**sandbox.environment("service-user"), **sandbox.environment("owner")}
    found = findings({**both, "M3TER_BASE_URL": nobody, "CALLERID_PLATFORM": "csp"})
    assert levels(found, "m3ter")["reachability"] == "problem"
    assert levels(found, "csp")["caller"] == "ok"


def test_credentials_that_lose_are_named(sandbox: Sandbox) -> None:
    """Another flow, another name of the same setting, and a name that nobody reads."""
    more = {"CSP_CLIENT_ID": "a", "CSP_CLIENT_SECRET": "b", "CSP_URL": "x", "CSP_ORGID": "y"}
    environ = {**sandbox.environment("ready"), **more}
    del environ["CSP_ORG_ID"]
    notes = [each["text"] for each in findings(environ) if each["level"] == "note"]
    assert "CSP_ACCESS_TOKEN is used; CSP_CLIENT_ID is ignored." in notes
    assert "CSP_BASE_URL is used; CSP_URL is ignored." in notes
    assert "callerid does not read CSP_ORGID." in notes


def test_settings_that_cannot_be(sandbox: Sandbox) -> None:
    """A platform or a base URL that is none, without its value."""
    environ = {**sandbox.environment("person"), "CALLERID_PLATFORM": "canary"}
    found = findings({**environ, "M3TER_BASE_URL": "http://canary.example"})
    assert problems(found) == ["settings", "base URL"]
    assert "canary" not in json.dumps(found)
    assert "reachability" not in levels(found, "m3ter")


def test_an_organization_that_is_no_text(sandbox: Sandbox) -> None:
    """The credential is good, and yet nothing is asked about an object."""
    found = findings({**sandbox.environment("person"), "M3TER_ORG_ID": '{"canary": 1}'})
    assert problems(found) == ["organization"]
    assert told(found, "organization", "m3ter")[1] == (
        "M3TER_ORG_ID must be a string, and is an object. Give it one plain value."
    )
    assert "canary" not in json.dumps(found)


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


def test_the_path_of_a_base_url_is_not_shown() -> None:
    """No API of ours has one, so it may be anything."""
    environ = {
        "CSP_API_TOKEN": "x",
        "CSP_BASE_URL": "http://127.0.0.1:1/canary/",
        "CSP_ORG_ID": ORG,
    }
    found = findings(environ)
    assert told(found, "base URL", "csp")[1] == "http://127.0.0.1:1/… (CSP_BASE_URL)"
    assert "canary" not in json.dumps(found)


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
        "CSP_BASE_URL": f"http://127.0.0.1:{_port_of_nobody()}",
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


def _key(base_url: str) -> dict[str, str]:
    return {"M3TER_API_KEY": "key", "M3TER_API_SECRET": "secret", "M3TER_BASE_URL": base_url}


def test_a_port_without_a_listener_is_a_problem() -> None:
    """No token is asked for where there is nobody; on this machine it may be the sandbox."""
    host = f"127.0.0.1:{_port_of_nobody()}"
    found = findings(_key(f"http://{host}"))
    assert problems(found) == ["reachability"]
    _, text, fix = told(found, "reachability", "m3ter")
    assert text == f"{host} accepts no connection."
    assert "callerid sandbox" in fix
    assert "token" not in levels(found, "m3ter")


def test_unknown_host_name() -> None:
    """DNS is named."""
    level, text, fix = told(findings(_key("https://callerid.invalid:4")), "reachability", "m3ter")
    assert (level, text) == ("problem", "The host name callerid.invalid is unknown.")
    assert "DNS" in fix


def test_https_where_plain_http_is_spoken(sandbox: Sandbox) -> None:
    """TLS is named."""
    found = findings(_key(sandbox.url.replace("http:", "https:")))
    level, text, fix = told(found, "reachability", "m3ter")
    assert (level, fix) == ("problem", "Check scheme, host and port in M3TER_BASE_URL.")
    assert text.endswith("does not speak TLS, or breaks off the handshake.")


def test_a_proxy_that_is_not_there() -> None:
    """The variable is named, its value never."""
    proxy = f"http://me:{PROXY_PASSWORD}@127.0.0.1:{_port_of_nobody()}"
    found = findings({**_key("https://callerid.invalid"), "HTTPS_PROXY": proxy})
    _, text, fix = told(found, "reachability", "m3ter")
    assert text == "The proxy of HTTPS_PROXY cannot be reached: it accepts no connection."
    assert fix.startswith("Check HTTPS_PROXY")
    assert any("HTTPS_PROXY" in each["text"] for each in found if each["topic"] == "settings")


def test_network_settings_that_cannot_be_used() -> None:
    """A certificate file that is not there stops every request."""
    found = findings({**_key("https://callerid.invalid"), "SSL_CERT_FILE": "/nowhere"})
    assert told(found, "reachability", "m3ter")[1].startswith("SSL_CERT_FILE cannot be used")


def test_the_way_to_each_api() -> None:
    """Past the proxy, with the entry that says so; what nobody can read is a note."""
    url = f"https://127.1.invalid:{_port_of_nobody()}"
    past = {"HTTPS_PROXY": "http://proxy.invalid", "NO_PROXY": "[::1],*.invalid"}
    found = findings({**_key(url), **past})
    told_of_network = [each["text"] for each in found if each["topic"] == "network"]
    assert told_of_network[0].startswith("callerid skips entry 1 of NO_PROXY, [::1],")
    assert (
        told_of_network[1] == "It is asked past the proxy of HTTPS_PROXY: NO_PROXY has *.invalid."
    )


@pytest.mark.parametrize(
    ("variables", "text"),
    [
        (
            {"https_proxy": "http://a.invalid", "HTTPS_PROXY": "http://b.invalid"},
            "HTTPS_PROXY and https_proxy differ: callerid and the engine read the first.",
        ),
        (
            {"HTTP_PROXY": "http://a.invalid"},
            "HTTP_PROXY is for plain http; the APIs are asked by https, so it is not read.",
        ),
        (
            {"SSL_CERT_FILE": certifi.where(), "CURL_CA_BUNDLE": "x", "REQUESTS_CA_BUNDLE": "x"},
            "Not read: REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE; SSL_CERT_FILE is set.",
        ),
        (
            {"CURL_CA_BUNDLE": "x", "REQUESTS_CA_BUNDLE": certifi.where()},
            "Not read: CURL_CA_BUNDLE; REQUESTS_CA_BUNDLE is set.",
        ),
    ],
)
def test_variables_that_are_not_read(variables: dict[str, str], text: str) -> None:
    """Somebody set them for a reason, and may wonder."""
    found = findings({**_key("https://127.0.0.1:4"), **variables})
    assert (text, "note") in [(each["text"], each["level"]) for each in found]


OTHER_TOOLS = {
    "CSP_OAUTH_APP_ID": "CSP_CLIENT_ID",
    "CSP_OAUTH_APP_SECRET": "CSP_CLIENT_SECRET",
    "TANZU_API_TOKEN": "CSP_API_TOKEN",
    "VMW_CLOUD_API_TOKEN": "CSP_API_TOKEN",
    "CSP_HOST": "CSP_BASE_URL",
    "CSP_API_URL": "CSP_BASE_URL",
    "M3TER_ACCESS_KEY": "M3TER_API_KEY",
    "M3TER_SECRET_KEY": "M3TER_API_SECRET",
    "M3TER_ORGANIZATION_ID": "M3TER_ORG_ID",
}


@pytest.mark.parametrize(("variable", "ours"), OTHER_TOOLS.items())
def test_variables_of_other_tools(variable: str, ours: str) -> None:
    """Each is named once, with the one to set instead, unless that is set; never its value."""
    hint = (f"{variable} is another tool's variable, which callerid does not read.", f"Set {ours}.")
    found = findings({variable: CANARIES["CSP_API_TOKEN"]})
    assert [(each["text"], each.get("fix")) for each in found if variable in str(each)] == [hint]
    assert _secrets_in(str(found)) == []
    for environ in ({variable: " "}, {variable: "x", ours: "y"}):
        assert hint[0] not in [each["text"] for each in findings(environ)]


def test_no_other_tools_variable_is_forgotten_or_ours() -> None:
    """Each leads to a setting that there is, by its first variable."""
    assert {name: BY_NAME[each].env[0] for name, each in SIBLINGS.items()} == OTHER_TOOLS
    assert SIBLINGS.keys() & {name for each in SETTINGS for name in each.variables} == set()


def test_an_untrusted_certificate_names_what_is_trusted() -> None:
    """Where a variable is set already, naming a file in another would not help."""
    reached = Reached(None, "certificate", "self-signed certificate")
    for environ, words in [
        ({}, "name a PEM file with its authority in SSL_CERT_FILE."),
        (
            {"CURL_CA_BUNDLE": certifi.where()},
            "Trusted are the authorities of CURL_CA_BUNDLE: see whether",
        ),
    ]:
        [found] = of_reached(PlatformConfig("m3ter", "https://a.invalid"), reached, environ)
        assert words in (found.fix or "")


def test_an_api_that_is_failing(api: Api) -> None:
    """It is reached, and says that it has trouble; what it then refuses is the problem."""
    api.on("GET /", json_reply({}, 500))
    found = findings(_key(api.url))
    level, text, _ = told(found, "reachability", "m3ter")
    assert level == "note"
    assert text.endswith("is reached, but fails with HTTP 500.")


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


def test_names_from_outside_do_not_move_the_cursor(api: Api) -> None:
    """Nor are they taken for markup."""
    api.on(TOKEN, json_reply(token("opaque", 18000)))
    me = person(firstName="[red]\x1b[2J", lastName="\nok")
    api.on(f"GET /organizations/{ORG}/users/me", json_reply(me))
    _, text = run({**_key(api.url), "M3TER_ORG_ID": ORG})
    assert "[red]\\x1b[2J" in text
    assert "\x1b" not in text


def _secrets_in(text: str) -> list[str]:
    """Find the canaries of which six characters in a row are in a text."""
    secrets = {
        name: value.removeprefix("sandbox-")
        for name, value in {**CANARIES, "HTTPS_PROXY": PROXY_PASSWORD}.items()
    }
    return [
        name
        for name, value in secrets.items()
        if any(value[at : at + 6] in text for at in range(len(value) - 5))
    ]


def test_no_secret_in_any_case(sandbox: Sandbox) -> None:
    """Accepted, refused, ignored, half, unreachable, in the wrong place: not six characters."""
    nobody = f"http://127.0.0.1:{_port_of_nobody()}"
    here = {"M3TER_BASE_URL": sandbox.url, "CSP_BASE_URL": sandbox.url}
    token = CANARIES["CSP_API_TOKEN"]
    proxy = f"http://me:{PROXY_PASSWORD}@127.0.0.1:1"
    cases: list[dict[str, str]] = [
        sandbox.environment("canary"),
        sandbox.environment("canary-csp"),
        {**CANARIES, **here},
        {**CANARIES, "M3TER_BASE_URL": nobody, "CSP_BASE_URL": "https://callerid.invalid"},
        {**CANARIES, "M3TER_API_KEY": "", "CALLERID_PLATFORM": token, "HTTPS_PROXY": proxy},
        *({name: value, **here} for name, value in CANARIES.items()),
        {**sandbox.environment("owner"), "CSP_ORG_ID": token},
        {**sandbox.environment("owner"), "CSP_BASE_URL": f"https://me:{token}@x.example"},
        {**sandbox.environment("owner"), "CSP_CLIENT_ID": "x", "CSP_CLIENT_SECRET": token},
    ]
    for environ in cases:
        for args in ((), ("--json",)):
            done = CliRunner().invoke(command, args, env=environ)
            assert _secrets_in(done.output) == []
            assert "eyJ" not in done.output


def test_json_is_the_same_bytes_each_time(sandbox: Sandbox) -> None:
    """Stable keys in a stable order."""
    first, second = (run_json(sandbox.environment("app")) for _ in range(2))
    assert first == second
    assert first.startswith("{\n")


def run_json(environ: Mapping[str, str]) -> str:
    """Run it with --json, and give what it prints."""
    return CliRunner().invoke(command, ["--json"], env=dict(environ)).stdout


def test_a_bug_is_a_finding(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """The rest is told all the same, and there is no traceback."""

    def fail(*_: Any) -> None:
        message = "canary"
        raise RuntimeError(message)

    monkeypatch.setattr("callerid.cli.doctor_platform.reach", fail)
    found = findings(sandbox.environment("person"))
    assert problems(found) == ["token"]
    assert "callerid internal error (RuntimeError" in told(found, "token", "m3ter")[1]
    assert "canary" not in json.dumps(found)
    assert told(found, "Python")[0] == "ok"


def test_wrong_usage() -> None:
    """An unknown option is exit code 2."""
    assert CliRunner().invoke(command, ["--jsn"]).exit_code == 2


def _program(path: Path, program: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{program}\n", encoding="utf-8")
    path.chmod(0o755)


def _plugins(**environ: str) -> list[dict[str, str]]:
    return [each for each in findings(environ) if each["topic"] == "plugin"]


def _plugin() -> tuple[str, ...]:
    return told(findings({}), "plugin")


def _launcher(tmp_path: Path) -> Path:
    """Install the launcher, and give it."""
    [folder, *_] = plugin_cache.install(tmp_path / "pulumi" / "plugins")
    [launcher] = folder.iterdir()
    return launcher


def test_a_plugin_that_is_not_installed(tmp_path: Path) -> None:
    """A problem for whoever has Pulumi, a note for everybody else."""
    level, text, fix = _plugin()
    assert (level, fix) == ("note", "callerid install pulumi")
    assert "There is no pulumi on PATH" in text
    name = "pulumi.exe" if sys.platform == "win32" else "pulumi"
    _program(tmp_path / "bin" / name)
    (tmp_path / "pulumi" / "plugins" / "resource-callerid-v0.0.9").mkdir(parents=True)
    (tmp_path / "pulumi" / "plugins" / "resource-callerid-v0.0.9.lastused").touch()
    level, text, _ = _plugin()
    assert level == "problem"
    assert "is not in Pulumi's plugin cache (it has 0.0.9), so the engine tries to" in text


@POSIX
def test_a_plugin_on_path_goes_first(tmp_path: Path) -> None:
    """As in the engine: it is started, though one is in the cache, and in the way in every run."""
    launcher = _launcher(tmp_path)
    ambient = tmp_path / "bin" / launcher.name
    ambient.parent.mkdir()
    shutil.copy(launcher, ambient)
    way, answer = _plugins()
    assert way == {
        "topic": "plugin",
        "level": "note",
        "text": f"The engine takes the plugin from PATH, and warns of it in every run: {ambient}",
        "fix": f"rm {ambient}\ncallerid install pulumi",
    }
    assert answer["text"] == f"Version {plugin_cache.versions()[0]} is on PATH, and answers."
    [cached] = _plugins(PULUMI_IGNORE_AMBIENT_PLUGINS="true")
    assert "in Pulumi's plugin cache" in cached["text"]


@POSIX
def test_an_installed_plugin_is_started(tmp_path: Path) -> None:
    """Good, until its Python environment goes."""
    launcher = _launcher(tmp_path)
    version = plugin_cache.versions()[0]
    assert _plugin() == ("ok", f"Version {version} is in Pulumi's plugin cache, and answers.")
    text = launcher.read_text(encoding="utf-8")
    launcher.write_text(text.replace(sys.executable, "/gone/python"), encoding="utf-8")
    level, text, fix = _plugin()
    assert (level, fix) == ("problem", "callerid install pulumi")
    assert text.startswith("The plugin in Pulumi's plugin cache is of no use: it does not start: ")
    assert "callerid: there is no /gone/python, so the Python environment of this plug" in text


@POSIX
@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("echo 1", "is of no use: it does not answer (UNAVAILABLE) ("),
        ("echo no port; exit 3", "is of no use: it does not start ("),
        ("echo why >&2; exit 3", "is of no use: it does not start: why ("),
    ],
)
def test_a_plugin_that_does_not_answer(tmp_path: Path, program: str, said: str) -> None:
    """It is a problem, and named."""
    _program(_launcher(tmp_path), program)
    level, text, fix = _plugin()
    assert (level, fix) == ("problem", "callerid install pulumi")
    assert said in text


@POSIX
def test_a_plugin_of_another_version(tmp_path: Path) -> None:
    """A launcher under our version's name starts what is installed in its own environment."""
    launcher = _launcher(tmp_path)
    text = launcher.read_text(encoding="utf-8")
    older = 'import callerid; callerid.__version__ = "0.0.9"; from callerid.frontends.pulumi'
    launcher.write_text(text.replace("from callerid.frontends.pulumi", older), encoding="utf-8")
    level, text, _ = _plugin()
    assert level == "problem"
    assert f"is version 0.0.9, this command {plugin_cache.versions()[0]}: " in text


@pytest.mark.parametrize(
    ("version", "level", "said"),
    [
        ("0.0.9", "problem", "The SDK is version 0.0.9, the plugin "),
        (None, "note", "pulumi-callerid, which Python programs need, is not in this environment."),
    ],
)
def test_an_sdk_that_does_not_fit(
    monkeypatch: pytest.MonkeyPatch, version: str | None, level: str, said: str
) -> None:
    """Another version, or none at all: with the command that mends it."""
    monkeypatch.setattr(plugin_cache, "sdk_version", lambda: version)
    seen = told(findings({}), "SDK")
    assert seen[0] == level
    assert seen[1].startswith(said)
    assert "pip install pulumi-callerid==" in seen[2]


@pytest.mark.parametrize(
    ("python", "own", "warned"),
    [
        (
            r"C:\Users\me\AppData\Local\Microsoft\WindowsApps\python.exe",
            r"C:\venv\python.exe",
            True,
        ),
        (r"C:\Python313\python.exe", r"C:\venv\python.exe", False),
        (r"C:\x\WindowsApps\python.exe", r"C:\Program Files\WindowsApps\python.exe", False),
        (None, r"C:\venv\python.exe", False),
    ],
)
def test_the_stores_alias(python: str | None, own: str, warned: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Windows may start the Store instead of Python."""
    assert [each.level for each in doctor_install.store_alias(python, own)] == ["note"] * warned


@POSIX
def test_a_terminal_gets_a_coloured_report(sandbox: Sandbox, tmp_path: Path) -> None:
    """Colours for those who want them, the same words for everybody, no line over 80."""
    from support import terminal  # noqa: PLC0415 - there is none on Windows

    argv = [sys.executable, "-c", "from callerid.cli.doctor import command; command()"]
    environ = {**sandbox.environment("service-user"), "PULUMI_HOME": str(tmp_path), "PATH": ""}
    seen = terminal.run(argv, environ)
    plain = terminal.run(argv, {**environ, "NO_COLOR": "1"})
    assert (seen.code, plain.code) == (0, 0)
    assert "\x1b[32m" in seen.raw
    assert not re.search(r"\x1b\[[\d;]*m", plain.raw)
    assert _report(seen.text) == _report(plain.text)
    assert "  ok      token        m3ter accepted the API key" in seen.text
    _assert_width(seen.text)


def _report(text: str) -> str:
    """Leave out what was shown before it, and is gone from the screen."""
    return text[text.index("settings\n") :]


APP = {"CSP_CLIENT_ID": "id", "CSP_CLIENT_SECRET": "secret"}
PAGE = Reply(401, b"<html>Log in</html>", {"content-type": "text/html"})
NOWHERE: list[tuple[Reply, str]] = [
    (json_reply({}, 404), "VMware Cloud Services has no token endpoint at "),
    (json_reply({}, 405), "VMware Cloud Services has no token endpoint at "),
    (PAGE, "VMware Cloud Services sent an HTML page instead of JSON (HTTP 401)."),
    (json_reply({"status": "UP"}), "VMware Cloud Services sent an unexpected token reply"),
    (Reply(302, b"", {"location": "/x"}), "VMware Cloud Services answered with a redirect"),
]
"""What answers in place of a token endpoint, and how the finding begins."""


@pytest.mark.parametrize(("reply", "begins"), NOWHERE)
@pytest.mark.parametrize("path", ["", "/prefix", "/csp/gateway/am/api"])
def test_what_is_no_token_endpoint_points_at_the_base_url(
    api: Api, reply: Reply, begins: str, path: str
) -> None:
    """By its variable, and not at the secret; a path that may be one too many is named as one."""
    kept = "" if path.startswith("/csp") else path
    for each in ("token", "authorize"):
        api.on(f"POST {kept}{CSP}/auth/{each}", reply)
    found = findings({**APP, "CSP_BASE_URL": f"{api.url}{path}"})
    level, text, fix = told(found, "token", "csp")
    assert (level, text.startswith(begins)) == ("problem", True)
    said = f"Check CSP_BASE_URL{', its path first' if kept else ''}, and any proxy between."
    assert fix == said or fix.endswith(said)
    assert "CSP_CLIENT" not in f"{text}{fix}"
    assert problems(found) == ["token"]


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
