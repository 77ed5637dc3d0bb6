"""A secret in the wrong place: whatever is not secret may hold one, and nothing repeats it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import grpc
import pytest
from support import bodies, commands, listening
from support.api import Api, Reply, json_reply
from support.callers import csp, m3ter
from support.jwt import jwt
from support.plugin import Plugin, spawn_talking

from callerid.config import SETTINGS, load
from callerid.core import Core
from callerid.errors import CalleridError, RefusedError
from callerid.functions import FILES
from callerid.guard.arguments import RequireCallerArgs
from callerid.sandbox.server import Sandbox
from callerid.shown import MOST_SHOWN, masked, shown_address, shown_id, shown_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

OPEN = [each for each in SETTINGS if not each.secret]
"""The settings that are no secrets."""
WORDS = "qzv-vexqua-jorbin-pluvik"
"""A secret that looks like none."""
MIXED = "qzv9XkT4pLm2Wc8Rb6Yd1Hs5Gf"
TOKEN = jwt(sub="qzv-subject")
SECRETS = {"words": WORDS, "mixed": MIXED, "token": TOKEN, "url": f"https://x.example/{MIXED}"}
COMMANDS = [
    ["whoami"],
    ["whoami", "--json"],
    ["roles"],
    ["require", "--any-role", "org_owner"],
    ["require", "--org-id", bodies.ORG, "--json"],
    ["doctor"],
    ["doctor", "--json"],
]


def _repeats(text: str, secret: str) -> list[str]:
    """Find what of a secret is in a text: four characters in a row are more than may be shown."""
    own = secret.removeprefix("https://x.example/")
    parts = {own[at : at + MOST_SHOWN + 3] for at in range(len(own) - MOST_SHOWN - 2)}
    return sorted(part for part in parts if part in text)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Serve callers of both platforms."""
    with Sandbox.start() as running:
        yield running


@pytest.fixture(params=list(SECRETS))
def secret(request: pytest.FixtureRequest) -> str:
    """Give one secret after the other."""
    return SECRETS[request.param]


@pytest.fixture(params=[name for name in SECRETS if name != "url"])
def sent(request: pytest.FixtureRequest) -> str:
    """Give one after the other of those that are sent as an id; a link is not."""
    return SECRETS[request.param]


@pytest.mark.parametrize("setting", OPEN, ids=lambda each: each.name)
@pytest.mark.parametrize("secret", [WORDS, TOKEN], ids=["words", "token"])
def test_no_command_repeats_a_setting(
    sandbox: Sandbox, tmp_path: Path, setting: Any, secret: str
) -> None:
    """Whatever of it is wrong, or is not: on stdout and stderr there are three letters at most."""
    callers = {"csp": ("owner", "app"), "m3ter": ("person",)}
    names = callers.get(setting.platform, ("owner", "person"))
    for name in names:
        environ = {**sandbox.environment(name), **dict.fromkeys(setting.env, secret)}
        record = ["record", "--output", str(tmp_path / "x.yaml")]
        for arguments in [*COMMANDS, record]:
            done = commands.call(*arguments, **environ)
            assert _repeats(done.stdout + done.stderr, secret) == [], arguments


@pytest.mark.parametrize("option", ["--org", "--platform"])
@pytest.mark.parametrize("command", ["whoami", "roles", "require"])
def test_no_command_repeats_an_option(
    sandbox: Sandbox, command: str, option: str, secret: str
) -> None:
    """Of every command that asks."""
    rule = ["--any-role", "org_owner"] if command == "require" else []
    done = commands.call(command, *rule, option, secret, **sandbox.environment("owner"))
    assert done.exit_code != 0
    assert _repeats(done.stdout + done.stderr, secret) == []


@pytest.mark.parametrize(
    "option",
    [
        *("--all-role", "--any-role", "--principal-type", "--email", "--org-id"),
        *("--min-role-seconds", "--min-token-seconds", "--on-refusal"),
    ],
)
@pytest.mark.parametrize("secret", [MIXED, TOKEN], ids=["mixed", "token"])
@pytest.mark.parametrize("more", [[], ["--json"]], ids=["text", "json"])
def test_no_refusal_repeats_a_rule(
    sandbox: Sandbox, option: str, secret: str, more: list[str]
) -> None:
    """A name of a role may be anything; one that looks like a credential is not shown."""
    rules = ["--email", "nobody@example.com", option, secret, *more]
    done = commands.call("require", *rules, **sandbox.environment("owner"))
    assert done.exit_code != 0
    assert _repeats(done.stdout + done.stderr, secret) == []


@contextmanager
def _overheard(environ: Mapping[str, str]) -> Iterator[tuple[Plugin, list[str], list[str]]]:
    """Give a plugin at the level of debuggers, what it logs to its engine, and its stderr."""
    with (
        listening.engine() as (address, logged),
        spawn_talking("--logtostderr", "-v=9", address, environ=environ) as (running, said),
    ):
        yield running, logged, said


def _messages(plugin: Plugin, **arguments: Any) -> list[str]:
    """Call every function; give the answers as text, and the errors."""
    rules = {"requireCaller": {"anyRoles": ["nobody"], "onRefusal": "warn"}}
    told = []
    for function in FILES:
        known = arguments.items() if function == "requireCaller" else ()
        shared = {k: v for k, v in arguments.items() if k in {"platform", "orgId"}}
        given = {**rules.get(function, {}), **dict(known), **shared}
        try:
            told.append(json.dumps(plugin.invoke(function, **given)))
        except grpc.RpcError as error:
            told.append(str(error.details()))
    return told


@pytest.mark.parametrize("setting", OPEN, ids=lambda each: each.name)
@pytest.mark.parametrize("place", ["settings", "environment"])
def test_the_plugin_repeats_no_setting(
    sandbox: Sandbox, setting: Any, place: str, secret: str
) -> None:
    """No RPC, no line of the log at the highest level, no warning."""
    names = {"m3ter": "person", "csp": "owner", None: "owner"}
    environ = dict(sandbox.environment(names[setting.platform]))
    explicit = {} if place == "environment" else {setting.name: secret}
    if place == "environment":
        environ |= dict.fromkeys(setting.env, secret)
    told: list[str] = []
    with _overheard(environ) as (plugin, logged, said):
        told += [each.reason for each in plugin.check_config(**explicit).failures]
        try:
            plugin.configure(**explicit)
        except grpc.RpcError as error:
            told.append(str(error.details()))
        told += _messages(plugin)
    assert _repeats("\n".join([*told, *logged, *said]), secret) == []


def test_the_plugin_repeats_no_argument(sandbox: Sandbox) -> None:
    """Those that name an organization or a platform, and all rules."""
    rules = [field.alias or "" for field in RequireCallerArgs.model_fields.values()]
    with _overheard(sandbox.environment("owner")) as (plugin, logged, said):
        for rule in rules:
            for secret in (MIXED, TOKEN, [MIXED], [TOKEN]):
                told = _messages(plugin, **{rule: secret})
                told += _messages(plugin, **{rule: secret, "onRefusal": "stop"})
                text = secret if isinstance(secret, str) else secret[0]
                assert _repeats("\n".join([*told, *logged]), text) == [], rule
    assert [_repeats(said[0], text) for text in (MIXED, TOKEN)] == [[], []]


def _error(plugin: Plugin) -> str:
    """Ask who calls; give the error, if there is one."""
    try:
        plugin.invoke("getCurrentUser")
    except grpc.RpcError as error:
        return str(error.details())
    return ""


@pytest.mark.parametrize(
    "reply", [json_reply(bodies.person()), json_reply({}, 403), Reply(503), Reply(body=b"<html>")]
)
def test_a_path_is_logged_without_what_is_no_id(api: Api, reply: Reply, sent: str) -> None:
    """Asked, answered, kept, refused or failing: the debuggers' log has the length of it."""
    route = f"GET /organizations/{quote(sent, safe='')}/users/me"
    api.on(route, *[reply] * 8)
    settings = {"m3terBaseUrl": api.url, "m3terApiToken": "opaque", "m3terOrgId": sent}
    with _overheard({}) as (plugin, logged, said):
        plugin.configure(**settings)
        told = [_error(plugin) for _ in range(2)]
    assert api.paths()[0] == route
    assert _repeats("\n".join([*told, *logged, *said]), sent) == []
    shown = f"({len(sent)}_characters,_no_UUID)/users/me"
    assert (shown in said[0]) == ("api method=" in said[0])


def test_progress_is_told_without_it(api: Api, sent: str) -> None:
    """What a terminal shows while somebody waits."""
    said: list[str] = []
    settings = {"m3terBaseUrl": api.url, "m3terOrgId": sent, "m3terApiToken": "opaque"}
    core = Core(load(settings, {}), tell=said.append)
    with pytest.raises(CalleridError):
        core.call("getCurrentUser", {})
    assert said
    assert _repeats("\n".join(said), sent) == []


def test_a_token_that_names_no_id(api: Api, secret: str) -> None:
    """Who made the token may have put anything there."""
    core = m3ter(api, m3terApiToken=jwt(orgId=secret))
    with pytest.raises(CalleridError) as caught:
        core.call("getCurrentUser", {})
    assert f"({len(secret)} characters, no UUID)" in str(caught.value)
    assert bodies.ORG in str(caught.value)
    assert _repeats(str(caught.value), secret) == []


@pytest.mark.parametrize("rules", [{"orgIds": [bodies.ORG]}, {"anyRoles": ["nobody"]}])
@pytest.mark.parametrize("token", ["opaque", jwt(sub="s")], ids=["of a person", "unread"])
def test_a_refusal_shows_no_more_of_the_organization(
    api: Api, rules: dict[str, Any], token: str, sent: str
) -> None:
    """An API that answers about anything vouches for nothing; the answer has the id whole."""
    route = f"GET /organizations/{quote(sent, safe='')}/users/"
    api.on(f"{route}me", *[json_reply(bodies.person())] * 4)
    for below in ("", "/permissions", "/usergroups"):
        api.on(f"{route}{bodies.ADA}{below}", *[json_reply({"data": []})] * 4)
    said: list[str] = []
    core = m3ter(api, warn=said.append, m3terApiToken=token, m3terOrgId=sent)
    with pytest.raises(RefusedError) as refused:
        core.call("requireCaller", rules)
    answer = core.call("requireCaller", {**rules, "onRefusal": "warn"})
    text = "\n".join([str(refused.value), *said, *answer["reasons"]])
    assert f"({len(sent)} characters, no UUID)" in text
    assert _repeats(text, sent) == []
    assert answer["orgId"] == sent


def test_an_organization_that_the_token_does_not_vouch_for(api: Api, sent: str) -> None:
    """Of a machine at VMware Cloud Services, where a setting alone names it."""
    claims = {"sub": "app", "perms": ["csp:org_member"]}
    api.on(bodies.APP_TOKEN, json_reply(bodies.token(jwt(**claims))))
    core = csp(api, cspClientId="id", cspClientSecret="not planted", cspOrgId=sent)
    with pytest.raises(RefusedError) as refused:
        core.call("requireCaller", {"orgIds": [sent]})
    assert f"({len(sent)} characters, no UUID)" in str(refused.value)
    assert "by provider setting cspOrgId alone" in str(refused.value)
    assert _repeats(str(refused.value), sent) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (bodies.ORG, bodies.ORG),
        (bodies.ORG.upper(), bodies.ORG.upper()),
        (f"{bodies.ORG}\n", "2f9…(37 characters, no UUID)"),
        (f" {bodies.ORG}", "…(37 characters, no UUID)"),
        ("", "…(0 characters, no UUID)"),
        ("acme", "…(4 characters, no UUID)"),
        ("abcdefgh", "a…(8 characters, no UUID)"),
        ("abcdefghabcdefgh", "ab…(16 characters, no UUID)"),
        ("x" * 5000, "xxx…(5000 characters, no UUID)"),
        ("\x1b[2J" * 9, "…(36 characters, no UUID)"),
    ],
)
def test_what_is_shown_of_an_id(text: str, shown: str) -> None:
    """A UUID whole; of anything else one letter in eight, three at most, and no control."""
    assert shown_id(text) == shown


def test_what_is_shown_of_names() -> None:
    """A hundred characters, unless a credential is near; an address has to be one."""
    assert shown_name("org_owner\n") == "org_owner\\n"
    assert shown_name(f"role of {bodies.ORG}") == f"role of {bodies.ORG}"
    assert shown_name(MIXED) == f"qzv…({len(MIXED)} characters)"
    assert shown_name("role " * 19 + TOKEN) == f"rol…({95 + len(TOKEN)} characters)"
    assert shown_name("role " * 1000 + TOKEN) == "role " * 20 + "…"
    assert shown_address("ada@example.com") == "ada@example.com"
    assert shown_address(WORDS) == masked(WORDS, ", no address")
