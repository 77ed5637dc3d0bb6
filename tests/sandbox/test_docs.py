"""The sandbox's page: every key is on it, none is invented, every example is one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from callerid.sandbox import library
from callerid.sandbox.behaviour import CspBehaviour, M3terBehaviour
from callerid.sandbox.fault import CspFault, M3terFault
from callerid.sandbox.scenario import (
    CspCaller,
    CspCredential,
    M3terCaller,
    M3terCredential,
    Scenario,
)

if TYPE_CHECKING:
    from callerid.sandbox.strict import Strict

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text("utf-8")
SECTIONS: list[tuple[str, type[Strict]]] = [
    ("### The file", Scenario),
    ("### `m3ter`", M3terCaller),
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
    (found,) = re.findall(rf"^{re.escape(heading)}\n(.*?)(?=^#|\Z)", PAGE, re.DOTALL | re.MULTILINE)
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


def test_limits_and_the_whole_example(tmp_path: Path) -> None:
    """The example of the limits and the example of a file are read as they stand."""
    (limits,) = re.findall(r"```yaml\n(.*?)```", _section("## Limits"), re.DOTALL)
    assert set(_read(tmp_path, "csp", limits)) >= {"requestsPerSecond", "retryAfterOn429"}
    (whole,) = re.findall(r"```yaml\n(.*?)```", _section("## The scenario file"), re.DOTALL)
    (tmp_path / "deploy.yaml").write_text(whole, "utf-8")
    assert library.read([tmp_path / "deploy.yaml"])["deploy"].platforms == ("m3ter",)


def test_every_caller_is_listed() -> None:
    """The page names the built-in callers."""
    found = re.findall(r"^\| `([\w-]+)` \|", _section("## The built-in callers"), re.MULTILINE)
    assert found == list(library.built_in())


@pytest.mark.parametrize("model", [model for _, model in SECTIONS])
def test_every_key_has_a_docstring(model: type[Strict]) -> None:
    """Who reads the models instead of the page finds a sentence under every key."""
    without = [name for name, field in model.model_fields.items() if not field.description]
    assert without == []
