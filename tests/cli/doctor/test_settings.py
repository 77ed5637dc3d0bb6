"""`callerid doctor` about settings and variables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import certifi
import pytest
from support.bodies import ORG
from support.doctor import (
    CANARIES,
    findings,
    key_at,
    levels,
    port_of_nobody,
    problems,
    run,
    secrets_in,
    told,
)

from callerid.config import BY_NAME, SETTINGS, SIBLINGS

if TYPE_CHECKING:
    from callerid.sandbox.server import Sandbox


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
    nobody = f"http://127.0.0.1:{port_of_nobody()}"
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
    found = findings({**key_at("https://127.0.0.1:4"), **variables})
    assert (text, "note") in [(each["text"], each["level"]) for each in found]


OTHER_TOOLS = {
    "CSP_OAUTH_APP_ID": "CSP_CLIENT_ID",
    "CSP_OAUTH_APP_SECRET": "CSP_CLIENT_SECRET",
    "TANZU_API_TOKEN": "CSP_API_TOKEN",
    "VMW_CLOUD_API_TOKEN": "CSP_API_TOKEN",
    "CSP_HOST": "CSP_BASE_URL",
    "VMW_CLOUD_ENDPOINT": "CSP_BASE_URL",
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
    assert secrets_in(str(found)) == []
    for environ in ({variable: " "}, {variable: "x", ours: "y"}):
        assert hint[0] not in [each["text"] for each in findings(environ)]


@pytest.mark.parametrize("ours", ["CSP_CLIENT_ID", "M3TER_ORG_ID", "CSP_BASE_URL", "CSP_URL"])
def test_only_a_secret_can_be_in_a_file(ours: str) -> None:
    """The variable would get a path if it were renamed."""
    found = findings({f"{ours}_FILE": "/run/secrets/x"})
    text = f"callerid does not read {ours}_FILE: only a secret can be in a file."
    assert [(each["text"], each.get("fix")) for each in found if "_FILE" in str(each)] == [
        (text, f"Set {ours}.")
    ]


def test_no_other_tools_variable_is_forgotten_or_ours() -> None:
    """Each leads to a setting that there is, by its first variable."""
    assert {name: BY_NAME[each].env[0] for name, each in SIBLINGS.items()} == OTHER_TOOLS
    assert SIBLINGS.keys() & {name for each in SETTINGS for name in each.variables} == set()
