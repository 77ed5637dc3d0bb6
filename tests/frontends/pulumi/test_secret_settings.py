"""Secret settings: marked in what CheckConfig returns, and warned of where a file has them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from pulumi.runtime.proto import provider_pb2
from support import bodies, listening
from support.api import Api, json_reply
from support.pages import DOCS
from support.plugin import Plugin, plain, spawn, struct
from support.waiting import wait_for

from callerid.config import SETTINGS
from callerid.frontends.pulumi import plain_text, values

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
URN = "urn:pulumi:dev::infra::pulumi:providers:callerid::default_0_1_0"
SECRET = [each.name for each in SETTINGS if each.secret]
CANARY = "canary-in-plain-text"


def secret(value: Any) -> dict[str, Any]:
    """Mark a value as the engine marks secrets."""
    return {values.SIGNATURE: values.SECRET, "value": value}


@pytest.fixture(scope="module")
def plugin() -> Iterator[Plugin]:
    """Give one plugin for the tests that leave no trace in it."""
    with spawn() as running:
        yield running


@contextmanager
def _warned(project: Path) -> Iterator[tuple[Plugin, list[str]]]:
    """Give a plugin that runs in a project, and the warnings that its engine was sent."""
    with listening.engine() as (address, said), spawn(address, cwd=project) as running:
        yield running, said


def test_there_are_secret_settings() -> None:
    """Both platforms have some, so an empty list passes no test here."""
    assert {name[:3] for name in SECRET} == {"m3t", "csp"}


@pytest.mark.parametrize("name", SECRET)
@pytest.mark.parametrize("value", ["a token", '"in JSON"', '{"a": 1}', "", 7.0, True, ["a"], {}])
def test_what_came_plain_is_returned_as_a_secret(plugin: Plugin, name: str, value: Any) -> None:
    """Whatever its type: a wrong one is refused, and is a secret all the same."""
    checked = plugin.check_config(**{name: value, "platform": "csp", "version": "0.1.0"})
    kept = {name: secret(value), "platform": "csp", "version": "0.1.0"}
    assert checked.inputs == struct(kept)


@pytest.mark.parametrize(
    "value", [None, UNKNOWN, secret("a token"), secret(UNKNOWN), {values.SIGNATURE: values.SECRET}]
)
def test_what_is_marked_or_not_there_comes_back_as_it_is(plugin: Plugin, value: Any) -> None:
    """Nothing is marked twice; an unknown value stays one that the engine knows."""
    checked = plugin.check_config(m3terApiToken=value)
    assert checked.inputs == struct({"m3terApiToken": value})
    assert list(checked.failures) == []


def test_an_output_that_is_secret_is_not_marked_again(plugin: Plugin) -> None:
    """One that is not secret is."""
    output = {values.SIGNATURE: values.OUTPUT, "value": "a token"}
    marked = {**output, "secret": True}
    assert plain(plugin.check_config(cspApiToken=marked).inputs) == {"cspApiToken": marked}
    assert plain(plugin.check_config(cspApiToken=output).inputs) == {"cspApiToken": secret(output)}


def test_nothing_is_added(plugin: Plugin) -> None:
    """A setting that nobody gave is not in the state either."""
    assert plain(plugin.check_config(platform="csp").inputs) == {"platform": "csp"}


@pytest.mark.parametrize("old", ["a token", secret("a token")])
@pytest.mark.parametrize("new", ["a token", secret("a token")])
def test_a_mark_is_no_change(plugin: Plugin, old: Any, new: Any) -> None:
    """A state that was written before, and one that was written since, are of one provider."""
    request = provider_pb2.DiffRequest(
        old_inputs=struct({"m3terApiToken": old}), news=struct({"m3terApiToken": new})
    )
    diff = plugin.stub.DiffConfig(request)
    assert (diff.changes, list(diff.diffs)) == (provider_pb2.DiffResponse.DIFF_NONE, [])
    request.news.update({"m3terApiToken": secret("another")})
    diff = plugin.stub.DiffConfig(request)
    assert list(diff.diffs) == ["m3terApiToken"]
    assert "another" not in str(diff)


def test_what_is_returned_configures(plugin: Plugin, api: Api) -> None:
    """The engine hands it to Configure; the secret decides, and taints no answer."""
    api.on(bodies.ME, json_reply(bodies.person()))
    settings = {"m3terApiToken": CANARY, "m3terBaseUrl": api.url, "m3terOrgId": bodies.ORG}
    plugin.configure(**plain(plugin.check_config(**settings).inputs))
    answer = plugin.invoke("getCurrentUser")
    assert api.seen[0].headers["authorization"] == f"Bearer {CANARY}"
    assert values.SIGNATURE not in str(answer)
    assert CANARY not in str(answer)


def _project(folder: Path, stack: str, project: str = "name: infra\nruntime: yaml\n") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "Pulumi.yaml").write_text(project, encoding="utf-8")
    (folder / "Pulumi.dev.yaml").write_text(stack, encoding="utf-8")
    return folder


def test_a_secret_in_plain_text_is_told_once(tmp_path: Path) -> None:
    """By its setting and its file, with the command to type; its value is not in the sentence."""
    stack = f"config:\n  callerid:m3terApiToken: {CANARY}\n  callerid:platform: m3ter\n"
    with _warned(_project(tmp_path, stack)) as (plugin, said):
        for _ in range(2):
            plugin.check_config(urn=URN, m3terApiToken=CANARY, platform="m3ter")
        wait_for(lambda: said)
    [sentence] = said
    assert sentence == (
        "callerid: the secret of m3terApiToken is in plain text in Pulumi.dev.yaml.\n"
        "The stack's state has it encrypted; have the file encrypt it too:\n"
        "  pulumi config set --secret callerid:m3terApiToken"
    )
    page = (DOCS / "secrets-and-state.md").read_text(encoding="utf-8")
    assert f"\nwarning: {sentence}\n" in page


def test_what_is_encrypted_or_came_as_a_secret_is_not_told(tmp_path: Path) -> None:
    """The engine strips marks before it asks: what a user did right is no reason to warn."""
    stack = "config:\n  callerid:m3terApiToken:\n    secure: v1:AAABACanary\n"
    with _warned(_project(tmp_path, stack)) as (plugin, said):
        plugin.check_config(urn=URN, m3terApiToken=CANARY)
    assert said == []
    with _warned(_project(tmp_path, f"config:\n  a:b: {CANARY}\n")) as (plugin, said):
        plugin.check_config(urn=URN, m3terApiToken=secret(CANARY), cspApiToken=UNKNOWN)
        plugin.check_config(urn=URN, platform="m3ter")
    assert said == []


def test_each_engine_of_a_shared_process_is_told(tmp_path: Path) -> None:
    """Once for each connection: the next preview is another person's, perhaps."""
    project = _project(tmp_path, f"config:\n  infra:token: {CANARY}\n")
    with _warned(project) as (plugin, said):
        plugin.check_config(urn=URN, m3terApiToken=CANARY)
        with plugin.connected_again() as other:
            other.check_config(urn=URN, m3terApiToken=CANARY)
            wait_for(lambda: len(said) == 2)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (f"  callerid:cspApiToken: {CANARY}", "callerid:cspApiToken"),
        (f'  "callerid:cspApiToken": "{CANARY}"  # mine', "callerid:cspApiToken"),
        (f"  infra:token: '{CANARY}'", "infra:token"),
        (f"  callerid:cspApiToken:\n    {CANARY}", "callerid:cspApiToken"),
        (f"  callerid:cspApiToken:\n    value: {CANARY}", "callerid:cspApiToken"),
        (f"  infra:a: {CANARY}\n  callerid:cspApiToken: {CANARY}", "callerid:cspApiToken"),
        (f"  callerid:cspApiToken:\n    secure: {CANARY}x", None),
        (f"  infra:note: the {CANARY} of mine", "callerid:cspApiToken"),
        (f"  # infra:note: {CANARY}", "callerid:cspApiToken"),
        (f"  callerid:cspApiToken: >-\n    {CANARY}", "callerid:cspApiToken"),
        (f'  {{"callerid:cspApiToken":"{CANARY}"}}', "callerid:cspApiToken"),
        (f"  callerid:cspApiToken: !!str &a {CANARY}", "callerid:cspApiToken"),
    ],
)
def test_the_key_is_the_files_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, key: str | None
) -> None:
    """An explicit provider's secret stands under any name; a hidden key is taken for our own."""
    monkeypatch.chdir(_project(tmp_path, f"config:\n{line}\n"))
    told = plain_text.warning({"cspApiToken": CANARY}, URN)
    assert told == (
        key
        and (
            "the secret of cspApiToken is in plain text in Pulumi.dev.yaml.\n"
            "The stack's state has it encrypted; have the file encrypt it too:\n"
            f"  pulumi config set --secret {key}"
        )
    )


def test_a_short_secret_counts_beside_its_own_name_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of `region: eu` nobody could tell that it is a key."""
    monkeypatch.chdir(_project(tmp_path, "config:\n  aws:region: eu\n"))
    assert plain_text.warning({"m3terApiKey": "eu"}, URN) is None
    _project(tmp_path, "config:\n  callerid:m3terApiKey: eu\n")
    assert plain_text.warning({"m3terApiKey": "eu"}, URN)


def test_several_secrets_are_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in the project's file, for all stacks, has to leave it."""
    stack = f"config:\n  callerid:m3terApiKey: {CANARY}\n"
    project = f"name: infra\nresources:\n  p:\n    properties:\n      m3terApiSecret: {CANARY}2\n"
    monkeypatch.chdir(_project(tmp_path, stack, project))
    told = plain_text.warning({"m3terApiKey": CANARY, "m3terApiSecret": f"{CANARY}2"}, URN)
    assert told == (
        "the secret of m3terApiKey and m3terApiSecret is in plain text in Pulumi.dev.yaml and "
        "Pulumi.yaml.\n"
        "The stack's state has it encrypted; have the file encrypt it too:\n"
        "  pulumi config set --secret callerid:m3terApiKey\n"
        "  pulumi config set --secret m3terApiSecret, and take it out of Pulumi.yaml"
    )


def test_files_elsewhere_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program in a folder of its own, stacks in another; as JSON too."""
    _project(tmp_path, "", "name: infra\nmain: src\nstackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path / "src")
    text = (
        f'{{\n  "config": {{\n    "callerid:cspApiToken": "{CANARY}",\n    "a:b": "c"\n  }}\n}}\n'
    )
    (tmp_path / "stacks" / "Pulumi.dev.json").write_text(text, encoding="utf-8")
    told = plain_text.warning({"cspApiToken": CANARY}, URN)
    assert told is not None
    assert "is in plain text in Pulumi.dev.json." in told


@pytest.mark.parametrize("urn", ["", "urn:pulumi:../dev::infra::t::n", "urn:pulumi:prod::i::t::n"])
def test_another_stacks_file_is_none_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, urn: str
) -> None:
    """Nor is one that a stack's name would lead out of the project to."""
    inner = tmp_path / "inner"
    _project(tmp_path, f"config:\n  callerid:cspApiToken: {CANARY}\n")
    _project(inner, f"config:\n  callerid:cspApiToken: {CANARY}\n")
    monkeypatch.chdir(inner)
    assert plain_text.warning({"cspApiToken": CANARY}, urn) is None


def test_without_a_project_what_comes_plain_is_taken_for_plain(tmp_path: Path) -> None:
    """As in attach mode, where nobody sees the files: the command is told, once, not the value."""
    with _warned(tmp_path) as (plugin, said):
        for _ in range(2):
            plugin.check_config(m3terApiKey=CANARY, m3terApiSecret=f"{CANARY}2", cspClientId="c")
        plugin.check_config(cspApiToken=secret(CANARY))
        wait_for(lambda: said)
    [text] = said
    assert text == (
        "callerid: the secret of m3terApiKey and m3terApiSecret came in plain text.\n"
        "The stack's state has it encrypted; if the stack's file has not:\n"
        "  pulumi config set --secret callerid:m3terApiKey\n"
        "  pulumi config set --secret callerid:m3terApiSecret"
    )


def test_a_file_that_cannot_be_read_as_text_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes are no settings."""
    monkeypatch.chdir(_project(tmp_path, ""))
    (tmp_path / "Pulumi.dev.yaml").write_bytes(b"\xff\xfe\x00" * 1000)
    assert plain_text.warning({"cspApiToken": CANARY}, URN) is None
