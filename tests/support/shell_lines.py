"""Shell lines of the documentation: run where they can be, else read as far as that goes."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callerid.cli import main
from callerid.config import SETTINGS
from callerid.replay import ALLOW_RECORDED
from support.pages import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VARIABLES = {name for each in SETTINGS for name in each.variables} | {ALLOW_RECORDED}
PACKAGES = {"callerid", "pulumi-callerid", "pytest", "pytest-xdist"}
PULUMI = {
    ("config", "set"): {"--secret"},
    ("package", "add"): set[str](),
    ("preview",): {"--stack"},
    ("stack", "init"): set[str](),
    ("up",): {"--stack", "--yes"},
}
"""Commands of the Pulumi CLI that the pages show, with their options, as CLI 3.260 has them."""
TERRAFORM = {"apply", "init", "plan", "test"}
"""Commands of Terraform and OpenTofu that the pages show, without options."""
_SCRIPTS = Path(sys.executable).parent


def check(line: str) -> None:
    """Read a line: its command is one, with options, packages, variables, verbs that exist."""
    words = shlex.split(line, comments=True)
    readers = {"callerid": _callerid, "export": _export, "make": _make, "pulumi": _pulumi}
    readers |= {"pip": _pip, "python": _python, "terraform": _terraform}
    readers[words[0]](words[1:])


def can_run(line: str) -> bool:
    """Tell whether a line runs here, and ends: no account, Pulumi CLI or Terraform need be here."""
    words = shlex.split(line, comments=True)
    if words[0] != "callerid":
        return False
    while "--" in words:
        words = words[words.index("--") + 1 :]
        if words[0] != "callerid":
            return False
    if words[1:3] == ["install", "terraform"]:
        return False
    return words[1] not in {"provider", "sandbox"} or bool({"--list", "--describe"} & {*words})


def run(line: str, folder: Path, environ: Mapping[str, str]) -> str:
    """Run a line in a folder, demand exit code 0, and give what it printed."""
    path = os.pathsep.join([str(_SCRIPTS), os.environ.get("PATH", "")])
    done = subprocess.run(  # noqa: S603 - our own command
        [str(_SCRIPTS / "callerid"), *shlex.split(line, comments=True)[1:]],
        cwd=folder,
        env={**environ, "PATH": path, "PULUMI_HOME": str(folder / "home"), "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{line}: {done.stdout}"
    return done.stdout


def _callerid(words: Sequence[str]) -> None:
    """Know the command and its options, and those of the command that it runs in turn."""
    end = words.index("--") if "--" in words else len(words)
    own, nested = list(words[:end]), words[end + 1 :]
    command: click.Command = main
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), own.pop(0))
        assert found, words
        command = found
    known = {name for each in command.params for name in each.opts} | {"-h", "--help"}
    assert {word for word in own if word.startswith("-")} <= known, words
    if nested:
        check(shlex.join(nested))


def _export(words: Sequence[str]) -> None:
    assert {word.partition("=")[0] for word in words} <= VARIABLES


def _make(words: Sequence[str]) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(re.search(rf"^{word}:", makefile, re.MULTILINE) for word in words)


def _pulumi(words: Sequence[str]) -> None:
    command = next(each for each in PULUMI if tuple(words[: len(each)]) == each)
    assert {word for word in words if word.startswith("-")} <= PULUMI[command]


def _pip(words: Sequence[str]) -> None:
    assert words[0] == "install"
    for word in words[1:]:
        if word == "dist/*.whl":
            continue
        name, _, extra = word.rstrip("]").partition("[")
        assert name in PACKAGES or word == "-r" or word.endswith("requirements.txt"), word
        assert not extra or extra in _extras()


def _python(words: Sequence[str]) -> None:
    assert words[:2] == ["-m", "pytest"] or words == ["deploy.py"]


def _terraform(words: Sequence[str]) -> None:
    assert words[0] in TERRAFORM, words
    assert not [word for word in words if word.startswith("-")], words


def _extras() -> list[str]:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    _, _, after = project.partition("[project.optional-dependencies]\n")
    return re.findall(r"^(\w+) = ", after.partition("\n\n")[0], re.MULTILINE)
