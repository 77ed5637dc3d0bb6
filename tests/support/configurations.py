"""Configurations, run by a tool that finds the provider as its users' does: installed."""

from __future__ import annotations

import atexit
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import pytest

from callerid.sandbox.server import as_caller
from support import terraform
from support.pages import HCL, SHELL, TEXT
from support.terraform import CONFIGURATION, REAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from support.pages import Block

TOOL = next(iter(REAL.values()), None)
"""The tool on PATH, Terraform first."""
NEEDS_TOOL = pytest.mark.skipif(TOOL is None, reason="no terraform and no tofu on PATH")
OTHER = 'resource "terraform_data" "other" {}\n'
"""A resource that names nothing."""
_SCRIPTS = Path(sys.executable).parent
_SECONDS = 120
_RUN = re.compile(r"callerid sandbox --.* -- terraform (plan|test)\n")


def without(blocks: Sequence[Block]) -> Iterator[Block]:
    """Leave out of a page's blocks what a tool must be there for, and what it prints."""
    before = False
    for block in blocks:
        about = block.language in HCL or runs(block)
        if not (about or (before and block.language == TEXT)):
            yield block
        before = about


def runs(block: Block) -> bool:
    """Tell whether a block runs the tool as a caller of the sandbox, by one line."""
    return block.language == SHELL and bool(_RUN.fullmatch(block.code))


@cache
def _home() -> Path:
    """Give a home folder in which callerid is installed, for as long as this process lives."""
    folder = TemporaryDirectory(prefix="callerid-home-")
    atexit.register(folder.cleanup)
    home = Path(folder.name)
    terraform.install(Path(str(TOOL)).stem, home)
    return home


class Ran(NamedTuple):
    """What a command came to, and what the state has after it."""

    code: int
    text: str
    resources: set[str]


class Folder(NamedTuple):
    """A folder with a configuration."""

    path: Path

    @classmethod
    def make(cls, path: Path, **files: str) -> Folder:
        """Write files, `main` to `main.tf`, into a new folder, and what requires the provider."""
        path.mkdir(parents=True)
        folder = cls(path)
        for name, text in files.items():
            folder.write(f"{name}.tf", text)
        if not any("required_providers" in text for text in files.values()):
            folder.write("required.tf", CONFIGURATION)
        return folder

    def write(self, name: str, text: str) -> None:
        """Write a file; its folder is made."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def terraform(self, caller: Mapping[str, str], *arguments: str) -> Ran:
        """Run the tool as a caller, given by the caller's variables alone."""
        return self.run(caller, str(TOOL), *arguments)

    def run(self, caller: Mapping[str, str], *command: str) -> Ran:
        """Run any command, in which the tool finds the provider; before the first, initialize."""
        if not (self.path / ".terraform").exists():
            ran = self._run({}, str(TOOL), "init", "-input=false")
            assert ran.code == 0, ran.text
        return self._run(caller, *command)

    def _run(self, caller: Mapping[str, str], *command: str) -> Ran:
        done = subprocess.run(  # noqa: S603 - commands of tests
            command,
            cwd=self.path,
            env=as_caller(
                terraform.environment(_home()),
                {
                    **caller,
                    "PATH": os.pathsep.join([str(_SCRIPTS), os.environ["PATH"]]),
                    "TF_CLI_ARGS": "-no-color",
                },
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
        )
        return Ran(done.returncode, done.stdout, self._resources())

    def _resources(self) -> set[str]:
        file = self.path / "terraform.tfstate"
        if not file.exists():
            return set()
        state = json.loads(file.read_text(encoding="utf-8"))
        return {each["name"] for each in state["resources"] if each["mode"] == "managed"}
