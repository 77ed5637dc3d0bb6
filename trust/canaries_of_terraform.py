"""Real tools, Terraform and OpenTofu: what they print and keep, with state and plan files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from support import terraform

from callerid.config import BY_NAME
from callerid.frontends.terraform.names import FUNCTIONS, GUARD, PROVIDER
from moods import CHOSEN
from pasted import pasted
from staged import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from callers import Spied
    from overheard import Listening
    from staged import Stage

_PLAN = "this.tfplan"
_STEPS = (
    ("plan", f"-out={_PLAN}"),
    ("show", "-json", _PLAN),
    ("apply", _PLAN),
    ("show", "-json"),
    ("output", "-json"),
    ("refresh",),
    ("destroy", "-auto-approve"),
)
_EPHEMERAL = frozenset({"terraform"})
"""The tools that pass a variable to a provider without keeping it in their plan."""


def run(stage: Stage) -> None:
    """Plan, apply and show as every caller, in some moods, and with secrets misplaced."""
    for tool in terraform.REAL:
        stage.search.begin(f"{tool} init")
        listening = stage.listening(tool)
        terraform.install(tool, listening.folder / "home")
        _write(listening, {}, keep=())
        _run(tool, listening, {}, "init")
        few = stage.scale.of(short=1, whole=len(stage.callers))
        for caller in stage.callers[:few]:
            for explicit in (False, True) if tool in _EPHEMERAL else (False,):
                _apply(stage, tool, listening, caller, explicit=explicit)
        if few > 1:
            _fail(stage, tool, listening)
            _misplace(stage, tool, listening)


def _apply(stage: Stage, tool: str, listening: Listening, caller: Spied, *, explicit: bool) -> None:
    """Go through everything that a tool does with a provider that answers."""
    settings = {name: f"var.{name}" for name in caller.settings} if explicit else {}
    _write(listening, settings, keep=settings)
    variables = {f"TF_VAR_{name}": value for name, value in caller.settings.items()}
    environ = caller.environ(explicit=explicit) | (variables if explicit else {})
    for step in _STEPS[: stage.scale.of(short=3, whole=len(_STEPS))]:
        how = "explicitly" if explicit else "by variables"
        stage.search.begin(f"{tool} {step[0]}: {caller.name}, set {how}")
        if _run(tool, listening, environ, *step):
            stage.search.miss("it failed")
    stage.requests()


def _fail(stage: Stage, tool: str, listening: Listening) -> None:
    """Plan in some moods, as a caller of each platform who meets them: each takes seconds."""
    _write(listening, {}, keep=())
    in_time = {BY_NAME["requestTimeoutSeconds"].env[0]: TIMEOUT}
    chosen = [each for each in stage.moods if each.name.startswith(CHOSEN)]
    for number, mood in enumerate(chosen):
        for caller in stage.one_of_each(mood, number):
            stage.search.begin(f"{tool} plan: {caller.name}, {mood.name}")
            with stage.in_mood(mood):
                _run(tool, listening, {**caller.environ(), **in_time}, "plan")
    stage.requests()


def _misplace(stage: Stage, tool: str, listening: Listening) -> None:
    """Write secrets out in the configuration, where they do not belong."""
    for each in {each.name: each for each in pasted(stage.planted)}.values():
        [(name, value)] = each.settings.items()
        if BY_NAME[name].type == "number":
            continue  # a text there is refused by the tool itself, before callerid hears of it
        caller = next(x for x in stage.callers if BY_NAME[name].platform in (None, x.platform))
        stage.search.begin(f"{tool} plan: {caller.name}, {each.name}")
        _write(listening, {name: json.dumps(value.replace("%{", "%%{"))}, keep=())
        _run(tool, listening, caller.environ(), "plan")
    stage.requests()


def _run(tool: str, listening: Listening, environ: Mapping[str, str], *arguments: str) -> int:
    more = {"CHECKPOINT_DISABLE": "1", "TF_LOG": "TRACE"}
    argv = [terraform.REAL[tool], *arguments, "-no-color"]
    return listening.run(argv, {**environ, **more}).returncode


def _write(
    listening: Listening, settings: Mapping[str, str], keep: Mapping[str, str] | tuple[()]
) -> None:
    """Write a configuration whose settings are these expressions, and variables for some."""
    lines = [terraform.CONFIGURATION, *_variables(keep), f'provider "{PROVIDER}" {{']
    lines += [f"  {BY_NAME[name].python_name} = {value}" for name, value in settings.items()]
    listening.put("cwd/main.tf", "\n".join([*lines, "}", *_asking(), ""]))


def _variables(names: Mapping[str, str] | tuple[()]) -> Iterator[str]:
    for name in names:
        yield f'variable "{name}" {{\n  type = string\n  sensitive = true\n  ephemeral = true\n}}'


def _asking() -> Iterator[str]:
    """Read every data source, and keep all of the answers."""
    for name, function in FUNCTIONS.items():
        rule = 'any_roles = ["nobody"]\n  on_refusal = "warn"' if function == GUARD else ""
        yield f'data "{name}" "x" {{\n  {rule}\n}}'
        yield f'output "{name}" {{\n  value = data.{name}.x\n}}'
    yield 'resource "terraform_data" "kept" {\n  input = data.callerid_current_user.x\n}'
