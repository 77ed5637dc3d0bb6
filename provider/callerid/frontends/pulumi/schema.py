"""Derive the Pulumi schema: functions' models, the table of settings, examples/functions.

`python -m callerid.frontends.pulumi.schema` prints what `schema.json` must be. It needs the
repository.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from callerid import __version__
from callerid.config import PLATFORM_TITLES, SETTINGS, Setting
from callerid.frontends.semver import semver
from callerid.frontends.shapes import (
    Kind,
    ListOf,
    Property,
    described_function,
    described_model,
    described_setting,
    properties,
)
from callerid.functions import FILES, Function, load

NAME = "callerid"
_EXAMPLES = Path(__file__).parents[4] / "examples" / "functions"
_LANGUAGES = {"typescript": ".ts", "python": ".py", "go": ".go", "yaml": ".yaml"}
"""What a code block is marked with, and how a file in that language ends."""
_SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean"}


_ADVICE = {
    "requireCaller": (
        "Called first, in its plain form, it guards the whole program; its output form guards only "
        "what\nconsumes the answer, and so does every call in YAML."
    )
}
"""What is said here of a function, beside what every host is told."""


def derive() -> dict[str, Any]:
    """Return the schema. Every object type is a named one, every property is described."""
    named: dict[str, type[BaseModel]] = {}
    functions = {_token(f.name): _function(f, named) for f in map(load, FILES)}
    schema_types: dict[str, Any] = {}
    while named.keys() - schema_types.keys():
        for name in sorted(named.keys() - schema_types.keys()):
            schema_types[name] = {"type": "object", **_object(named[name], named)}
    return {
        "name": NAME,
        "displayName": "callerid",
        "version": semver(__version__),
        "description": "Tells a Pulumi program who is running it, in which organization, with "
        "which roles. Answered live by the API that issued the caller's credential.",
        "keywords": ["pulumi", "callerid", "identity", *PLATFORM_TITLES, "category/utility"],
        "license": "Apache-2.0",
        "config": {"variables": {s.name: _setting(s) for s in SETTINGS}},
        "provider": {
            "description": "Where the caller's credential comes from. Every setting is optional "
            "and falls back to its environment variable.",
            "inputProperties": {s.name: _setting(s) for s in SETTINGS},
        },
        "types": {_token(name): schema_types[name] for name in sorted(schema_types)},
        "functions": functions,
        "language": {
            "python": {
                "packageName": "pulumi_callerid",
                "respectSchemaVersion": True,
                "pyproject": {"enabled": True},
            },
            "nodejs": {"respectSchemaVersion": True},
            "go": {"respectSchemaVersion": True},
            "csharp": {"respectSchemaVersion": True},
        },
    }


def text() -> str:
    """Return the schema as the text of `schema.json`."""
    return json.dumps(derive(), indent=2, ensure_ascii=False) + "\n"


def _token(name: str) -> str:
    return f"{NAME}:index:{name}"


def _setting(setting: Setting) -> dict[str, Any]:
    written = {"type": setting.type, "description": described_setting(setting)}
    return written | ({"secret": True} if setting.secret else {})


def _function(function: Function, named: dict[str, type[BaseModel]]) -> dict[str, Any]:
    file = FILES[function.name].rpartition(".")[2]
    return {
        "description": f"{described_function(function, _ADVICE)}\n\n{_examples(file)}",
        "inputs": _object(function.args, named),
        "outputs": _object(function.result, named),
    }


def _examples(stem: str) -> str:
    """Write a function's example in every language, in the form that Pulumi's tools take apart.

    Its title is the docstring of the Python one.
    """
    texts = {
        language: (_EXAMPLES / f"{stem}{suffix}").read_text(encoding="utf-8")
        for language, suffix in _LANGUAGES.items()
    }
    title = (ast.get_docstring(ast.parse(texts["python"])) or "").rstrip(".")
    texts["python"] = texts["python"].partition("\n\n")[2]
    return "\n\n".join(
        [
            "{{% examples %}}\n## Example Usage",
            f"{{{{% example %}}}}\n### {title}",
            *(f"```{language}\n{text}```" for language, text in texts.items()),
            "{{% /example %}}\n{{% /examples %}}",
        ]
    )


def _object(model: type[BaseModel], named: dict[str, type[BaseModel]]) -> dict[str, Any]:
    fields = properties(model)
    written = {f.alias: _property(f, named) for f in fields}
    required = sorted(f.alias for f in fields if f.required)
    return {"description": described_model(model), "properties": written} | (
        {"required": required} if required else {}
    )


def _property(field: Property, named: dict[str, type[BaseModel]]) -> dict[str, Any]:
    written = {**_type(field.kind, named), "description": field.description}
    return written | ({"deprecationMessage": field.deprecated} if field.deprecated else {})


def _type(kind: Kind, named: dict[str, type[BaseModel]]) -> dict[str, Any]:
    if isinstance(kind, ListOf):
        return {"type": "array", "items": _type(kind.item, named)}
    if issubclass(kind, BaseModel):
        named[kind.__name__] = kind
        return {"$ref": f"#/types/{_token(kind.__name__)}"}
    return {"type": _SCALARS[kind]}


if __name__ == "__main__":
    print(text(), end="")  # noqa: T201 - printing is what this module is run for
