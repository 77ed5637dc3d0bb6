"""YAML of the documentation, checked as what it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from callerid.frontends.pulumi.service import TOKEN_PREFIX
from callerid.sandbox import library
from support import shell_lines
from support.pages import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Node = dict[str, Any]


def check(code: str, folder: Path) -> str:
    """Check a block, and say what it is; a project in Python is written into the folder."""
    node = yaml.safe_load(code)
    if isinstance(node, list):
        _steps(node)
        return "steps"
    if "runtime" in node or "variables" in node:
        _project(node)
        if node.get("runtime") == "python":
            (folder / "Pulumi.yaml").write_text(code, encoding="utf-8")
        return "project"
    if "jobs" in node:
        _workflow(node)
        return "workflow"
    if "extends" in node or {"m3ter", "csp"} & {*node}:
        file = folder / "scenario.yaml"
        file.write_text(code, encoding="utf-8")
        library.read([file])
        return "scenario"
    _gitlab(node)
    return "GitLab"


def _project(node: Node) -> None:
    """A project's name and runtime; in a program in YAML, functions and arguments that exist."""
    runtime = node.get("runtime")
    name = runtime["name"] if isinstance(runtime, dict) else runtime
    assert name in {"python", "yaml", None}
    functions = json.loads((ROOT / "schema.json").read_text(encoding="utf-8"))["functions"]
    for variable in node.get("variables", {}).values():
        called = variable["fn::invoke"]
        token = called["function"].rpartition(":")[2]
        assert called["function"] in {f"{TOKEN_PREFIX}{token}", f"callerid:{token}"}
        inputs = functions[f"{TOKEN_PREFIX}{token}"]["inputs"]["properties"]
        assert {*called.get("arguments", {})} <= {*inputs}


def _workflow(node: Node) -> None:
    """A workflow without write rights, whose steps are commands."""
    assert node["permissions"] == {"contents": "read"}
    assert {True, "on"} & {*node}, "YAML reads a bare `on` as true"
    for job in node["jobs"].values():
        assert job["runs-on"]
        _steps(job["steps"])


def _steps(steps: list[Node]) -> None:
    for step in steps:
        assert {"run", "uses"} & {*step}
        if "run" in step:
            for line in step["run"].splitlines():
                shell_lines.check(line)


def _gitlab(node: Node) -> None:
    for line in _scripts(node):
        shell_lines.check(line)


def _scripts(node: Node) -> Iterator[str]:
    jobs = [job for job in node.values() if isinstance(job, dict)]
    assert jobs
    for job in jobs:
        assert job["stage"] in node["stages"]
        yield from job["script"]
