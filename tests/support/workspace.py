"""A project in TypeScript or Go, with the SDK in it that the real CLI generates."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.pulumi import Cli

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FUNCTIONS = EXAMPLES / "functions"
LANGUAGES = ROOT / "tests" / "e2e" / "languages"
SECONDS = 600.0
"""For one command; the first ones fetch a language's libraries."""


@dataclass(frozen=True)
class Workspace:
    """A project in another language, with the SDK generated in it."""

    cli: Cli

    def tool(self, *command: str) -> tuple[int, str]:
        """Run a tool of the language there; give its exit code and all that it printed."""
        done = subprocess.run(  # noqa: S603 - a compiler
            [shutil.which(command[0]) or command[0], *command[1:]],
            cwd=self.cli.cwd,
            env=dict(self.cli.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return done.returncode, done.stdout

    def copy(self, source: Path, name: str) -> str:
        """Put a file into the project, and give its name."""
        (self.cli.cwd / name).parent.mkdir(exist_ok=True)
        shutil.copy(source, self.cli.cwd / name)
        return name


def typescript(cli: Cli, folder: Path) -> Workspace:
    """Make a project in TypeScript."""
    npm = shutil.which("npm")
    cache = _printed(npm, "config", "get", "cache").strip() if npm else ""
    return _workspace(cli, folder, "typescript", "node", "npm", NPM_CONFIG_CACHE=cache)


def golang(cli: Cli, folder: Path) -> Workspace:
    """Make a project in Go, whose compiler has what Pulumi's own builds leave in the cache."""
    names = ("GOCACHE", "GOMODCACHE", "GOFLAGS")
    go = shutil.which("go")
    caches = dict(zip(names, _printed(go, "env", *names).split("\n"), strict=False)) if go else {}
    caches["GOFLAGS"] = f"{caches.get('GOFLAGS', '')} -trimpath".strip()
    workspace = _workspace(cli, folder, "go", "go", **caches)
    workspace.copy(LANGUAGES / "asking.go", "asking/main.go")
    for path in sorted(FUNCTIONS.glob("*.go")):
        workspace.copy(path, f"{path.stem}/main.go")
    assert workspace.tool("go", "mod", "tidy")[0] == 0
    return workspace


def _workspace(cli: Cli, folder: Path, language: str, *tools: str, **caches: str) -> Workspace:
    """Copy an example, and add the package to it."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    plugin = "nodejs" if language == "typescript" else language
    if missing or not cli.language(plugin):
        pytest.skip(f"no {missing[0] if missing else f'pulumi-language-{plugin}'}")
    project = cli.with_(**caches).project(EXAMPLES / language, folder)
    project.must("package", "add", "callerid", seconds=SECONDS)
    return Workspace(project)


def _printed(*command: str) -> str:
    return subprocess.run(  # noqa: S603 - a tool that was found on PATH
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True
    ).stdout
