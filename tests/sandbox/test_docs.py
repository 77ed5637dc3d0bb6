"""The sandbox's page: every key is on it, none is invented, every example is one."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from callerid.cli.sandbox import command
from callerid.config import load
from callerid.core import Core
from callerid.errors import ConfigurationError
from callerid.platforms.csp.sandbox.behaviour import CspBehaviour
from callerid.platforms.csp.sandbox.caller import CspCaller, CspCredential, CspFault
from callerid.platforms.m3ter.sandbox.behaviour import M3terBehaviour
from callerid.platforms.m3ter.sandbox.caller import (
    M3terCaller,
    M3terCredential,
    M3terFault,
    M3terMembership,
)
from callerid.sandbox import library
from callerid.sandbox.scenario import ScenarioFile
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from callerid.sandbox.strict import Strict

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text("utf-8")
SECTIONS: list[tuple[str, type[Strict]]] = [
    ("### The file", ScenarioFile),
    ("### `m3ter`", M3terCaller),
    ("### `m3ter.organizations`", M3terMembership),
    ("### `m3ter.credential`", M3terCredential),
    ("### `csp`", CspCaller),
    ("### `csp.credential`", CspCredential),
    ("## `faults`", M3terFault),
    ("## `faults`", CspFault),
    ("## `m3ter.behaviour`", M3terBehaviour),
    ("## `csp.behaviour`", CspBehaviour),
]
SWITCHES = {"## `faults`": "m3ter", "## `m3ter.behaviour`": "m3ter", "## `csp.behaviour`": "csp"}
CALLER = """\
description: a caller
%s:
  organizationId: 00000000-0000-4000-8000-000000000001
  credential: {apiToken: sandbox-token}
  subject: s
  %s: null
"""
BODY = {"m3ter": "me", "csp": "info"}


def _section(heading: str) -> str:
    """Give the text below a heading, up to the next."""
    (found,) = re.findall(
        rf"^{re.escape(heading)}\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE
    )
    return str(found)


def _keys(model: type[Strict]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _examples(heading: str) -> dict[str, str]:
    """Give the YAML below each key of a section."""
    pattern = r"^\*\*`(\w+)`\*\* [^\n]+\n\n```yaml\n(.*?)^```$"
    return dict(re.findall(pattern, _section(heading), re.DOTALL | re.MULTILINE))


def _read(tmp_path: Path, platform: str, lines: str) -> dict[str, Any]:
    """Read a caller with more lines in its platform's block."""
    path = tmp_path / "caller.yaml"
    indented = "".join(f"  {line}\n" for line in lines.splitlines())
    path.write_text(CALLER % (platform, BODY[platform]) + indented, "utf-8")
    caller = library.read([path])["caller"]
    written = caller.model_dump(by_alias=True, exclude_unset=True)
    block: dict[str, Any] = written[platform]
    return block


@pytest.mark.parametrize(("heading", "model"), SECTIONS)
def test_every_key_is_documented(heading: str, model: type[Strict]) -> None:
    """Each section has exactly the keys of its model, in the model's order."""
    found = re.findall(r"^(?:\| |\*\*)`(\w+)`", _section(heading), re.MULTILINE)
    assert found == _keys(model)


@pytest.mark.parametrize(("heading", "platform"), SWITCHES.items())
def test_every_switch_has_an_example(tmp_path: Path, heading: str, platform: str) -> None:
    """Each switch is shown in a few lines that the sandbox reads, and that set it."""
    examples, model = _examples(heading), dict(SECTIONS)[heading]
    assert list(examples) == _keys(model)
    for key, example in examples.items():
        assert example.count("\n") <= 3
        lines = f"faults:\n{example}" if heading == "## `faults`" else example
        block = _read(tmp_path, platform, lines)
        part = block["faults"][0] if "faults" in block else block["behaviour"]
        assert key in part


def _yaml(heading: str) -> list[str]:
    """Give the YAML blocks of a section."""
    return re.findall(r"^```yaml\n(.*?)^```$", _section(heading), re.DOTALL | re.MULTILINE)


def test_limits_are_read(tmp_path: Path) -> None:
    """The example of the limits sets them."""
    (limits,) = _yaml("## Limits")
    assert set(_read(tmp_path, "csp", limits)) >= {"requestsPerSecond", "retryAfterOn429"}


@pytest.mark.parametrize(
    "heading",
    [
        "## The scenario file",
        "## On top of another: `extends`",
        "## Times that do not rot",
        "## Several organizations",
        "## Editors",
    ],
)
def test_whole_files_are_callers(tmp_path: Path, heading: str) -> None:
    """Each example of a whole file is read as it stands, beside those before it, and served."""
    blocks = _yaml(heading)
    assert blocks
    for block in blocks:
        name = re.match(r"# ([\w-]+)\.yaml\n", block)
        (tmp_path / f"{name[1] if name else 'deploy'}.yaml").write_text(block, "utf-8")
    callers = library.read([tmp_path])
    with Sandbox.start(callers) as sandbox:
        assert all(sandbox.environment(name) for name in callers)


def test_the_example_of_times_ends_when_it_says(tmp_path: Path) -> None:
    """Two days after the start of the sandbox the caller of the page has no roles left."""
    (block,) = _yaml("## Times that do not rot")
    (tmp_path / "leaving.yaml").write_text(block, "utf-8")
    now = [time.time() - 3 * 24 * 3600]
    with Sandbox.start(library.read([tmp_path]), clock=lambda: now[0]) as sandbox:
        now[0] = time.time()
        core = Core(load({}, sandbox.environment("leaving")))
        answer = core.call("getUserOrgRoles", {})
        core.close()
    assert answer["roles"]
    assert answer["roleNames"] == []


def test_commands_are_the_commands() -> None:
    """Every option that the table of commands shows is one, and none is missing."""
    shown = set(re.findall(r"--[a-z]+", _section("## Commands")))
    known = {name for each in command.params for name in each.opts if name.startswith("--")}
    assert shown == known


def test_mistakes_read_as_shown(tmp_path: Path) -> None:
    """The page's example of a mistake is the text that comes."""
    (shown,) = re.findall(
        r"^```text\n(.*?)^```$", _section("## Mistakes"), re.DOTALL | re.MULTILINE
    )
    (block,) = _yaml("## Mistakes")
    (tmp_path / "deploy.yaml").write_text(block, "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        library.read([tmp_path])
    assert str(caught.value).replace(f"{tmp_path}{os.sep}", "") + "\n" == shown


def test_every_caller_is_listed() -> None:
    """The page names the built-in callers."""
    found = re.findall(r"^\| `([\w-]+)` \|", _section("## The built-in callers"), re.MULTILINE)
    assert found == list(library.built_in())


@pytest.mark.parametrize("model", [model for _, model in SECTIONS])
def test_every_key_has_a_docstring(model: type[Strict]) -> None:
    """Who reads the models instead of the page finds a sentence under every key."""
    without = [name for name, field in model.model_fields.items() if not field.description]
    assert without == []
