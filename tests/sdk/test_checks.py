"""What the SDK refuses before the engine is asked, in the plugin's sentences and Python's names."""

from __future__ import annotations

import asyncio
import json
import os
import re
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from packaging.version import Version
from support.plugin import spawn

import pulumi_callerid as callerid
from callerid.sandbox.server import Sandbox, as_caller
from callerid.testing import PreviewResult, preview

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.plugin import Plugin

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schema.json").read_text(encoding="utf-8"))
SETTINGS: dict[str, dict[str, Any]] = SCHEMA["provider"]["inputProperties"]
PROGRAMS = Path(__file__).parent / "programs"
FUNCTIONS = {"getCurrentUser", "getUserOrgRoles", "requireCaller"}
NAMES = sorted(
    {*SETTINGS, *FUNCTIONS}.union(*(SCHEMA["functions"][f"callerid:index:{each}"]["inputs"]
                                    ["properties"] for each in FUNCTIONS)),
    key=len,
    reverse=True,
)  # fmt: skip

TEXTS = ["plain", "", "  ", 5, 5.5, True, ["x"], {"a": "x"}, {}, [], '"quoted"']
TEXTS += [
    "'quoted'",
    "\u201cquoted\u201d",
    "'half",
    "Bearer x",
    "Authorization: Bearer x",
    "\ufeff",
]
PLATFORMS = ["m3ter", "csp", " csp ", '"csp"', "aws", "M3TER", 5, False]
URLS = [
    *("https://a.example", "https://a.example/x", "http://localhost:1", "http://[::1]:1"),
    *("http://a.example", "https://a.example?x=1", "https://u:p@a.example", "ftp://a", "https://"),
    *("https://[", "https://a..b", "https://a\nb.example", "nonsense"),
]
SECONDS = [60, 0.5, "60", '"60"', 86400, 86401, 0, -1, float("nan"), float("inf"), "soon", True, []]
VALUES = [
    *((name, value) for name in sorted({*SETTINGS} - {"requestTimeoutSeconds"}) for value in TEXTS),
    *(("platform", value) for value in PLATFORMS),
    *((name, value) for name in ("m3terBaseUrl", "cspBaseUrl") for value in URLS),
    *(("requestTimeoutSeconds", value) for value in SECONDS),
]  # fmt: skip
ARGUMENTS = [
    *(("requireCaller", "anyRoles", value) for value in ("owner", 5, {"a": 1}, ["a", 5], [None])),
    *(("requireCaller", "emails", value) for value in ("ada@example.com", [["x"]])),
    *(("requireCaller", "minRoleSecondsLeft", value) for value in ("60", True, ["x"], 1e999)),
    *(("getCurrentUser", "orgId", value) for value in (5, True, ["x"], {"a": 1})),
    *(("getUserOrgRoles", "orgId", value) for value in (5, ["x"])),
]  # fmt: skip
NO_JSON = [{"owner"}, object(), b"owner", ("owner", {"x"})]
"""Values of Python alone, of which pulumi makes an error of its own."""


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _in_python(sentence: str) -> str:
    """Write a sentence of the plugin as Python has it: its names, and no stack's configuration."""
    sentence = re.sub(r": pulumi config set .*VALUE$", ".", sentence)
    return re.sub(rf"\b({'|'.join(NAMES)})\b", lambda found: _snake(found[0]), sentence)


def _refusal(call: str, *arguments: object, **given: object) -> str:
    """Give what the SDK says of a call that it must refuse by itself."""
    with pytest.raises(pulumi.RunError) as caught:
        getattr(callerid, call)(*arguments, **given)
    return str(caught.value)


@pytest.fixture(scope="module")
def plugin() -> Iterator[Plugin]:
    """Give a running plugin that has no credential."""
    with spawn() as running:
        yield running


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Give a running sandbox."""
    with Sandbox.start() as running:
        yield running


def _run(sandbox: Sandbox, case: str) -> PreviewResult:
    environ = as_caller(os.environ, sandbox.environment("owner"))
    return preview(PROGRAMS / "checked", config={"case": case}, environ=environ)


def test_plugin_and_sdk_say_the_same_of_settings(plugin: Plugin) -> None:
    """Value by value, whether taken or refused; the names alone differ."""
    sdk = {row.name: row for row in callerid.provider._SETTINGS}  # noqa: SLF001 - taken ones would need an engine
    told = 0
    for name, value in VALUES:
        failures = [each.reason for each in plugin.check_config(**{name: value}).failures]
        told += len(failures)
        assert list(sdk[name].problems(value)) == list(map(_in_python, failures)), (name, value)
    assert 50 < told < len(VALUES) - 50


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("platform", "aws"),
        ("m3terBaseUrl", "http://a.example"),
        ("requestTimeoutSeconds", "soon"),
        ("cspOrgId", ["x"]),
    ],
)
def test_a_wrong_setting_is_refused_at_once(plugin: Plugin, name: str, value: object) -> None:
    """Before a provider is declared, as a keyword and in `ProviderArgs`, in the plugin's words."""
    [failure] = plugin.check_config(**{name: value}).failures
    given: dict[str, Any] = {_snake(name): value}
    assert _refusal("Provider", "p", **given) == _in_python(failure.reason)
    assert _refusal("Provider", "p", callerid.ProviderArgs(**given)) == _in_python(failure.reason)


def test_every_wrong_setting_is_reported() -> None:
    """A line each, so that one run is enough to mend them."""
    assert _refusal("Provider", "p", platform="aws", m3ter_base_url="http://a.example") == (
        "provider setting m3ter_base_url must be an https URL (http for a loopback address) "
        "without query.\n"
        "provider setting platform names no platform that callerid knows. Use m3ter or csp."
    )


@pytest.mark.parametrize("value", NO_JSON)
def test_what_is_no_json_is_no_setting(value: object) -> None:
    """Pulumi would end with a traceback; the sentence names the setting, and not the value."""
    expected = "provider setting m3ter_api_key must be a string."
    assert _refusal("Provider", "p", m3ter_api_key=value) == expected
    expected = "provider setting request_timeout_seconds must be a number."
    assert _refusal("Provider", "p", request_timeout_seconds=value) == expected


@pytest.mark.parametrize("suffix", ["", "_output"])
@pytest.mark.parametrize(("function", "name", "value"), ARGUMENTS)
def test_plugin_and_sdk_say_the_same_of_arguments(
    plugin: Plugin, function: str, name: str, value: object, suffix: str
) -> None:
    """Of a wrong type, in both forms; the names alone differ."""
    _, said = plugin.refusal(function, **{name: value})
    assert _refusal(f"{_snake(function)}{suffix}", **{_snake(name): value}) == _in_python(said)


def test_which_words_an_argument_takes_the_plugin_alone_knows() -> None:
    """The SDK asks for text, and leaves it to the plugin to say which."""
    expected = "The argument on_refusal of require_caller must be text."
    assert _refusal("require_caller", on_refusal=True) == expected


@pytest.fixture
def _loop() -> Iterator[None]:
    """Let outputs be made outside of a program."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@pytest.mark.usefixtures("_loop")
@pytest.mark.parametrize("suffix", ["", "_output"])
def test_what_is_no_json_is_no_argument(suffix: str) -> None:
    """A set is no list, for it has no order; nor is anything else that the engine cannot take."""
    expected = "The argument any_roles of require_caller must be a list."
    later = pulumi.Output.from_input("owner")
    for value in (
        *({"owner"}, frozenset({"owner"}), {"owner": 1}.keys(), {later}, {"owner": later}),
        *((name for name in ("owner",)), map(str, ("owner",)), (each for each in (later,))),
        *(object(), "owner", b"owner", bytearray(b"owner"), memoryview(b"owner")),
    ):
        assert _refusal(f"require_caller{suffix}", any_roles=value) == expected
    entry = "An entry of the argument any_roles of require_caller must be text."
    assert _refusal(f"require_caller{suffix}", any_roles=("owner", {"x"})) == entry


@pytest.mark.parametrize("form", ["output", "secret", "awaitable", "in ProviderArgs", "plain call"])
def test_a_wrong_output_is_refused_when_it_is_known(sandbox: Sandbox, form: str) -> None:
    """The sentence of a plain value, for one that comes later, and no traceback either."""
    result = _run(sandbox, form)
    assert str(result.error).startswith(
        "provider setting m3ter_base_url must be an https URL (http for a loopback address)"
    )
    assert "Traceback" not in f"{result.error}{result.output}"
    assert [each.name for each in result.resources if each.name == "wrong"] == []


def test_an_output_that_is_not_a_text_is_refused(sandbox: Sandbox) -> None:
    """Also where pulumi could not even write it down."""
    result = _run(sandbox, "no JSON")
    assert str(result.error).startswith("provider setting request_timeout_seconds must be a number")
    assert "Traceback" not in f"{result.error}{result.output}"


def test_right_settings_pass_in_every_form(sandbox: Sandbox) -> None:
    """Plain, output, secret, of an enumeration, not known yet: all reach the engine."""
    result = _run(sandbox, "right")
    assert result.error is None
    assert result.exports == {"name": "Grace Hopper"}
    sent = next(each.inputs for each in result.resources if each.name == "right")
    assert (sent["platform"], sent["requestTimeoutSeconds"]) == ("csp", "45")
    assert {"known", "open"} <= {each.name for each in result.resources}


@pytest.mark.parametrize("form", ["argument", "argument, entry", "argument, plain call"])
def test_a_wrong_output_is_no_argument_either(sandbox: Sandbox, form: str) -> None:
    """As for settings: when it is known, and without a traceback."""
    result = _run(sandbox, form)
    entry = "An entry of the argument any_roles of require_caller must be text."
    whole = "The argument any_roles of require_caller must be a list."
    assert str(result.error).startswith(entry if "entry" in form else whole)
    assert "Traceback" not in f"{result.error}{result.output}"


def test_lists_of_outputs_are_taken(sandbox: Sandbox) -> None:
    """In both forms, known or not."""
    result = _run(sandbox, "list")
    assert result.error is None
    assert (result.exports["plain"], result.exports["output"]) == (True, True)


def test_what_is_not_known_yet_is_named(sandbox: Sandbox) -> None:
    """One argument by its name, several by theirs."""
    result = _run(sandbox, "unknown")
    assert result.exports["one"].startswith(
        "require_caller has no answer: the argument any_roles is not known yet in this preview;"
    )
    assert result.exports["two"].startswith(
        "get_current_user has no answer: one of the arguments org_id, platform is not known yet"
    )


def test_the_plugins_errors_come_without_traceback(sandbox: Sandbox) -> None:
    """In the output form too, in the plugin's own words."""
    result = _run(sandbox, "plugin")
    assert "The argument platform of getCurrentUser must be m3ter or csp." in str(result.error)
    if Version(metadata.version("pulumi")) >= Version("3.269"):  # before, one may come along
        assert "Traceback" not in f"{result.error}{result.output}"
        assert "unhandled exception" not in str(result.error)
