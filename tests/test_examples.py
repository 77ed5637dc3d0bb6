"""The examples: they run, and print what their READMEs show."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.testing import PreviewHost, pulumi_cli

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[1] / "examples"
FUNCTIONS = EXAMPLES / "functions"
PYTHON = ("guard", "python", "two_organizations")
OTHERS = ("go", "typescript", "yaml")
HOSTS = ("terraform", "tofu")
NEEDS_HOST = pytest.mark.skipif(
    not any(map(shutil.which, HOSTS)), reason="no terraform and no tofu on PATH"
)
PROJECTS = ("Pulumi.yaml", "main.tf")
NEEDS_CLI = pytest.mark.skipif(not pulumi_cli.find_cli(), reason="no pulumi CLI")


def _run(*names: str, folder: Path = EXAMPLES, path: str | None = None) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, folder / "run.py", *names],
        capture_output=True,
        check=False,
        env={**os.environ, "PATH": os.environ["PATH"] if path is None else path},
        encoding="utf-8",
        timeout=900,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def _without_cli() -> str:
    """Give PATH without the folders that hold a pulumi, a terraform or a tofu."""
    tools = ("pulumi", *HOSTS)
    return os.pathsep.join(
        folder
        for folder in os.environ["PATH"].split(os.pathsep)
        if not any(shutil.which(tool, path=folder) for tool in tools)
    )


def test_python_needs_no_cli_and_the_others_say_what_they_need() -> None:
    """Nothing is skipped in silence, and what can run prints what its README shows."""
    code, said = _run(path=_without_cli())
    assert code == 0, said
    results = dict(re.findall(r"^(\w+): (.*)$", said, re.MULTILINE))
    assert results == {
        **dict.fromkeys(PYTHON, "ran"),
        **dict.fromkeys(OTHERS, "skipped: no pulumi CLI on PATH"),
        "terraform": "skipped: no terraform and no tofu on PATH",
        "testing": "skipped: it has tests of its own: python -m pytest examples/testing",
    }


@NEEDS_CLI
@pytest.mark.parametrize("name", OTHERS)
def test_other_languages_by_the_cli(name: str) -> None:
    """They run where their tools are, with an SDK generated for the run."""
    code, said = _run(name)
    assert code == 0, said
    if said.startswith(f"{name}: skipped: "):
        pytest.skip(said.strip())
    assert said.startswith(f"{name}: ran\n")


@NEEDS_HOST
def test_terraform_by_its_binary() -> None:
    """Its plans and refusals are those shown, and its own tests pass."""
    code, said = _run("terraform")
    assert code == 0, said
    assert said.startswith("terraform: ran\n")
    assert "\n    Success! 8 passed, 0 failed.\n" in said


@NEEDS_HOST
def test_opentofu_runs_it_where_it_is_alone(tmp_path: Path) -> None:
    """The README's `terraform` is then the `tofu` on PATH."""
    host = shutil.which(next(filter(shutil.which, HOSTS))) or ""
    (tmp_path / "tofu").write_text(
        f'#!/bin/sh\necho "$@" >&2\nexec {host} "$@"\n', encoding="utf-8"
    )
    (tmp_path / "tofu").chmod(0o755)
    copy = Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))
    (copy / "terraform" / "README.md").write_text(
        "```sh\ncallerid sandbox --as member -- terraform plan\n```\n\n```text\nplan\n…\n```\n",
        encoding="utf-8",
    )
    path = os.pathsep.join([str(tmp_path), _without_cli()])
    code, said = _run("terraform", folder=copy, path=path)
    assert code == 0, said
    assert said.startswith("terraform: ran\n")


@NEEDS_HOST
def test_a_branch_that_goes_wrong_fails(tmp_path: Path) -> None:
    """The tests of the example can fail, and so does the example then."""
    copy = Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))
    main = copy / "terraform" / "main.tf"
    text = main.read_text(encoding="utf-8")
    main.write_text(text.replace('local.branch == "member" ?', "false ?"), encoding="utf-8")
    readme = copy / "terraform" / "README.md"
    _, heading, tests = readme.read_text(encoding="utf-8").partition("## Its tests")
    readme.write_text(heading + tests, encoding="utf-8")
    code, said = _run("terraform", folder=copy)
    assert code == 1
    assert 'run "a_member_creates_nothing"... fail' in said


def test_a_readme_that_is_wrong_fails(tmp_path: Path) -> None:
    """The difference is shown, and the exit code is 1."""
    copy = Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))
    readme = copy / "guard" / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(text.replace("  replicas     3\n", "  replicas     9\n"), encoding="utf-8")
    code, said = _run("guard", folder=copy, path=_without_cli())
    assert code == 1
    assert "guard: failed: callerid preview . --as person --as member printed something" in said
    assert "-  replicas     9\n+  replicas     3\n" in said


def test_an_unknown_example_is_an_error() -> None:
    """The text names those that there are."""
    names = ", ".join(sorted((*PYTHON, *OTHERS, "terraform", "testing")))
    assert _run("rust") == (1, f"There is no example rust. There are: {names}.\n")


def test_every_example_shows_what_it_prints() -> None:
    """Each has a README, named on the page that lists them, and most have a run to check."""
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for folder in {file.parent for each in PROJECTS for file in EXAMPLES.glob(f"*/{each}")}:
        name = folder.name
        assert f"[`{name}`]({name}/README.md)" in page
        assert (folder / "README.md").is_file()


def test_nothing_generated_is_kept() -> None:
    """An SDK, lock files, state and a stack's settings belong into copies."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "."],  # noqa: S607 - as on PATH
        cwd=EXAMPLES,
        capture_output=True,
        check=False,
        text=True,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    made = re.compile(
        r"(^|/)(sdks|node_modules|\.terraform)/"
        r"|(^|/)(package-lock\.json|Pulumi\..+\.yaml|\.terraform\.lock\.hcl|.*\.tfstate.*)$"
    )
    assert [name for name in listed.stdout.split() if made.search(name)] == []


@pytest.fixture(scope="module")
def host() -> Iterator[PreviewHost]:
    """Give a warm preview host."""
    with PreviewHost() as running:
        yield running


@pytest.mark.parametrize(
    ("name", "caller", "exports"),
    [
        ("get_current_user", "service-user", {"caller": "deploy-pipeline", "branch": "pipeline"}),
        ("get_current_user", "owner", {"caller": "Grace Hopper", "branch": "workbench"}),
        ("get_user_org_roles", "member", {"roles": ["org_member"], "size": "small"}),
        ("require_caller", "owner", {"administrator": "Grace Hopper"}),
        ("require_caller", "member", {}),
    ],
)
def test_the_examples_of_the_functions_run(
    host: PreviewHost, name: str, caller: str, exports: dict[str, object]
) -> None:
    """What the schema shows in Python is a program."""
    result = host.preview(FUNCTIONS / f"{name}.py", caller=caller)
    assert result.exports == exports
    assert bool(result.error) == (not exports)


def test_every_function_has_its_examples() -> None:
    """Four languages for each function of the schema, and nothing else in the folder."""
    schema = json.loads((EXAMPLES.parent / "schema.json").read_text(encoding="utf-8"))
    shown = {
        path.name: path.read_text(encoding="utf-8")
        for path in FUNCTIONS.iterdir()
        if path.is_file()
    }
    assert len(shown) == 4 * len(schema["functions"])
    for name, text in shown.items():
        docstring = ast.get_docstring(ast.parse(text)) if name.endswith(".py") else None
        code = text.replace(f'"""{docstring}"""', "").lstrip()
        assert any(code in node["description"] for node in schema["functions"].values()), name
