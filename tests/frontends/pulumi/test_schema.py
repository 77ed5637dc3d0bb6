"""The schema: fresh, complete, and of the form that Pulumi's tools accept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from callerid.config import SETTINGS
from callerid.frontends.pulumi import schema
from callerid.frontends.pulumi.schema_file import schema_text
from callerid.functions import FILES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
SCHEMA: dict[str, Any] = json.loads((ROOT / "schema.json").read_text(encoding="utf-8"))
TOKEN = "^callerid:index:[A-Za-z0-9]+$"
PROPERTY = {
    "type": "object",
    "properties": {
        "type": {"enum": ["string", "integer", "number", "boolean", "array"]},
        "$ref": {"pattern": "^#/types/callerid:index:[A-Za-z0-9]+$"},
        "items": {"type": "object"},
        "description": {"type": "string", "minLength": 5},
        "secret": {"const": True},
    },
    "required": ["description"],
    "oneOf": [{"required": ["type"]}, {"required": ["$ref"]}],
    "additionalProperties": False,
}
OBJECT = {
    "type": "object",
    "properties": {
        "type": {"const": "object"},
        "description": {"type": "string", "minLength": 10},
        "properties": {"additionalProperties": PROPERTY, "minProperties": 1},
        "required": {"type": "array", "uniqueItems": True},
    },
    "required": ["description", "properties"],
    "additionalProperties": False,
}
RULES = {
    "type": "object",
    "properties": {
        "name": {"const": "callerid"},
        "version": {"pattern": r"^\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$"},
        "config": {
            "properties": {"variables": {"additionalProperties": PROPERTY}},
            "additionalProperties": False,
        },
        "provider": {
            "properties": {
                "description": {"type": "string"},
                "inputProperties": {"additionalProperties": PROPERTY},
            },
            "additionalProperties": False,
        },
        "types": {"patternProperties": {TOKEN: OBJECT}, "additionalProperties": False},
        "functions": {
            "patternProperties": {
                TOKEN: {
                    "properties": {
                        "description": {"type": "string", "minLength": 10},
                        "inputs": OBJECT,
                        "outputs": OBJECT,
                    },
                    "required": ["description", "inputs", "outputs"],
                    "additionalProperties": False,
                }
            },
            "additionalProperties": False,
        },
    },
    "required": ["name", "version", "config", "provider", "types", "functions", "language"],
}
"""What Pulumi's metaschema asks, and what callerid asks beyond it."""


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].removeprefix("#/types/")
        for child in node.values():
            yield from _references(child)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child)


def _objects() -> Iterator[dict[str, Any]]:
    yield from SCHEMA["types"].values()
    for function in SCHEMA["functions"].values():
        yield function["inputs"]
        yield function["outputs"]


def test_schema_file_is_fresh() -> None:
    """`schema.json` is what the models say; `make schema` renews it."""
    text = (ROOT / "schema.json").read_text(encoding="utf-8")
    assert text == schema.text(), "run: make sdk"


def test_the_plugin_gives_the_file() -> None:
    """GetSchema and `callerid schema` read the same text."""
    assert schema_text() == schema.text()


def test_schema_follows_the_rules() -> None:
    """Named types only, every property described, no default and no environment anywhere."""
    jsonschema.Draft202012Validator(RULES).validate(SCHEMA)


def test_every_reference_leads_to_a_type_and_every_type_is_used() -> None:
    """No dangling reference, no orphan."""
    assert set(_references(SCHEMA)) == set(SCHEMA["types"])


def test_required_properties_exist() -> None:
    """What is promised is described."""
    assert all(set(each.get("required", ())) <= set(each["properties"]) for each in _objects())


def test_settings_stand_twice_and_alike() -> None:
    """The command line reads `config`, SDKs read the provider's inputs."""
    assert SCHEMA["config"]["variables"] == SCHEMA["provider"]["inputProperties"]
    assert list(SCHEMA["config"]["variables"]) == [setting.name for setting in SETTINGS]


def test_secret_settings_are_marked() -> None:
    """Pulumi encrypts in state what the schema marks, and nothing of an answer is marked."""
    marked = {n for n, p in SCHEMA["config"]["variables"].items() if p.get("secret")}
    assert marked == {
        "m3terApiToken",
        "m3terApiKey",
        "m3terApiSecret",
        "cspAccessToken",
        "cspClientSecret",
        "cspApiToken",
    }
    assert not any("secret" in p for each in _objects() for p in each["properties"].values())


def test_variables_stand_in_the_descriptions() -> None:
    """Every environment variable is documented where its setting is."""
    for setting in SETTINGS:
        described = SCHEMA["config"]["variables"][setting.name]["description"]
        assert re.findall(r"`([A-Z][A-Z0-9_]+)`", described) == list(setting.variables)


@pytest.mark.parametrize(
    ("function", "always"),
    [
        (
            "getCurrentUser",
            "credentialSource displayName id orgId platform principalType",
        ),
        ("requireCaller", "allowed displayName id orgId reasons roleNames"),
        (
            "getUserOrgRoles",
            (
                "credentialSource displayName fingerprint orgId organizations platform "
                "principalType roleNames roles userId"
            ),
        ),
    ],
)
def test_what_is_always_there(function: str, always: str) -> None:
    """The promise of the design, output by output."""
    assert SCHEMA["functions"][f"callerid:index:{function}"]["outputs"]["required"] == (
        always.split()
    )
    assert len(FILES) == len(SCHEMA["functions"])


def test_seed_fields_are_all_there_but_the_password() -> None:
    """Every field of both APIs' references is a property under its own name."""
    counts = {
        "M3terUser": 14,
        "M3terServiceUser": 7,
        "M3terOrganization": 26,
        "CspUser": 25,
        "CspUserProfile": 7,
        "CspUserOrgInfo": 5,
        "CspOrgRole": 10,
        "CspRole": 8,
        "CspServiceDefinition": 5,
    }
    types = SCHEMA["types"]
    found = {name: len(types[f"callerid:index:{name}"]["properties"]) for name in counts}
    assert found == counts
    assert not any("password" in each["properties"] for each in _objects())


@pytest.mark.parametrize(
    ("name", "always"),
    [
        ("Role", "active endKnown kind name source"),
        ("Organization", "id"),
        ("M3terUser", "id"),
        ("M3terServiceUser", "id"),
        ("M3terOrganization", "id"),
    ],
)
def test_what_a_type_always_has(name: str, always: str) -> None:
    """The platforms' own objects promise little: an API may leave out what it likes."""
    assert SCHEMA["types"][f"callerid:index:{name}"]["required"] == always.split()


SHOWN = ("typescript", "python", "go", "yaml")
EXAMPLE = re.compile(
    r"\n\n\{\{% examples %\}\}\n## Example Usage\n\n\{\{% example %\}\}\n### [A-Z][^\n]+\n\n"
    r"(?P<blocks>(?:```\w+\n.*?\n```\n\n)+)\{\{% /example %\}\}\n\{\{% /examples %\}\}",
    re.DOTALL,
)


@pytest.mark.parametrize("token", SCHEMA["functions"])
def test_every_function_shows_how_it_is_used(token: str) -> None:
    """The example ends the description, in the form that each language's generator takes apart."""
    description = SCHEMA["functions"][token]["description"]
    found = EXAMPLE.search(description)
    assert found is not None
    assert found.end() == len(description)
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", found["blocks"], re.MULTILINE | re.DOTALL)
    assert tuple(language for language, _ in blocks) == SHOWN
    name = token.rpartition(":")[2]
    snake = re.sub("([A-Z])", lambda letter: f"_{letter[1].lower()}", name)
    used = (f"callerid.{name}(", f"callerid.{snake}(", f"callerid.{name[0].upper()}{name[1:]}(")
    for (_, code), call in zip(blocks, (*used, f"callerid:{name}\n"), strict=True):
        assert call in code


def test_only_functions_have_examples() -> None:
    """Everywhere else a description is plain Markdown."""
    texts = [each["description"] for each in _objects()]
    texts += [p["description"] for each in _objects() for p in each["properties"].values()]
    texts += [p["description"] for p in SCHEMA["config"]["variables"].values()]
    assert [text for text in texts if re.search(r"\{\{|```|<[a-z/!]|\*/", text)] == []


def test_every_language_takes_the_schemas_version() -> None:
    """An SDK asks for the plugin of its own version, and Python's is a modern project."""
    assert {name for name, each in SCHEMA["language"].items() if each["respectSchemaVersion"]} == {
        *("csharp", "go", "nodejs", "python")
    }
    assert SCHEMA["language"]["python"]["pyproject"] == {"enabled": True}
