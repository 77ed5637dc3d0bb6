"""SDKs that the real CLI generates for TypeScript and Go: they compile, and tell what is wrong.

The first run on a machine fetches both languages' libraries, and takes minutes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.pulumi import Cli, Done

    from callerid.sandbox.server import Sandbox

EXAMPLES = Path(__file__).parents[2] / "examples"
FUNCTIONS = EXAMPLES / "functions"
LANGUAGES = Path(__file__).parent / "languages"
GO_SDK = "example.com/pulumi-callerid/sdk/go/..."
SECONDS = 600.0
SENTENCES = {
    "credential": "callerid has no credential. For m3ter set m3terApiKey and m3terApiSecret",
    "argument": "The argument platform of getCurrentUser must be m3ter or csp.",
    "guard": "callerid: grace@example.com (person, VMware Cloud Services) may not run this in "
    "organization 9c8e7d6a-2f41-4b3c-8a90-d15e6f7b0c24 (Acme Platform) required: Administrator",
}
"""What a program is told, by what it asks, with runs of white space as one space."""


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

    def ask(self, what: str, environ: Mapping[str, str]) -> Done:
        """Preview the project's program as somebody."""
        self.cli.must("config", "set", "ask", what)
        return self.cli.with_(**environ).run("preview", seconds=SECONDS)


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


@pytest.fixture(scope="session")
def typescript(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Give a project in TypeScript."""
    npm = shutil.which("npm")
    cache = _printed(npm, "config", "get", "cache").strip() if npm else ""
    folder = tmp_path_factory.mktemp("typescript")
    return _workspace(cli, folder, "typescript", "node", "npm", NPM_CONFIG_CACHE=cache)


@pytest.fixture(scope="session")
def golang(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Give a project in Go, whose compiler has what Pulumi's own builds leave in the cache."""
    names = ("GOCACHE", "GOMODCACHE", "GOFLAGS")
    go = shutil.which("go")
    caches = dict(zip(names, _printed(go, "env", *names).split("\n"), strict=False)) if go else {}
    caches["GOFLAGS"] = f"{caches.get('GOFLAGS', '')} -trimpath".strip()
    workspace = _workspace(cli, tmp_path_factory.mktemp("go"), "go", "go", **caches)
    workspace.copy(LANGUAGES / "asking.go", "asking/main.go")
    for path in sorted(FUNCTIONS.glob("*.go")):
        workspace.copy(path, f"{path.stem}/main.go")
    assert workspace.tool("go", "mod", "tidy")[0] == 0
    return workspace


def _tsc(workspace: Workspace, *arguments: str) -> tuple[int, str]:
    tsc = Path("node_modules", "typescript", "bin", "tsc")
    return workspace.tool("node", str(tsc), "--noEmit", "--strict", *arguments)


def test_typescript_compiles(typescript: Workspace) -> None:
    """SDK, example and the schema's examples pass the strict compiler, a misspelt name does not."""
    shown = [typescript.copy(path, path.name) for path in sorted(FUNCTIONS.glob("*.ts"))]
    mistake = typescript.copy(LANGUAGES / "mistake.ts", "mistake.ts")
    options = ("--target", "es2022", "--module", "commonjs", "--skipLibCheck")
    assert _tsc(typescript, "--project", "sdks/callerid") == (0, "")
    assert _tsc(typescript, "--project", ".") == (0, "")
    assert _tsc(typescript, *options, *shown) == (0, "")
    code, said = _tsc(typescript, *options, mistake)
    assert code != 0
    assert "'organisation' does not exist in type 'GetUserOrgRolesArgs'" in said


def test_go_compiles(golang: Workspace) -> None:
    """SDK and the schema's examples pass `go vet` in silence, a misspelt name does not compile."""
    assert golang.tool("go", "vet", GO_SDK, "./...") == (0, "")
    golang.copy(LANGUAGES / "mistake.go", "mistake/main.go")
    code, said = golang.tool("go", "build", "-o", os.devnull, "./mistake")
    assert code != 0
    assert "unknown field Organisation in struct literal" in said


@pytest.mark.parametrize("language", ["typescript", "golang"])
def test_a_program_is_told_what_is_wrong(
    request: pytest.FixtureRequest, sandbox: Sandbox, language: str
) -> None:
    """In every language in the same words: no credential, a wrong argument, a refusal."""
    workspace: Workspace = request.getfixturevalue(language)
    main = {"typescript": ("asking.ts", "index.ts"), "golang": ("asking.go", "main.go")}[language]
    workspace.copy(LANGUAGES / main[0], main[1])
    owner = sandbox.environment("owner")
    for ask, sentence in SENTENCES.items():
        done = workspace.ask(ask, {} if ask == "credential" else owner)
        assert done.code != 0, done.said
        assert sentence in done.said
