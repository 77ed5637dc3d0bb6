"""`callerid preview`, as people run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click import unstyle
from click.testing import CliRunner
from support.environments import bare_venv

from callerid.cli import main
from callerid.cli.preview_text import plain, report
from callerid.testing import UNKNOWN, LogLine, PreviewResult, Reference, Secret

if TYPE_CHECKING:
    from click.testing import Result

_PROGRAMS = Path(__file__).parent.parent / "programs"


def _call(program: str, *args: str, **environ: str | None) -> Result:
    return CliRunner().invoke(main, ["preview", str(_PROGRAMS / program), *args], env=environ)


def test_a_program_runs_once_per_caller() -> None:
    """Each caller has a heading and two aligned columns; the engine is told first."""
    done = _call("whoami", "--as", "owner", "--as", "person", "--config", "greeting=Hi")
    assert (done.exit_code, done.stderr) == (0, "")
    first, *rest = done.stdout.splitlines()
    assert first == "engine: callerid's preview host"
    assert "as owner" in rest
    assert "  greeting  Hi, Ada Lovelace" in rest
    assert '  nested    {"list": [1, 2.5, null], "preview": true}' in rest
    assert '  secret    {"inner": "[secret]"}' in rest
    assert rest.count("  warning: a warning of the program") == 2
    assert "\x1b" not in done.stdout


def test_without_a_caller_the_present_environment_is_used() -> None:
    """Without `--as` it runs once as whoever is there; a failed run is exit code 1."""
    done = _call("whoami", "--engine", "auto", PATH="")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert lines[0] == "engine: callerid's preview host (no pulumi CLI on PATH)"
    assert lines[1] == "  error: Program failed with an unhandled exception:"
    assert "callerid has no" in done.stdout
    assert "site-packages" not in done.stdout


def test_json_is_one_document_about_every_run() -> None:
    """`--json` prints one document with everything about every run."""
    done = _call("exiting", "--json")
    document = json.loads(done.stdout)
    assert (done.exit_code, document["engine"], document["reason"]) == (1, "host", None)
    (run,) = document["runs"]
    assert run["caller"] is None
    assert run["error"] == "an unhandled error occurred: program exited with non-zero exit code: 3"
    assert run["output"] == "to stdout\nto stderr\n"


@pytest.mark.parametrize(
    ("args", "code", "error"),
    [
        (["--as", "ownr"], 1, "no caller ownr. Did you mean owner?"),
        (["--engine", "cli"], 1, "no pulumi CLI on PATH. Install it, or use --engine host."),
        (["--config", "novalue"], 2, "--config takes KEY=VALUE"),
        (["--secret", "=x"], 2, "--secret takes KEY=VALUE"),
        (["--scenario", str(_PROGRAMS)], 2, "Add --as NAME"),
        (["--timeout", "0"], 2, "--timeout"),
    ],
)
def test_wrong_use_has_its_exit_code_and_error(args: list[str], code: int, error: str) -> None:
    """A mistake is told in a line, with the way out."""
    done = _call("whoami", *args, PATH="")
    assert done.exit_code == code
    assert error in done.stderr


def test_a_folder_without_a_program_is_an_error(tmp_path: Path) -> None:
    """A folder without a program is an error that says what is missing."""
    done = _call(str(tmp_path))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "is no Pulumi program: it has no Pulumi.yaml" in done.stderr


def test_the_first_line_tells_where_the_program_runs(tmp_path: Path) -> None:
    """The environment if it is not callerid's own, and what has no effect, which is said once."""
    python = bare_venv(tmp_path / "there")
    options = f"{{virtualenv: {python}, typechecker: mypy}}"
    yaml = f"name: p\nruntime: {{name: python, options: {options}}}\n"
    (tmp_path / "Pulumi.yaml").write_text(yaml, encoding="utf-8")
    (tmp_path / "__main__.py").touch()
    done = _call(str(tmp_path))
    first, *rest = done.stdout.splitlines()
    assert first == (
        f"engine: callerid's preview host; the program's Python: {python} (virtualenv {python}); "
        "the preview host does not support the runtime option typechecker; "
        "callerid preview --engine cli does"
    )
    assert rest[0].startswith("  error: the program's Python")
    assert "typechecker" not in "".join(rest)
    document = json.loads(_call(str(tmp_path), "--json").stdout)
    assert document["python"] == f"{python} (virtualenv {python})"


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_no_secret_of_the_configuration_is_shown(tmp_path: Path, flags: list[str]) -> None:
    """A program that exports one as plain text exports `[secret]`, for people and as JSON."""
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: python\n", encoding="utf-8")
    (tmp_path / "__main__.py").write_text(
        "import pulumi\n"
        'password = pulumi.Config().require("pw")\n'
        'pulumi.export("url", f"https://u:{password}@db.example")\n'
        "pulumi.export(password, [password])\n"
        "class Held(pulumi.CustomResource): pass\n"
        'Held("test:index:Held", f"by {password}", {"held": password})\n',
        encoding="utf-8",
    )
    done = _call(str(tmp_path), "--secret", "pw=hunter2222", *flags)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "https://u:[secret]@db.example" in done.stdout
    assert "hunter2222" not in done.stdout


@pytest.mark.parametrize("engine", ["host", "auto"])
def test_an_environment_that_is_not_there_is_the_first_thing_said(
    tmp_path: Path, engine: str
) -> None:
    """Before any engine is, with the command that makes it."""
    yaml = "name: p\nruntime: {name: python, options: {toolchain: uv}}\n"
    (tmp_path / "Pulumi.yaml").write_text(yaml, encoding="utf-8")
    (tmp_path / "__main__.py").touch()
    done = _call(str(tmp_path), "--engine", engine)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "virtual environment" in done.stderr.splitlines()[0]
    assert 'Run "uv sync" in' in done.stderr


def test_report_is_80_columns_wide() -> None:
    """Long values wrap beneath their column; lists have commas, marks are words."""
    result = PreviewResult(
        exports={"a": [f"role-{n}" for n in range(20)], "long": UNKNOWN, "none": [], "t": True},
        logs=(LogLine("warning", "word " * 30), LogLine("info", "not shown")),
        error="one\n  two",
        output="printed\n",
    )
    lines = unstyle(report(None, result)).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("  a     role-0, role-1,")
    assert lines[1].startswith("        role-")
    assert "  long  [unknown]" in lines
    assert "  none  (none)" in lines
    assert "  t     true" in lines
    assert "  | printed" in lines
    assert "not shown" not in "".join(lines)


def test_nothing_exported() -> None:
    """A good run without exports says so; a failed one has its error for that."""
    assert report("me", PreviewResult({})).splitlines()[-1] == "  (no exports)"
    assert "(no exports)" not in report(None, PreviewResult({}, error="x"))


def test_plain_values() -> None:
    """Every mark has a word, so the document is JSON and gives no secret away."""
    value = {"s": Secret("hush"), "u": [UNKNOWN], "r": Reference("urn:x"), "b": b"x"}
    assert plain(value) == {"s": "[secret]", "u": ["[unknown]"], "r": "urn:x", "b": "x"}


def test_a_preview_that_is_told_to_end_leaves_nothing_behind(tmp_path: Path) -> None:
    """SIGTERM, as CI runners send it, ends the program too."""
    (tmp_path / "Pulumi.yaml").write_text("name: slow\nruntime: python\n", encoding="utf-8")
    mark = tmp_path / "pid"
    program = (
        "import os, pathlib, time\n"
        f"pathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\n"
        "time.sleep(60)\n"
    )
    (tmp_path / "__main__.py").write_text(program, encoding="utf-8")
    process = subprocess.Popen(  # noqa: S603 - our own command
        [Path(sys.executable).with_name("callerid"), "preview", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 20
    while not (mark.exists() and mark.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.terminate()
    assert process.wait(10) == 143
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)
