"""Settings become a configuration: the whole of it, and the sentence of all that is wrong."""

from __future__ import annotations

import json
import re

import pytest
from support.pages import ROOT

from callerid.config import (
    BUILT_IN_ROLES,
    BY_NAME,
    DEFAULT_TIMEOUT_SECONDS,
    KEYWORD,
    ROLE_PREFIXES,
    SETTINGS,
    SIBLINGS,
    SNAKE_CASE,
    TIMEOUT,
    Credential,
    Flow,
    PlatformConfig,
    check,
    load,
)
from callerid.config.sources import PROVIDER, Naming
from callerid.errors import ConfigurationError
from callerid.secret import SecretStr

M3TER, CSP = "https://api.m3ter.com", "https://console.cloud.vmware.com"
NOT_SET = (None, None, None, None, None, None)
APP = Flow("csp", ("cspClientId", "cspClientSecret"), "the OAuth app")
READY = Flow("m3ter", ("m3terApiToken",), "the bearer token")


def _needs(source: str, what: str) -> str:
    return f"environment {source} must be {what}."


URL = "an https URL (http for a loopback address) without query"
SECONDS = "a number of seconds, above 0 and at most a day; for example 60"


@pytest.mark.parametrize(
    ("settings", "environ", "m3ter", "csp", "rest"),
    [
        ({}, {}, (M3TER, *NOT_SET), (CSP, *NOT_SET), (None, 60.0, None, (), False)),
        (
            {"version": "1.2.3", "pluginDownloadURL": "u", "__internal": {}},
            {"version": "1.2.3"},
            (M3TER, *NOT_SET),
            (CSP, *NOT_SET),
            (None, 60.0, None, (), False),
        ),
        (
            {},
            {
                "CALLERID_PLATFORM": "aws",
                "CALLERID_REQUEST_TIMEOUT_SECONDS": "7",
                "CSP_ORG_ID": "''x",
                "M3TER_BASE_URL": "ftp://x",
                "M3TER_ORG_ID": "{}",
            },
            (
                *("ftp://x", "{}", None, _needs("M3TER_BASE_URL", URL)),
                *("environment M3TER_BASE_URL", "environment M3TER_ORG_ID", None),
            ),
            (
                *(CSP, "''x", None),
                "environment CSP_ORG_ID begins or ends with a quotation mark. Leave it out.",
                *(None, "environment CSP_ORG_ID", None),
            ),
            (
                *("aws", 60.0),
                (
                    "environment CALLERID_PLATFORM names no platform that callerid knows. Use "
                    "m3ter or csp."
                ),
                *((), False),
            ),
        ),
        (
            {},
            {"CALLERID_REQUEST_TIMEOUT_SECONDS": "x", "CALLERID_ALLOW_RECORDED": "1"},
            (M3TER, *NOT_SET),
            (CSP, *NOT_SET),
            (None, 60.0, _needs("CALLERID_REQUEST_TIMEOUT_SECONDS", SECONDS), (), True),
        ),
        (
            {
                "cspClientId": "i",
                "cspClientSecret": "s",
                "cspApiToken": "t",
                "cspOrgId": "/csp/gateway/am/api/orgs/1",
                "requestTimeoutSeconds": 7,
                "m3terBaseUrl": "https://x//",
                "platform": "csp",
                "m3terOrgId": None,
            },
            {
                "CSP_ACCESS_TOKEN": "a",
                "CSP_API_TOKEN": "b",
                "CALLERID_PLATFORM": "m3ter",
                "M3TER_API_TOKEN": "t",
                "M3TER_API_TOKEN_FILE": "/f",
                "M3TER_API_KEY": "k",
            },
            (
                *("https://x", None),
                Credential(READY, (SecretStr("t"),), ("environment M3TER_API_TOKEN",)),
                *(None, "provider setting m3terBaseUrl", None, None),
            ),
            (
                *(CSP, "1"),
                Credential(
                    APP,
                    (SecretStr("i"), SecretStr("s")),
                    ("provider setting cspClientId", "provider setting cspClientSecret"),
                ),
                *(None, None, "provider setting cspOrgId", None),
            ),
            (
                *("csp", 7.0, None),
                (
                    (
                        "environment M3TER_API_TOKEN is used; environment M3TER_API_TOKEN_FILE is "
                        "ignored."
                    ),
                    (
                        "m3ter: environment M3TER_API_KEY is half a pair. Set m3terApiSecret "
                        "(M3TER_API_SECRET) too."
                    ),
                    (
                        "provider setting cspClientId and provider setting cspClientSecret and "
                        "provider setting cspApiToken are set, so environment CSP_ACCESS_TOKEN and "
                        "environment CSP_API_TOKEN are ignored."
                    ),
                    (
                        "provider setting cspClientId is used; provider setting cspApiToken is "
                        "ignored."
                    ),
                ),
                False,
            ),
        ),
        (
            {"cspClientSecret": "s"},
            {"M3TER_API_KEY": "{}", "M3TER_API_SECRET": "'x'", "CSP_BASE_URL": "https://y?"},
            (
                *(M3TER, None, None),
                (
                    "environment M3TER_API_KEY must be a string, and is an object. Give it one "
                    "plain value.\n"
                    "environment M3TER_API_SECRET is in quotation marks. Leave them out."
                ),
                *(None, None, None),
            ),
            (
                *("https://y?", None, None, _needs("CSP_BASE_URL", URL)),
                *("environment CSP_BASE_URL", None),
                (
                    "VMware Cloud Services: provider setting cspClientSecret is half a pair. Set "
                    "cspClientId (CSP_CLIENT_ID) too."
                ),
            ),
            (None, 60.0, None, (), False),
        ),
    ],
    ids=["nothing", "engine", "wrong", "timeout", "both", "broken"],
)
def test_a_whole_configuration(
    settings: dict[str, object],
    environ: dict[str, str],
    m3ter: tuple[object, ...],
    csp: tuple[object, ...],
    rest: tuple[object, ...],
) -> None:
    """Every part of it, with where it is from; what is not set is None."""
    config = load(settings, environ)
    assert [tuple(each) for each in config.platforms] == [("m3ter", *m3ter), ("csp", *csp)]
    assert tuple(config) == (config.platforms, *rest)
    assert PlatformConfig("csp", CSP) == ("csp", CSP, *NOT_SET)


WRONG_SHAPES = {"cspApiToken": [1], "cspOrgId": {}, "requestTimeoutSeconds": True}


@pytest.mark.parametrize(
    ("naming", "said"),
    [
        (
            PROVIDER,
            [
                (
                    "provider setting cspApiToken must be a string, and is a list. Give it one "
                    "plain value: pulumi config set --secret callerid:cspApiToken VALUE"
                ),
                (
                    "provider setting cspOrgId must be a string, and is an object. Give it one "
                    "plain value: pulumi config set callerid:cspOrgId VALUE"
                ),
                (
                    "provider setting requestTimeoutSeconds must be a number, and is true or "
                    "false. Give it one plain value: pulumi config set "
                    "callerid:requestTimeoutSeconds VALUE"
                ),
            ],
        ),
        (
            KEYWORD,
            [
                "argument csp_api_token must be a string, and is a list. Give it one plain value.",
                "argument csp_org_id must be a string, and is an object. Give it one plain value.",
                (
                    "argument request_timeout_seconds must be a number, and is true or false. Give "
                    "it one plain value."
                ),
            ],
        ),
        (
            SNAKE_CASE,
            [
                (
                    "provider setting csp_api_token must be a string, and is a list. Give it "
                    "one plain value."
                ),
                (
                    "provider setting csp_org_id must be a string, and is an object. Give it "
                    "one plain value."
                ),
                (
                    "provider setting request_timeout_seconds must be a number, and is true or "
                    "false. Give it one plain value."
                ),
            ],
        ),
    ],
)
def test_each_front_end_names_a_setting_its_own_way(naming: Naming, said: list[str]) -> None:
    """With its own way to give one plain value, where it has one; all that is wrong is told."""
    assert check(WRONG_SHAPES, naming) == dict(zip(WRONG_SHAPES, said, strict=True))
    with pytest.raises(ConfigurationError) as caught:
        load(WRONG_SHAPES, {}, naming)
    assert str(caught.value) == "\n".join(said)


@pytest.mark.parametrize("name", ["versio", "pluginDownloadUrl", "_x", "internal__"])
def test_what_only_looks_like_the_engines_is_no_setting(name: str) -> None:
    """Its own keys are spelled exactly, and its hidden ones begin with two underscores."""
    assert check({name: "x"}) == {name: f"callerid has no provider setting {name}."}


@pytest.mark.parametrize(
    ("settings", "environ", "whole"),
    [
        (
            {},
            {"M3TER_API_KEY": "k", "M3TER_API_SECRET": "s"},
            "environment M3TER_API_KEY and M3TER_API_SECRET",
        ),
        (
            {"cspClientId": "i", "cspClientSecret": "s"},
            {},
            "provider setting cspClientId and cspClientSecret",
        ),
        ({"cspApiToken": "t"}, {}, "provider setting cspApiToken"),
    ],
)
def test_whole_credentials_are_named_by_what_they_are_made_of(
    settings: dict[str, str], environ: dict[str, str], whole: str
) -> None:
    """The kind of source stands once."""
    credential = load(settings, environ).choose().credential
    assert credential
    assert credential.whole == whole


def test_what_is_wrong_with_a_platform_is_told_where_no_other_is_ready() -> None:
    """In place of the sentence that nothing is set."""
    half = (
        "m3ter: environment M3TER_API_KEY is half a pair. Set m3terApiSecret (M3TER_API_SECRET) "
        "too."
    )
    wrong = {"CSP_BASE_URL": "ftp://x"}
    for environ, said in (
        ({"M3TER_API_KEY": "k", **wrong}, half),
        (wrong, _needs("CSP_BASE_URL", URL)),
    ):
        with pytest.raises(ConfigurationError) as caught:
            load({}, environ).choose()
        assert str(caught.value) == said


def test_settings_are_described_as_published() -> None:
    """What a setting is for stands in the schema, and its default."""
    assert load({}, {}).platform is None
    published = json.loads((ROOT / "schema.json").read_text(encoding="utf-8"))["config"]
    assert list(published["variables"]) == [each.name for each in SETTINGS]
    for each in SETTINGS:
        default = f" Default: `{each.default}`." if each.default else ""
        described = f"{each.description}{default} Environment: `{each.env[0]}`"
        assert published["variables"][each.name]["type"] == each.type
        assert published["variables"][each.name]["description"].startswith(described)


def test_what_is_gathered_from_all_platforms() -> None:
    """Their tools' variables, by the setting that means the same, and what is told of roles."""
    assert load({}, {}).timeout_seconds == DEFAULT_TIMEOUT_SECONDS
    assert TIMEOUT == "requestTimeoutSeconds (CALLERID_REQUEST_TIMEOUT_SECONDS)"
    assert SIBLINGS["TANZU_API_TOKEN"] == "cspApiToken"
    assert SIBLINGS["M3TER_ACCESS_KEY"] == "m3terApiKey"
    assert set(SIBLINGS.values()) <= BY_NAME.keys()
    assert "org_owner" in BUILT_IN_ROLES["csp"]
    assert BUILT_IN_ROLES["m3ter"] == set()
    for prefix in ("csp:", "external/d/", "csp:paid/d/", "external/d/r/"):
        found = re.match(ROLE_PREFIXES, f"{prefix}admin")
        assert found
        assert found[0] == prefix
