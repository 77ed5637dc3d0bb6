"""SDKs that the real CLI generates for TypeScript and Go: they compile, and tell what is wrong.

The first run on a machine fetches both languages' libraries, and takes minutes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.workspace import FUNCTIONS, LANGUAGES, SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.pulumi import Done
    from support.workspace import Workspace

    from callerid.sandbox.server import Sandbox

GO_SDK = "example.com/pulumi-callerid/sdk/go/..."
SENTENCES = {
    "credential": "callerid has no credential. For m3ter set m3terApiKey and m3terApiSecret",
    "argument": "The argument platform of getCurrentUser must be m3ter or csp.",
    "guard": "callerid: grace@example.com (person, VMware Cloud Services) may not run this in "
    "organization 9c8e7d6a-2f41-4b3c-8a90-d15e6f7b0c24 (Acme Platform) required: Administrator",
}
"""What a program is told, by what it asks, with runs of white space as one space."""


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
        done = _asked(workspace, ask, {} if ask == "credential" else owner)
        assert done.code != 0, done.said
        assert sentence in done.said


def _asked(workspace: Workspace, what: str, environ: Mapping[str, str]) -> Done:
    """Preview the project's program as somebody."""
    workspace.cli.must("config", "set", "ask", what)
    return workspace.cli.with_(**environ).run("preview", seconds=SECONDS)
