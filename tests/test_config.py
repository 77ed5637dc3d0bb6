"""Settings: which credential wins, which organization counts, what is refused."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from callerid.asking.call import Clients
from callerid.casing import camel
from callerid.config import (
    BY_NAME,
    PLATFORM_TITLES,
    RECOMMENDED,
    SETTINGS,
    Config,
    PlatformName,
    check,
    given,
    load,
)
from callerid.errors import ConfigurationError
from callerid.functions.get_current_user import GetCurrentUserResult
from callerid.functions.get_user_org_roles import GetUserOrgRolesResult
from callerid.recording import contract
from callerid.sandbox.scenario import Scenario

KEY = {"M3TER_API_KEY": "k", "M3TER_API_SECRET": "s"}


def source(config: Config, platform: str | None = None) -> str:
    """Give the source of the credential that won."""
    credential = config.choose(platform).credential
    assert credential
    return credential.source


def refusal(config: Config, platform: str | None = None) -> str:
    """Give the message of a choice that must fail."""
    with pytest.raises(ConfigurationError) as caught:
        config.choose(platform)
    return str(caught.value)


def test_names_are_the_camel_case_of_pythons() -> None:
    """Every setting is spelled as the two-line camel function spells it: m3ter, not m3Ter."""
    snake = [re.sub(r"(?<!^)([A-Z])", r"_\1", setting.name).lower() for setting in SETTINGS]
    assert [camel(name) for name in snake] == [setting.name for setting in SETTINGS]


@pytest.mark.parametrize("name", PLATFORM_TITLES)
def test_every_platform_is_complete(name: PlatformName) -> None:
    """Settings that the code finds by name, a way in that errors recommend, and a client."""
    token = {RECOMMENDED[name].settings[0]: "t", RECOMMENDED[name].settings[-1]: "t"}
    config = load({**token, f"{name}OrgId": "o"}, {})
    assert Clients(config).choose(None).name == name
    assert config.choose().base_url.startswith("https://")
    assert name in BY_NAME["platform"].description
    assert {each.platform for each in SETTINGS if each.name.startswith(name)} == {name}
    assert get_args(PlatformName) == tuple(PLATFORM_TITLES)
    assert isinstance(contract.of(name), contract.Recording)
    assert name in Scenario.model_fields
    for result in (GetCurrentUserResult, GetUserOrgRolesResult):
        assert name in result.model_fields, f"{result.__name__} needs a field of its own answer"
    assert re.fullmatch("[a-z][a-z0-9]*", name), "one lower-case word: names of settings begin so"


def test_no_credential_names_both_platforms_setting_and_variable() -> None:
    """Without any credential the error is the one that the design words."""
    assert refusal(load({}, {})) == (
        "callerid has no credential. For m3ter set m3terApiKey and m3terApiSecret (M3TER_API_KEY, "
        "M3TER_API_SECRET); for VMware Cloud Services set cspApiToken (CSP_API_TOKEN). "
        '"callerid doctor" shows every way.'
    )


def test_the_only_platform_with_a_credential_is_chosen() -> None:
    """One credential is enough to know the platform."""
    config = load({}, {"CSP_API_TOKEN": "t", "CSP_ORG_ID": "o"})
    assert (config.choose().name, config.choose().org_id) == ("csp", "o")


def test_two_platforms_and_no_choice_is_an_error_that_names_both() -> None:
    """Two credentials need `platform`; the error says which two and how to choose."""
    config = load({"cspApiToken": "t"}, KEY)
    assert refusal(config) == (
        "callerid has credentials for more than one platform: m3ter (environment M3TER_API_KEY) "
        "and csp (provider setting cspApiToken).\n"
        "Choose one with the setting platform (CALLERID_PLATFORM) or the argument platform."
    )
    assert source(config, "csp") == "provider setting cspApiToken"


@pytest.mark.parametrize(
    ("settings", "environ"),
    [({"platform": "csp"}, {}), ({}, {"CALLERID_PLATFORM": "csp"})],
)
def test_platform_is_chosen_by_setting_or_variable(
    settings: dict[str, str], environ: dict[str, str]
) -> None:
    """`platform` decides between two credentials, wherever it stands."""
    config = load(settings, {**environ, **KEY, "CSP_API_TOKEN": "t"})
    assert config.choose().name == "csp"
    assert config.choose("m3ter").name == "m3ter"


def test_a_chosen_platform_without_credential_says_what_to_set() -> None:
    """The error for one platform names that platform's shortest way in."""
    assert refusal(load({"platform": "csp"}, KEY)) == (
        "callerid has no credential for VMware Cloud Services. Set cspApiToken (CSP_API_TOKEN)."
    )


def test_one_explicit_credential_switches_off_all_variables_of_its_platform() -> None:
    """An explicit key wins over a token in the environment, and a warning names both."""
    explicit = {"m3terApiKey": "k", "m3terApiSecret": "s"}
    config = load(explicit, {"M3TER_API_TOKEN": "t", "M3TER_ORG_ID": "o"})
    assert source(config) == "provider setting m3terApiKey"
    assert config.choose().org_id == "o"
    assert config.warnings == (
        (
            "provider setting m3terApiKey and provider setting m3terApiSecret are set, so "
            "environment M3TER_API_TOKEN is ignored."
        ),
    )


def test_an_explicit_half_does_not_borrow_its_other_half_from_the_environment() -> None:
    """Credentials count as a set: an explicit key with a secret from elsewhere is half a pair."""
    assert refusal(load({"m3terApiKey": "k"}, KEY)) == (
        "m3ter: provider setting m3terApiKey is half a pair. Set m3terApiSecret "
        "(M3TER_API_SECRET) too."
    )


def test_half_a_pair_beside_a_complete_flow_is_a_warning() -> None:
    """A complete flow works, and the half is not passed over in silence."""
    config = load({}, {"CSP_CLIENT_ID": "i", "CSP_API_TOKEN": "t"})
    assert source(config) == "environment CSP_API_TOKEN"
    assert config.warnings == (
        (
            "VMware Cloud Services: environment CSP_CLIENT_ID is half a pair. Set cspClientSecret "
            "(CSP_CLIENT_SECRET) too."
        ),
    )


def test_two_flows_at_once_warn_and_the_tables_order_decides() -> None:
    """A ready token wins over a key; the warning names the one used."""
    config = load({}, {**KEY, "M3TER_API_TOKEN": "t"})
    assert source(config) == "environment M3TER_API_TOKEN"
    assert config.warnings == (
        "environment M3TER_API_TOKEN is used; environment M3TER_API_KEY is ignored.",
    )


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"CSP_ACCESS_TOKEN": "a", "CSP_API_TOKEN": "t"}, "environment CSP_ACCESS_TOKEN"),
        (
            {"CSP_CLIENT_ID": "i", "CSP_CLIENT_SECRET": "s", "CSP_API_TOKEN": "t"},
            "environment CSP_CLIENT_ID",
        ),
    ],
)
def test_csp_flows_win_in_the_tables_order(environ: dict[str, str], expected: str) -> None:
    """Ready token, then OAuth app, then API token."""
    assert source(load({}, environ)) == expected


def test_a_broken_platform_does_not_break_the_other() -> None:
    """A wrong base URL of m3ter is nobody's business who asks VMware Cloud Services."""
    config = load({}, {"M3TER_BASE_URL": "http://m3ter.example", "CSP_API_TOKEN": "t"})
    assert config.choose().name == "csp"
    assert "environment M3TER_BASE_URL must be an https URL" in refusal(config, "m3ter")


def test_the_first_variable_that_is_set_wins_and_blank_means_not_set() -> None:
    """CSP_BASE_URL comes before CSP_URL; a blank variable counts as absent."""
    first = {"CSP_BASE_URL": "https://a.example/", "CSP_URL": "https://b.example"}
    blank = {**first, "CSP_BASE_URL": "  "}
    token = {"cspApiToken": "t"}
    assert load(token, first).choose().base_url == "https://a.example"
    assert load(token, blank).choose().base_url == "https://b.example"


@pytest.mark.parametrize("value", ["7", 7, 7.0, " 7 ", '"7"'])
def test_numbers_come_typed_and_as_text(value: object) -> None:
    """The engine sends settings as text or typed; both mean the same."""
    assert load({"requestTimeoutSeconds": value}, {}).timeout_seconds == 7


def test_a_wrong_variable_is_an_error_of_whoever_asks() -> None:
    """Loading never fails over the environment: a program may not need the provider at all."""
    config = load({"cspApiToken": "t"}, {"CALLERID_REQUEST_TIMEOUT_SECONDS": "soon"})
    assert refusal(config) == (
        "environment CALLERID_REQUEST_TIMEOUT_SECONDS must be a number of seconds, above 0 "
        "and at most a day; for example 60."
    )


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        (
            {"m3ter_api_key": "x"},
            "callerid has no provider setting m3ter_api_key. Did you mean m3terApiKey?",
        ),
        ({"zzz": "x"}, "callerid has no provider setting zzz."),
        (
            {"platform": "aws"},
            "provider setting platform names no platform that callerid knows. Use m3ter or csp.",
        ),
        (
            {"platform": "M3tr"},
            (
                "provider setting platform names no platform that callerid knows. Use m3ter or "
                "csp. Did you mean m3ter?"
            ),
        ),
        (
            {"requestTimeoutSeconds": "nan"},
            (
                "provider setting requestTimeoutSeconds must be a number of seconds, above 0 and "
                "at most a day; for example 60."
            ),
        ),
        (
            {"m3terOrgId": ["x"]},
            (
                "provider setting m3terOrgId must be a string, and is a list. Give it one plain "
                "value: pulumi config set callerid:m3terOrgId VALUE"
            ),
        ),
        (
            {"cspApiToken": {"canary": "canary"}},
            (
                "provider setting cspApiToken must be a string, and is an object. Give it one "
                "plain value: pulumi config set --secret callerid:cspApiToken VALUE"
            ),
        ),
    ],
)
def test_wrong_settings_are_named_and_their_values_are_not(
    setting: dict[str, object], reason: str
) -> None:
    """One sentence each, with the nearest name where there is one."""
    assert list(check(setting).values()) == [reason]
    with pytest.raises(ConfigurationError, match="provider setting"):
        load(setting, {})


@pytest.mark.parametrize("name", sorted(BY_NAME))
@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ({"a": "canary"}, "an object"),
        ([], "a list"),
        (True, "true or false"),
        ('{"a":"canary"}', "an object"),
        (' ["canary", 1]\n', "a list"),
        ("[" * 100_000, "a list"),
        ("false", "true or false"),
        ('"[1]"', "a list"),
    ],
)
def test_no_setting_takes_more_than_one_value(name: str, value: object, shape: str) -> None:
    """Typed, or as the JSON that the engine makes of it: `config set --path` builds such values."""
    [reason] = check({name: value}).values()
    kind = BY_NAME[name].type
    assert reason.startswith(f"provider setting {name} must be a {kind}, and is {shape}. Give it")
    assert "canary" not in reason


@pytest.mark.parametrize("value", ["12345", 12345, "{broken", "[v1.x]", "{a: b}", "trueish", "nan"])
def test_a_text_that_only_looks_like_json_is_text(value: object) -> None:
    """Ids and secrets may be made of digits, or begin with any character."""
    config = load({"m3terOrgId": value, "m3terApiToken": "t"}, {})
    assert config.choose().org_id == str(value)


@pytest.mark.parametrize("value", [None, "null", " null "])
def test_null_is_not_set(value: object) -> None:
    """Typed or as JSON: the environment counts."""
    config = load({"m3terOrgId": value}, {"M3TER_ORG_ID": "o", "M3TER_API_TOKEN": "t"})
    assert (config.choose().org_id, config.choose().org_source) == ("o", "environment M3TER_ORG_ID")


@pytest.mark.parametrize("variable", ["M3TER_ORG_ID", "M3TER_API_TOKEN", "M3TER_BASE_URL"])
def test_a_variable_takes_no_more_than_one_value(variable: str) -> None:
    """It is an error of whoever asks that platform, and never sent."""
    environ = {"M3TER_API_TOKEN": "t", variable: '{"a": "canary"}', "CSP_API_TOKEN": "t"}
    assert refusal(load({}, environ), "m3ter") == (
        f"environment {variable} must be a string, and is an object. Give it one plain value."
    )
    assert load({}, environ).choose("csp").name == "csp"


@pytest.mark.parametrize(
    "url",
    ["https://a.example", "https://a.example/prefix", "http://localhost:1", "http://[::1]:1"],
)
def test_base_urls_that_are_taken(url: str) -> None:
    """Anything over https; http only to this machine."""
    assert check({"m3terBaseUrl": url}) == {}


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example",
        "http://localhost.example",
        "https://user:pass@a.example",
        "https://a.example?x=1",
        "ftp://a.example",
        "ftp://127.0.0.1",
        "file://localhost/x",
        "ws://[::1]:80",
        "//127.0.0.1",
        "https://",
        "https://[",
        "https://[::1]x",
        "https://a..b",
        "https://" + "a" * 64 + ".example",
        "https://a.example/?",
        "https://a.example/#",
        "https://@a.example",
        "https://a\nb.example",
        "nonsense",
    ],
)
def test_base_urls_that_are_refused(url: str) -> None:
    """A credential goes to no host over plain http, and into no URL."""
    [reason] = check({"cspBaseUrl": url}).values()
    assert reason.startswith("provider setting cspBaseUrl must be an https URL")
    assert url not in reason


@pytest.mark.parametrize("seconds", ["1e12", "inf", "0", "-1", 86401])
def test_time_limits_that_are_refused(seconds: object) -> None:
    """More than a day is a slip of the keyboard, and more than a thread can wait for."""
    assert len(check({"requestTimeoutSeconds": seconds})) == 1


def test_what_the_engine_adds_is_no_setting() -> None:
    """`version` and `__internal` are the engine's own."""
    assert check({"version": "1.2.3", "__internal": {}, "pluginDownloadURL": "x"}) == {}


def test_secrets_do_not_show() -> None:
    """A configuration can be printed."""
    config = load({"m3terApiKey": "canary-1", "m3terApiSecret": "canary-2"}, {})
    assert "canary" not in repr(config)


def test_what_the_environment_gives() -> None:
    """Variables by name, those that lose too, and never a value."""
    environ = {
        "CSP_URL": "canary",
        "CSP_BASE_URL": "x",
        "M3TER_API_KEY": "canary",
        "CSP_ORG_ID": " ",
    }
    found = given(environ)
    assert [(each.setting.name, each.variable, each.ignored) for each in found] == [
        ("m3terApiKey", "M3TER_API_KEY", ()),
        ("cspBaseUrl", "CSP_BASE_URL", ("CSP_URL",)),
    ]
    assert "canary" not in repr(found)


def test_a_wrong_name_is_shown_as_text() -> None:
    """It can neither move a cursor nor fill the screen."""
    [said] = check({"\x1b[2J" + "x y " * 3000: "v"}).values()
    assert said.startswith("callerid has no provider setting \\x1b[2Jx y x")
    assert len(said) < 200


def test_a_list_of_any_depth_is_a_list() -> None:
    """A program may hand over what no reader of JSON follows to its end."""
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    [said] = check({"cspOrgId": deep}).values()
    assert said.startswith("provider setting cspOrgId must be a string, and is a list.")


def test_half_a_pair_that_was_given_means_no_other_platform() -> None:
    """Who sets a credential of one platform is not whom the environment has for another."""
    environ = {"CSP_API_TOKEN": "t"}
    config = load({"m3terApiKey": "k"}, environ)
    with pytest.raises(ConfigurationError, match="provider setting m3terApiKey is half a pair"):
        config.choose()
    assert config.choose("csp").name == "csp"
    assert load({}, {**environ, "M3TER_API_KEY": "k"}).choose().name == "csp"


@pytest.mark.parametrize("platform", PLATFORM_TITLES)
def test_a_platforms_settings_say_whose_they_are(platform: PlatformName) -> None:
    """By their names, and for doctor, which counts what is set for each platform."""
    own = {each.name: each.platform for each in SETTINGS if each.name.startswith(platform)}
    assert own == dict.fromkeys(own, platform)
    assert {*RECOMMENDED[platform].settings} < own.keys()
