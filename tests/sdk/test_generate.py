"""The generator: what it writes is what is committed, and a schema may grow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import pytext
from generate import generate

ROOT = Path(__file__).parents[2]
SDK = ROOT / "sdk" / "python"


def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((ROOT / "schema.json").read_text(encoding="utf-8"))
    return schema


def _grown() -> dict[str, Any]:
    """Give the schema with one more function: seven inputs, one of them required."""
    schema = _schema()
    text = {"type": "string", "description": "A word of it."}
    inputs = dict.fromkeys(("from", "oneMore", "b", "c", "d", "e"), text)
    roles = {"type": "array", "items": {"type": "string"}, "description": "Names of roles."}
    schema["functions"]["callerid:index:requireMuch"] = {
        "description": "Require a lot of whoever is calling.",
        "inputs": {"properties": {**inputs, "anyRoles": roles}, "required": ["oneMore"]},
        "outputs": {
            "description": "What came of it.",
            "properties": {"allowed": {"type": "boolean", "description": "Whether it may."}},
            "required": ["allowed"],
        },
    }
    return schema


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_committed_sdk_is_fresh(tmp_path: Path) -> None:
    """Generating again gives the committed bytes; if not, run `make sdk`."""
    generate(_schema(), tmp_path)
    assert _files(tmp_path) == _files(SDK)


def test_generating_twice_changes_nothing_and_leaves_no_stale_file(tmp_path: Path) -> None:
    """The bytes are stable, and a function that is gone leaves nothing behind."""
    generate(_grown(), tmp_path)
    assert "pulumi_callerid/_require_much.py" in _files(tmp_path)
    generate(_schema(), tmp_path)
    assert _files(tmp_path) == _files(SDK)


def test_a_new_function_appears_by_itself(tmp_path: Path) -> None:
    """It can be imported, asks for what is required first, and has its second form."""
    generate(_grown(), tmp_path)
    program = (
        "import inspect, pulumi_callerid as c\n"
        "print(*inspect.signature(c.require_much).parameters, *sorted(n for n in c.__all__ if"
        " 'uch' in n))"
    )
    ran = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == [
        *("one_more", "any_roles", "b", "c", "d", "e", "from_", "opts"),
        *("AwaitableRequireMuchResult", "RequireMuchResult"),
        *("require_much", "require_much_output"),
    ]


def test_new_code_is_clean(tmp_path: Path) -> None:
    """What is written for any schema passes the repository's own lint."""
    generate(_grown(), tmp_path)
    ruff = [sys.executable, "-m", "ruff", "check", "--no-cache"]
    ran = subprocess.run(  # noqa: S603 - our own linter
        [*ruff, "--config", str(ROOT / "pyproject.toml"), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, "All checks passed!\n")


@pytest.mark.parametrize(
    ("camel", "snake"),
    [
        ("m3terApiKey", "m3ter_api_key"),
        ("cspBaseUrl", "csp_base_url"),
        ("billingContactUserId1", "billing_contact_user_id1"),
        ("from", "from_"),
    ],
)
def test_names_are_pythons(camel: str, snake: str) -> None:
    """Names become what Pulumi makes of them in Python; keywords get out of the way."""
    assert pytext.snake(camel) == snake


def test_an_unknown_kind_of_property_is_refused(tmp_path: Path) -> None:
    """A schema beyond the generator stops it, with the property in the message."""
    schema = _schema()
    schema["types"]["callerid:index:Role"]["properties"]["name"] = {"type": "object"}
    with pytest.raises(ValueError, match=r'knows no Python type for \{"type": "object"\}'):
        generate(schema, tmp_path)


@pytest.mark.parametrize(
    "node", [{"type": "object"}, {"type": "array", "items": {"type": "number"}}]
)
def test_an_input_that_nothing_checks_is_refused(tmp_path: Path, node: dict[str, Any]) -> None:
    """An input of a kind that the checks do not know would pass them by."""
    schema = _schema()
    schema["provider"]["inputProperties"]["platform"] |= {"items": None, **node}
    with pytest.raises(ValueError, match=r"knows no (check|Python type) for "):
        generate(schema, tmp_path)


@pytest.mark.parametrize(
    "name", ["argument_rules", "casing", "nearest", "registry", "setting_rules"]
)
def test_rules_are_the_plugins_own(name: str) -> None:
    """Word for word but for where they import each other from, below a line that says so."""
    own = (ROOT / "provider" / "callerid" / f"{name}.py").read_text(encoding="utf-8")
    notice, _, copied = (SDK / "pulumi_callerid" / f"_{name}.py").read_text("utf-8").partition("\n")
    assert notice == f"# Copied from provider/callerid/{name}.py by sdk/generate.py; edit that."
    assert copied == own.replace("from callerid.", "from pulumi_callerid._")


def test_types_in_a_circle_are_refused(tmp_path: Path) -> None:
    """Classes that need each other cannot be written in any order."""
    schema = _schema()
    circle = {"$ref": "#/types/callerid:index:Role", "description": "Itself."}
    schema["types"]["callerid:index:Role"]["properties"]["parent"] = circle
    with pytest.raises(ValueError, match=r"in a circle: .*Role"):
        generate(schema, tmp_path)
