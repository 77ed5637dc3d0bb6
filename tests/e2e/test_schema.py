"""The real Pulumi CLI reads callerid's schema: what it gives, generates and calls from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.pulumi import Cli

SCHEMA = Path(__file__).parents[2] / "schema.json"
WHO = "callerid:index:getCurrentUser"


def test_the_plugin_gives_the_committed_schema(cli: Cli) -> None:
    """The plugin gives the schema that is committed."""
    assert cli.json("package", "get-schema", cli.plugin) == json.loads(SCHEMA.read_text("utf-8"))


def test_the_cli_finds_no_fault_in_the_schema(cli: Cli) -> None:
    """The CLI finds nothing wrong with the schema."""
    assert "warning" not in cli.must("schema", "check", str(SCHEMA)).said


@pytest.mark.parametrize(
    ("language", "file", "function"),
    [
        ("python", "python/pulumi_callerid/get_current_user.py", "def get_current_user("),
        ("nodejs", "nodejs/getCurrentUser.ts", "export function getCurrentUser("),
        ("go", "go/callerid/getCurrentUser.go", "func GetCurrentUser("),
    ],
)
def test_generated_sdk(cli: Cli, tmp_path: Path, language: str, file: str, function: str) -> None:
    """Each language gets an SDK with our functions in it."""
    if not cli.language(language):
        pytest.skip(f"no pulumi-language-{language}")
    out = ("--out", str(tmp_path), "--language", language)
    cli.must("package", "gen-sdk", cli.plugin, *out)
    assert function in (tmp_path / file).read_text("utf-8")


def test_pulumi_do_answers_without_a_program(owner: Cli) -> None:
    """A person asks without a program: `pulumi do`."""
    if "unknown command" in owner.run("do", "--help").said:
        pytest.skip("this pulumi has no command do")
    answer = owner.json("do", WHO)
    assert answer["displayName"] == "Grace Hopper"
    assert answer["credentialSource"] == "environment CSP_API_TOKEN"
