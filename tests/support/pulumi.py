"""The real Pulumi CLI, kept inside a temporary folder: its home, its state, its projects."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid.launch import PLUGIN_NAME
from support.plugin import environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CALLERID = Path(sys.executable).with_name("callerid")
STACK = "dev"
SECONDS = 60.0
NOT_CREATED = ("pulumi:pulumi:Stack", "pulumi:providers:")
"""The types of resources that are only in the state: they stand for nothing elsewhere."""
RUNS = {"preview", "up", "refresh", "destroy"}
"""Commands that run a program, and print diagnostics."""
ENDED = "error: an unhandled error occurred: program exited with non-zero exit code: 1"
"""What the engine adds where a program has told its error already."""


@dataclass(frozen=True)
class Done:
    """A call of the CLI that ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def said(self) -> str:
        """Give both outputs with each run of white space as one space: the CLI wraps lines."""
        return " ".join(f"{self.stdout} {self.stderr}".split())

    @property
    def diagnostics(self) -> set[str]:
        """Give the first line of each warning and error, wherever it was printed."""
        return set(
            re.findall(r"\b((?:warning|error): .*)$", self.stdout + self.stderr, re.MULTILINE)
        )

    def told(self, *beginnings: str) -> None:
        """Demand that these are the diagnostics, and no others; each is given by its beginning."""
        strange = [each for each in self.diagnostics if not each.startswith(beginnings)]
        assert strange == []
        for beginning in beginnings:
            assert any(each.startswith(beginning) for each in self.diagnostics), self.said


@dataclass(frozen=True)
class Cli:
    """A `pulumi` and the environment it runs in; nobody's account, plugins or credentials."""

    executable: Path
    home: Path
    environ: Mapping[str, str]
    cwd: Path

    def run(self, *arguments: str, given: str = "", seconds: float = SECONDS) -> Done:
        """Call it, whatever comes of it."""
        done = subprocess.run(  # noqa: S603 - the CLI under test
            [self.executable, *arguments, "--non-interactive", "--color", "never"],
            capture_output=True,
            check=False,
            cwd=self.cwd,
            env=dict(self.environ),
            input=given,
            text=True,
            timeout=seconds,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def must(
        self, *arguments: str, given: str = "", seconds: float = SECONDS, told: Sequence[str] = ()
    ) -> Done:
        """Call it, and demand that it succeed; the diagnostics of a run are just those `told`."""
        done = self.run(*arguments, given=given, seconds=seconds)
        assert done.code == 0, f"pulumi {' '.join(arguments)}: {done.said}"
        if arguments[0] in RUNS:
            done.told(*told)
        return done

    def fail(self, *arguments: str, told: Sequence[str], seconds: float = SECONDS) -> Done:
        """Run a program, and demand that it fail with these diagnostics and no others."""
        done = self.run(*arguments, seconds=seconds)
        assert done.code != 0, done.said
        done.told(*told)
        return done

    def json(self, *arguments: str) -> Any:
        """Call it, and read what it prints."""
        return json.loads(self.must(*arguments).stdout)

    @property
    def plugin(self) -> str:
        """The plugin's launcher, where `callerid install pulumi` put it."""
        [launcher] = self.home.glob(f"plugins/resource-callerid-v*/{PLUGIN_NAME}*")
        return str(launcher)

    def with_(self, **environ: str) -> Cli:
        """Give the same CLI with more variables in its environment."""
        return replace(self, environ={**self.environ, **environ})

    def project(self, program: Path, folder: Path) -> Cli:
        """Give the same CLI in a copy of a program, with a state and a stack of its own."""
        place = folder / program.name
        shutil.copytree(program, place, ignore=shutil.ignore_patterns("__pycache__"))
        return replace(self, cwd=place).with_state(folder)

    def with_state(self, folder: Path) -> Cli:
        """Give the same CLI in the same project, with a new state in a folder, and a stack."""
        state = folder / "state"
        state.mkdir()
        cli = self.with_(PULUMI_BACKEND_URL=state.as_uri())
        cli.must("stack", "init", STACK)
        return cli

    def created(self) -> set[str]:
        """Give the names of the resources in the exported state, but for stack and providers."""
        exported = self.json("stack", "export")["deployment"].get("resources", [])
        urns = [resource["urn"].split("::") for resource in exported]
        return {name for _, _, kind, name in urns if not kind.startswith(NOT_CREATED)}

    def language(self, name: str) -> bool:
        """Tell whether the plugin of a language is there."""
        return shutil.which(f"pulumi-language-{name}", path=self.environ["PATH"]) is not None


def cli_in(folder: Path, executable: Path) -> Cli:
    """Give a CLI that lives in a folder, called as from our virtual environment, activated."""
    home = folder / "home"
    home.mkdir(parents=True)
    variables = {
        "PULUMI_HOME": str(home),
        "PULUMI_BACKEND_URL": folder.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase of the tests",
        "HOME": str(folder),
        "PATH": os.pathsep.join([str(CALLERID.parent), os.environ["PATH"]]),
        "VIRTUAL_ENV": sys.prefix,
    }
    return Cli(executable, home, environment(variables), folder)
