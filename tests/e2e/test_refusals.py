"""A refused update creates nothing, without a preview before it too: in each language's form.

What runs is what the pages show: the schema's examples of requireCaller, and a compiler in YAML.
Beside them stand the forms that the pages warn of. A first run in TypeScript or Go takes minutes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from support.pages import DOCS, blocks
from support.pulumi import Cli, Done
from support.workspace import FUNCTIONS, LANGUAGES, SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.workspace import Workspace

    from callerid.sandbox.server import Sandbox

AUTOMATING = Path(__file__).with_name("automating.py")
MAIN = {"go": "main.go", "python": "__main__.py", "typescript": "index.ts", "yaml": "Pulumi.yaml"}
"""By language, the file that a program is."""
LANGUAGE = {".go": "go", ".py": "python", ".ts": "typescript", ".yaml": "yaml"}
GUARDED = {LANGUAGE[path.suffix]: path for path in sorted(FUNCTIONS.glob("require_caller.*"))}
UNGUARDED = [(LANGUAGE[path.suffix], path) for path in sorted(LANGUAGES.glob("unguarded_*"))]
REFUSAL = "callerid: linus@example.com (person, VMware Cloud Services) may not run this in organi"
UP = ("up", "--yes", "--skip-preview")


def _by_cli(project: Cli, *_: str) -> Done:
    return project.run(*UP, seconds=SECONDS)


def _by_automation(project: Cli, *names: str) -> Done:
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, AUTOMATING, project.cwd, *names],
        capture_output=True,
        check=False,
        env={**project.environ, "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true"},
        text=True,
        timeout=SECONDS,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture(params=MAIN)
def language(request: pytest.FixtureRequest) -> str:
    """Name a language."""
    return str(request.param)


@pytest.fixture
def project(request: pytest.FixtureRequest, language: str, tmp_path: Path) -> Cli:
    """Give a project in that language, without a program, with a new stack."""
    if language in {"go", "typescript"}:
        workspace: Workspace = request.getfixturevalue({"go": "golang"}.get(language, language))
        return workspace.cli.with_state(tmp_path)
    cli: Cli = request.getfixturevalue("cli")
    if not cli.language(language):
        pytest.skip(f"no pulumi-language-{language}")
    return _project(cli, f"name: refused\nruntime: {language}\n", tmp_path)


def _project(cli: Cli, text: str, folder: Path) -> Cli:
    """Make a project of a Pulumi.yaml alone."""
    source = folder / "source"
    source.mkdir()
    (source / "Pulumi.yaml").write_text(text, encoding="utf-8")
    return cli.project(source, folder / "copy")


def _write(project: Cli, language: str, text: str) -> None:
    """Make a text the program of a project; in YAML it goes below name and runtime."""
    head = "name: refused\nruntime: yaml\n" if language == "yaml" else ""
    (project.cwd / MAIN[language]).write_text(head + text, encoding="utf-8")


def _refused(done: Done) -> None:
    assert done.code != 0, done.said
    assert REFUSAL in done.said


@pytest.mark.parametrize("update", [_by_cli, _by_automation])
def test_a_refused_update_creates_nothing(
    project: Cli, language: str, sandbox: Sandbox, update: Callable[[Cli], Done]
) -> None:
    """The exported state has stack and providers alone; what an allowed one created is kept."""
    _write(project, language, GUARDED[language].read_text(encoding="utf-8"))
    member, owner = (project.with_(**sandbox.environment(who)) for who in ("member", "owner"))
    _refused(update(member))
    assert project.created() == set()
    allowed = update(owner)
    assert allowed.code == 0, allowed.said
    assert "createdBy" in project.created()
    created = project.created()
    _refused(update(member))
    assert project.created() == created


@pytest.mark.parametrize(
    ("language", "program"), UNGUARDED, ids=[path.name for _, path in UNGUARDED]
)
def test_without_the_form_a_resource_is_left(
    project: Cli, language: str, program: Path, sandbox: Sandbox
) -> None:
    """A preview stops it before the update begins; without one, the resource beside it is there."""
    _write(project, language, program.read_text(encoding="utf-8"))
    member = project.with_(**sandbox.environment("member"))
    _refused(member.run("up", "--yes", seconds=SECONDS))
    assert project.created() == set()
    _refused(_by_cli(member))
    assert project.created() == {"beside"}


@pytest.mark.parametrize("update", [_by_cli, _by_automation])
def test_a_compiler_guards_a_whole_program_in_yaml(
    cli: Cli, sandbox: Sandbox, tmp_path: Path, update: Callable[[Cli], Done]
) -> None:
    """As the page shows it: after a refusal there is not even a stack in the state."""
    if not cli.language("yaml"):
        pytest.skip("no pulumi-language-yaml")
    [shown] = [each.code for each in blocks(DOCS / "guard.md") if "compiler:" in each.code]
    project = _project(cli, shown, tmp_path)
    _refused(update(project.with_(**sandbox.environment("member"))))
    assert not project.json("stack", "export")["deployment"].get("resources")
    allowed = update(project.with_(**sandbox.environment("owner")))
    assert allowed.code == 0, allowed.said
    assert project.created() == {"greeting"}


@pytest.mark.parametrize("language", ["yaml"])
@pytest.mark.parametrize("left", [set(), {"greeting"}], ids=["depends", "forgotten"])
def test_in_yaml_every_resource_must_depend_on_the_guard(
    project: Cli, language: str, sandbox: Sandbox, left: set[str]
) -> None:
    """Wherever it stands in the file: here before the one that takes a value from the answer."""
    program = yaml.safe_load(GUARDED[language].read_text(encoding="utf-8"))
    first, last = program["resources"].items()
    program["resources"] = dict((last, first))
    for name in left:
        del program["resources"][name]["options"]
    _write(project, language, yaml.safe_dump(program, sort_keys=False))
    _refused(_by_cli(project.with_(**sandbox.environment("member"))))
    assert project.created() == left


def test_an_inline_program_creates_nothing(cli: Cli, sandbox: Sandbox, tmp_path: Path) -> None:
    """The Automation API runs a Python function as the program; its guard is the same."""
    project = _project(cli, "name: inline\nruntime: python\n", tmp_path)
    _refused(_by_automation(project.with_(**sandbox.environment("member")), "guarded"))
    assert project.created() == set()
    allowed = _by_automation(project.with_(**sandbox.environment("owner")), "guarded")
    assert allowed.code == 0, allowed.said
    assert project.created() == {"release"}
