"""A program runs in the Python that the engine would run it with, or it is said why not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml
from support.environments import bare_venv, lay_poetry, venv_like_ours, venv_without_callerid
from support.pulumi import STACK, cli_in

from callerid.errors import ConfigurationError
from callerid.testing import LogLine, PreviewHost, copied, preview, pulumi_cli, toolchain
from callerid.testing.project import load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="the stand-ins are shell scripts and links")
needs_uv = pytest.mark.skipif(not shutil.which("uv"), reason="no uv on PATH")
needs_cli = pytest.mark.skipif(not pulumi_cli.find_cli(), reason="no pulumi CLI")

WHERE = """
import importlib.util, os, sys
import pulumi, pulumi_callerid
pulumi.export("name", pulumi_callerid.get_current_user().display_name)
pulumi.export("prefix", sys.prefix)
pulumi.export("active", [os.environ["VIRTUAL_ENV"], os.environ["PATH"].split(os.pathsep)[0]])
pulumi.export("home", "PYTHONHOME" in os.environ)
pulumi.export("callerid", importlib.util.find_spec("callerid") is not None)
pulumi.export("path", [each for each in sys.path if "callerid" in each])
"""


def _program(folder: Path, text: str = "", /, **options: object) -> Path:
    """Write a program into a folder of a workspace."""
    folder.mkdir(parents=True, exist_ok=True)
    runtime = {"name": "python", "options": options}
    content = yaml.safe_dump({"name": "placed", "runtime": runtime})
    (folder / "Pulumi.yaml").write_text(content, encoding="utf-8")
    (folder / "__main__.py").write_text(text, encoding="utf-8")
    return folder


def _find(program: Path, environ: Mapping[str, str] = os.environ) -> toolchain.Interpreter:
    return toolchain.find(load(program), environ)


PLACES = [
    ({}, [], "", None),
    ({"virtualenv": ""}, [], "", None),
    ({"toolchain": "pip"}, ["uv.lock", "poetry.lock"], "", None),
    ({"virtualenv": "venv"}, [], "", "infra/venv"),
    ({"virtualenv": "../.venv", "toolchain": "pip"}, ["uv.lock"], "", ".venv"),
    ({"toolchain": "uv"}, [], "", "infra/.venv"),
    ({"toolchain": "uv"}, ["infra/pyproject.toml", "pyproject.toml"], "", "infra/.venv"),
    ({"toolchain": "uv"}, ["pyproject.toml"], "", ".venv"),
    ({"toolchain": "uv"}, ["infra/pyproject.toml", "uv.lock"], "", ".venv"),
    ({}, ["uv.lock"], "", ".venv"),
    ({}, ["uv.lock", "infra/poetry.lock"], "", ".venv"),
    ({}, ["uv.lock"], "made", "made"),
    ({"toolchain": "uv"}, ["infra/uv.lock"], "../made", "made"),
    ({"toolchain": "uv", "virtualenv": "venv"}, ["uv.lock"], "made", "infra/venv"),
    ({"virtualenv": "venv"}, ["uv.lock"], "made", "infra/venv"),
]


@pytest.mark.parametrize(("options", "files", "variable", "place"), PLACES)
def test_options_and_lock_files_choose_the_environment(
    tmp_path: Path, options: dict[str, str], files: list[str], variable: str, place: str | None
) -> None:
    """Options, lock files and UV_PROJECT_ENVIRONMENT choose as in Pulumi's language host."""
    program = _program(tmp_path / "infra", **options)
    for name in files:
        (tmp_path / name).touch()
    if place:
        bare_venv(tmp_path / place)
    found = _find(program, {"UV_PROJECT_ENVIRONMENT": variable})
    assert found.venv == (tmp_path / place if place else None)
    assert found.own is (place is None)


def test_an_absolute_uv_project_environment(tmp_path: Path) -> None:
    """It stands as it is."""
    made = bare_venv(tmp_path / "made")
    program = _program(tmp_path / "infra", toolchain="uv")
    assert _find(program, {"UV_PROJECT_ENVIRONMENT": str(made)}).venv == made


def test_main_is_where_the_search_begins(tmp_path: Path) -> None:
    """The folder of the program counts, not that of Pulumi.yaml."""
    program = _program(tmp_path)
    (tmp_path / "code").mkdir()
    shutil.move(program / "__main__.py", tmp_path / "code")
    with (program / "Pulumi.yaml").open("a", encoding="utf-8") as file:
        file.write("main: code\n")
    (tmp_path / "code" / "uv.lock").touch()
    made = bare_venv(tmp_path / "code" / ".venv")
    assert _find(program).venv == made


def test_our_own_environment_is_known_again(tmp_path: Path) -> None:
    """By its folder, under whatever name: then starts stay warm."""
    assert _find(_program(tmp_path, virtualenv=sys.prefix)).own
    program = _program(tmp_path / "other")
    assert _find(program, {"PULUMI_PYTHON_CMD": sys.executable}).own


@posix
def test_pulumi_python_cmd(tmp_path: Path) -> None:
    """Where no environment is named, it names the Python, by path or by its name on PATH."""
    made = bare_venv(tmp_path / "made")
    (made / "bin" / "special").symlink_to("python")
    program = _program(tmp_path / "infra")
    found = _find(program, {"PULUMI_PYTHON_CMD": "special", "PATH": str(made / "bin")})
    assert (found.python, found.venv, found.own) == (made / "bin" / "special", None, False)


@posix
@pytest.mark.parametrize("options", [{}, {"toolchain": "poetry"}])
def test_poetry_is_asked(tmp_path: Path, options: dict[str, str]) -> None:
    """By its own command, here a stand-in of one answer; a lock file chooses it too."""
    made = bare_venv(tmp_path / "made")
    program = _program(tmp_path / "infra", **options)
    (tmp_path / "poetry.lock").touch()
    path = os.pathsep.join([str(lay_poetry(tmp_path / "bin", made)), os.environ["PATH"]])
    assert _find(program, {"PATH": path}).venv == made


MISTAKES = [
    ({"toolchain": "conda"}, "runtime option toolchain must be pip, poetry or uv"),
    ({"toolchain": None}, "runtime option toolchain must be pip, poetry or uv"),
    ({"typechecker": "pyre"}, "runtime option typechecker must be mypy or pyright"),
    ({"virtualenv": 1}, "runtime option virtualenv must be a text"),
    ({"virtualenv": "venv"}, r'infra.venv is not there \(virtualenv venv\). Run "pulumi install"'),
    ({"virtualenv": "."}, "infra is no virtual environment"),
    ({"toolchain": "uv"}, r'\.venv is not there \(toolchain uv\)\. Run "uv sync" in .*infra\.$'),
    ({"toolchain": "uv", "virtualenv": "venv"}, 'infra.venv is not there .*Run "pulumi install"'),
    ({"toolchain": "poetry"}, "There is no poetry on PATH"),
]


@pytest.mark.parametrize(("options", "error"), MISTAKES)
def test_a_missing_environment_is_named_with_its_fix(
    tmp_path: Path, options: dict[str, object], error: str
) -> None:
    """What is not there is named, with the command that makes it; nothing else is taken for it."""
    program = _program(tmp_path / "infra", **options)
    with pytest.raises(ConfigurationError, match=error):
        preview(program, environ={"PATH": str(tmp_path)})


def test_an_unexpected_lock_file_is_named(tmp_path: Path) -> None:
    """It may lie far above; the way past it is in the error."""
    program = _program(tmp_path / "infra")
    (tmp_path / "uv.lock").touch()
    with pytest.raises(ConfigurationError, match=r"for .*uv\.lock\)\. Run .*set toolchain: pip in"):
        preview(program)


@posix
def test_poetry_without_an_environment(tmp_path: Path) -> None:
    """It then answers with an error, and is named with its command."""
    program = _program(tmp_path / "infra", toolchain="poetry")
    path = os.pathsep.join([str(lay_poetry(tmp_path / "bin", tmp_path / "gone")), "/bin"])
    with pytest.raises(ConfigurationError, match=r'names no virtual .*Run "poetry install" in'):
        preview(program, environ={"PATH": path})


def test_no_such_python_command(tmp_path: Path) -> None:
    """A wrong PULUMI_PYTHON_CMD is an error here as it is there."""
    with pytest.raises(ConfigurationError, match="PULUMI_PYTHON_CMD names no program on PATH"):
        preview(_program(tmp_path), environ={"PULUMI_PYTHON_CMD": "nowhere", "PATH": ""})


@posix
@pytest.mark.parametrize("name", ["virtualenv", "uv", "poetry"])
def test_the_program_runs_there(tmp_path: Path, name: str) -> None:
    """Its Python is active, and needs Pulumi's SDK and ours, but no callerid."""
    made = venv_without_callerid(tmp_path / ".venv")
    options = {"virtualenv": "../.venv"} if name == "virtualenv" else {"toolchain": name}
    program = _program(tmp_path / "infra", WHERE, **options)
    (tmp_path / "pyproject.toml").touch()
    path = os.pathsep.join([str(lay_poetry(tmp_path / "bin", made)), os.environ["PATH"]])
    environ = {**os.environ, "PATH": path, "PYTHONHOME": sys.base_prefix}
    with PreviewHost() as host:
        result = host.preview(program, caller="owner", environ=environ).require_ok()
    assert result.exports == {
        "name": "Grace Hopper",
        "prefix": str(made),
        "active": [str(made), str(made / "bin")],
        "home": False,
        "callerid": False,
        "path": [],
    }


@posix
def test_a_late_program_tells_where_it_was_there_too(tmp_path: Path) -> None:
    """What stops a program is loaded without callerid as well."""
    venv_without_callerid(tmp_path / ".venv")
    text = "import time\ntime.sleep(60)\n"
    result = preview(_program(tmp_path, text, virtualenv=".venv"), timeout=4)
    assert '__main__.py", line 2, in <module>' in (result.error or "")


def test_a_python_without_the_sdk(tmp_path: Path) -> None:
    """It is told in a sentence, and no traceback of ours is printed."""
    bare_venv(tmp_path / ".venv")
    result = preview(_program(tmp_path, toolchain="uv"))
    assert result.error == (
        f"the program's Python {tmp_path / '.venv'} (toolchain uv) has no Pulumi SDK. "
        'Add pulumi to what it needs, and run "uv sync".'
    )
    assert result.output == ""


@posix
def test_a_python_that_cannot_start(tmp_path: Path) -> None:
    """The operating system's reason is the run's error."""
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("no program", encoding="utf-8")
    error = preview(_program(tmp_path, toolchain="uv")).error or ""
    assert error.startswith(f"could not start the program's Python {python}: ")


def test_an_option_without_effect_is_reported(tmp_path: Path) -> None:
    """As a warning of the run: a test can see that no type checker ran."""
    result = preview(_program(tmp_path, typechecker="mypy"))
    assert result.logs == (
        LogLine(
            "warning",
            "the preview host does not support the runtime option typechecker; "
            "callerid preview --engine cli does.",
        ),
    )


@needs_uv
def test_uv_itself_agrees(tmp_path: Path) -> None:
    """A real workspace, synchronized by a real uv: `uv run` and the search name one Python."""
    program = _program(tmp_path / "infra", toolchain="uv")
    member = '[project]\nname = "infra"\nversion = "0"\nrequires-python = ">=3.10"\n'
    (program / "pyproject.toml").write_text(member, encoding="utf-8")
    workspace = '[tool.uv.workspace]\nmembers = ["infra"]\n'
    (tmp_path / "pyproject.toml").write_text(workspace, encoding="utf-8")
    for variable in ("", "made"):
        environ = {**os.environ, "UV_PROJECT_ENVIRONMENT": variable, "UV_OFFLINE": "1"}
        environ.pop("VIRTUAL_ENV", None)
        command = ["uv", "run", "--python", sys.executable, "python", "-c"]
        done = subprocess.run(  # noqa: S603 - the uv on PATH
            [*command, "import sys; print(sys.prefix)"],
            cwd=program,
            env=environ,
            capture_output=True,
            text=True,
            check=True,
        )
        assert str(_find(program, environ).venv) == done.stdout.strip()


@posix
@pytest.mark.parametrize("name", ["pip", "uv", "poetry"])
def test_the_copy_for_the_cli_leads_to_the_same_python(tmp_path: Path, name: str) -> None:
    """Searched for from the copy, it is the original's; the copy has no environment of its own."""
    for file in ("pyproject.toml", f"{name}.lock"):
        (tmp_path / file).touch()
    made = bare_venv(tmp_path / ".venv")
    options = {"virtualenv": "../.venv"} if name == "pip" else {}
    program = _program(tmp_path / "infra", **options)
    bare_venv(program / "unused")
    path = os.pathsep.join([str(lay_poetry(tmp_path / "bin", made)), os.environ["PATH"]])
    with pulumi_cli._copy(load(program), {"PATH": path}) as bench:  # noqa: SLF001 - needs no CLI
        found = _find(bench.folder, bench.environ)
        assert (found.venv, found.toolchain) == (made, name)
        assert not (bench.folder / "unused").exists()
        # With a pyproject.toml in sight the engine has uv install the copy into the environment.
        assert (bench.folder / "pyproject.toml").exists() is (name == "poetry")


def test_the_copy_keeps_the_python_that_nobody_named(tmp_path: Path) -> None:
    """The engine is told of callerid's own, and looks for no lock file around the copy."""
    with pulumi_cli._copy(load(_program(tmp_path)), {"PATH": ""}) as bench:  # noqa: SLF001 - as above
        (bench.folder / "uv.lock").touch()
        assert _find(bench.folder, bench.environ).own
        assert bench.environ["PULUMI_PYTHON_CMD"] == sys.executable


@pytest.mark.skipif(sys.platform == "win32", reason="there are no FIFOs")
def test_the_copy_leaves_out_what_is_no_file(tmp_path: Path) -> None:
    """A pipe would be read for ever, and a copy below the program would copy itself."""
    program = _program(tmp_path / "app")
    os.mkfifo(program / "fifo")
    project = load(program)
    copied.copy(project, toolchain.find(project, {}), program / "temporary" / "copy")
    names = {path.name for path in (program / "temporary" / "copy").rglob("*")}
    assert names == {"Pulumi.yaml", "__main__.py"}


def test_a_script_alone_is_not_copied(tmp_path: Path) -> None:
    """Its folder may be anybody's home, and the CLI would not know it for a project."""
    script = tmp_path / "alone.py"
    script.write_text("", encoding="utf-8")
    project = load(script)
    with pytest.raises(ConfigurationError, match=r"alone\.py has no Pulumi\.yaml beside it"):
        copied.copy(project, toolchain.find(project, {}), tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_the_copy_needs_the_lock_file_that_the_cli_reads(tmp_path: Path) -> None:
    """The CLI would make one; in the copy it would be made of nothing."""
    bare_venv(tmp_path / ".venv")
    program = load(_program(tmp_path, toolchain="uv"))
    with (
        pytest.raises(ConfigurationError, match=r'There is no uv\.lock in .*Run "uv sync" there'),
        pulumi_cli._copy(program, {"PATH": ""}),  # noqa: SLF001 - as above
    ):
        pass


@posix
@needs_cli
@pytest.mark.parametrize("name", ["pip", pytest.param("uv", marks=needs_uv), "poetry"])
def test_the_cli_runs_it_there(tmp_path: Path, name: str) -> None:
    """The real engine, from the copy, in the Python that the host finds; nothing is installed."""
    made = venv_like_ours(tmp_path / ".venv")
    before = sorted(made.rglob("*.*"))
    text = "import sys, pulumi\npulumi.export('prefix', sys.prefix)\n"
    options = {"virtualenv": "../.venv"} if name == "pip" else {"toolchain": name}
    program = _program(tmp_path / "infra", text, **options)
    member = '[project]\nname = "infra"\nversion = "0"\nrequires-python = ">=3.10"\n'
    (program / "pyproject.toml").write_text(member, encoding="utf-8")
    (tmp_path / f"{name}.lock").write_text(LOCKS.get(name, ""), encoding="utf-8")
    path = os.pathsep.join([str(lay_poetry(tmp_path / "bin", made)), os.environ["PATH"]])
    environ = {**os.environ, "PATH": path}
    results = [preview(program, environ=environ), pulumi_cli.preview(program, environ=environ)]
    assert [each.require_ok().exports["prefix"] for each in results] == [str(made)] * 2
    assert sorted(made.rglob("*.*")) == before


@needs_cli
@needs_uv
@pytest.mark.parametrize(
    ("options", "variable"),
    [
        ({}, ""),
        ({"toolchain": "uv"}, ""),
        ({"toolchain": "uv"}, "made"),
        ({"toolchain": "uv", "virtualenv": "venv"}, "made"),
        ({"toolchain": "pip", "virtualenv": "venv"}, "made"),
    ],
)
def test_the_engine_agrees(tmp_path: Path, options: dict[str, str], variable: str) -> None:
    """The real one, at the program's own place, takes the Python that is found for it."""
    for place in (".venv", "made", "infra/.venv", "infra/venv"):
        venv_like_ours(tmp_path / place)
    text = "import sys, pulumi\npulumi.export('prefix', sys.prefix)\n"
    program = _program(tmp_path / "infra", text, **options)
    (tmp_path / "uv.lock").write_text(LOCKS["uv"], encoding="utf-8")
    executable = pulumi_cli.find_cli()
    assert executable
    cli = cli_in(tmp_path / "cli", executable).with_(UV_PROJECT_ENVIRONMENT=variable)
    cli = replace(cli, cwd=program)
    cli.must("stack", "init", STACK)
    said = cli.must("preview").said
    assert f'prefix: "{_find(program, cli.environ).venv}"' in said


LOCKS = {
    "poetry": '[metadata]\nlock-version = "2.1"\npython-versions = ">=3.10"\ncontent-hash = ""\n',
    "uv": 'version = 1\nrequires-python = ">=3.10"\n',
}
"""What the engine reads to list the packages of a program: none."""
