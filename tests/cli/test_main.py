"""`callerid` itself: what it lists, what it imports, what a shell completes, what a bug says."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from support import commands

import callerid
from callerid.cli import COMMANDS, asking
from callerid.sandbox.extending import built_in_files


def test_help_lists_every_command_once() -> None:
    """In sections, each with a line of its own; nothing is cut short."""
    done = commands.call("--help")
    listed = [
        line.split()[0]
        for line in done.stdout.splitlines()
        if line[:2] == "  " and line[10:12] == "  "
    ]
    assert sorted(set(listed) & set(COMMANDS)) == sorted(COMMANDS)
    assert "..." not in done.stdout.partition("Ask:")[2]


def test_every_command_has_its_file() -> None:
    """What `--help` lists can be called: nobody else looks whether the file is there."""
    folder = Path(callerid.__file__).parent / "cli"
    assert [name for name in COMMANDS if not (folder / f"{name}.py").is_file()] == []


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_version_and_help_import_next_to_nothing(argument: str) -> None:
    """Neither rich nor what the APIs need."""
    program = (
        "import sys; from callerid.cli import main\n"
        f"try: main(['{argument}'])\n"
        "except SystemExit: pass\n"
        "found = {'rich', 'pydantic', 'httpx', 'grpc', 'yaml'} & set(sys.modules)\n"
        "print(sorted(found), file=sys.stderr)"
    )
    done = commands.run_python(program)
    assert (done.returncode, done.stderr) == (0, "[]\n")


def test_an_unknown_command() -> None:
    """The nearest is named."""
    done = commands.call("whoam")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "callerid has no command whoam. Did you mean whoami?" in done.stderr


def test_a_bug_says_that_it_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """One error, where it happened, exit code 1; no traceback and no value."""

    def broken(*_: object) -> None:
        raise KeyError(commands.TOKEN)

    monkeypatch.setattr(asking, "ask", broken)
    done = commands.call("whoami")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: callerid internal error (KeyError at cli/test_main.py:")
    assert "report this" in done.stderr
    assert commands.TOKEN not in done.stderr


def _complete(words: str, index: int | None = None) -> subprocess.CompletedProcess[str]:
    """Ask as bash does when the tab key is hit after `words`."""
    return commands.run(
        _CALLERID_COMPLETE="bash_complete",
        COMP_WORDS=words,
        COMP_CWORD=str(words.count(" ") if index is None else index),
    )


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("callerid who", ["whoami"]),
        ("callerid pr", ["preview", "provider"]),
        ("callerid whoami --pl", ["--platform"]),
        ("callerid whoami --platform ", ["m3ter", "csp"]),
        ("callerid roles --platform m", ["m3ter"]),
        ("callerid require --principal-type s", ["serviceUser"]),
        ("callerid require --a", ["--all-role", "--any-role"]),
        ("callerid sandbox --as own", ["owner"]),
        ("callerid preview . --as serv", ["service-user"]),
        ("callerid sandbox --as nobody-is-called-that", []),
        ("callerid frob --as o", []),
    ],
)
def test_a_shell_completes(words: str, offered: list[str]) -> None:
    """Commands, options, platforms, and the sandbox's callers; a mistake offers nothing."""
    done = _complete(words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == [f"plain,{each}" for each in offered]


@pytest.mark.parametrize("mistake", [False, True])
def test_a_shell_completes_ones_own_callers(tmp_path: Path, *, mistake: bool) -> None:
    """Those of --scenario; a file with a mistake offers nothing, and says nothing."""
    owner = next(each for each in built_in_files() if each.stem == "owner")
    file = tmp_path / "boss.yaml"
    file.write_text("nonsense: [" if mistake else owner.read_text("utf-8"), "utf-8")
    done = _complete(f"callerid sandbox --scenario {file} --as ")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ([] if mistake else ["plain,boss"])


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_have_a_script_too(shell: str) -> None:
    """As the help says."""
    done = commands.run(_CALLERID_COMPLETE=f"{shell}_source")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"_CALLERID_COMPLETE={shell}_complete" in done.stdout


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_bash_completes_with_the_line_of_the_help(tmp_path: Path) -> None:
    """The function that it defines asks as bash has it do."""
    script = tmp_path / "callerid"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(commands.CALLERID)} "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    line = (
        'eval "$(_CALLERID_COMPLETE=bash_source callerid)"; COMP_WORDS=(callerid who); '
        'COMP_CWORD=1; _callerid_completion callerid; echo "${COMPREPLY[@]}"'
    )
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    done = subprocess.run(  # noqa: S603 - bash, and our own command
        ["bash", "--norc", "-c", line],  # noqa: S607 - whichever there is
        env=commands.environment(PATH=path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("whoami\n", "")


@pytest.mark.parametrize("instruction", ["bash_source", "zsh_complete", "fish_complete", "junk"])
@pytest.mark.parametrize("args", [["require", "--any-role", "org_owner"], ["--version"], ["frob"]])
def test_a_variable_that_was_left_answers_no_command(instruction: str, args: list[str]) -> None:
    """Where there are arguments they are what is asked: nothing passes a guard unasked."""
    left = {"_CALLERID_COMPLETE": instruction, "COMP_WORDS": "callerid who", "COMP_CWORD": "1"}
    plainly, done = commands.run(*args), commands.run(*args, **left)
    assert (done.returncode, done.stdout) == (plainly.returncode, plainly.stdout)
    assert done.stderr == plainly.stderr
    assert (done.returncode == 0) is (args == ["--version"])
