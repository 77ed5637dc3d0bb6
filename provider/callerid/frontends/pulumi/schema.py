"""Derive the Pulumi schema: functions' models, the table of settings, examples/functions.

`python -m callerid.frontends.pulumi.schema` prints what `schema.json` must be. It needs the
repository.
"""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from callerid import __version__
from callerid.config import PLATFORM_TITLES, SETTINGS, Setting
from callerid.frontends.pulumi.semver import semver
from callerid.functions import FILES, Function, load
from callerid.model import Value, bare

NAME = "callerid"
_EXAMPLES = Path(__file__).parents[4] / "examples" / "functions"
_LANGUAGES = {"typescript": ".ts", "python": ".py", "go": ".go", "yaml": ".yaml"}
"""What a code block is marked with, and how a file in that language ends."""
_SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean"}


def derive() -> dict[str, Any]:
    """Give the schema. Every object type is a named one, every property is described."""
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
    """Give the schema as the text of `schema.json`."""
    return json.dumps(derive(), indent=2, ensure_ascii=False) + "\n"


def _token(name: str) -> str:
    return f"{NAME}:index:{name}"


def _setting(setting: Setting) -> dict[str, Any]:
    variables = " or ".join(f"`{variable}`" for variable in setting.env)
    default = f" Default: `{setting.default}`." if setting.default else ""
    written = {
        "type": setting.type,
        "description": f"{setting.description}{default} Environment: {variables}.",
    }
    return written | ({"secret": True} if setting.secret else {})


def _function(function: Function, named: dict[str, type[BaseModel]]) -> dict[str, Any]:
    description = inspect.cleandoc(function.run.__doc__ or "").partition("\n\nRaises:")[0]
    file = FILES[function.name].rpartition(".")[2]
    return {
        "description": f"{description}\n\n{_examples(file)}",
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
    described = _descriptions(model)
    properties = {
        field.alias or name: {
            **_type(field.annotation, named),
            "description": field.description or described[name],
        }
        for name, field in model.model_fields.items()
    }
    required = sorted(f.alias or n for n, f in model.model_fields.items() if f.is_required())
    description = inspect.cleandoc(model.__doc__ or "")
    return {"description": description, "properties": properties} | (
        {"required": required} if required else {}
    )


def _descriptions(model: type[BaseModel]) -> dict[str, str]:
    """Read the docstrings under the fields of a model and of those it is derived from."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if not issubclass(kind, Value) or kind is Value:
            continue
        [tree] = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
        for field, docstring in pairwise(getattr(tree, "body", [])):
            match field, docstring:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ):
                    found[name] = " ".join(text.split())
    return found


def _type(annotation: Any, named: dict[str, type[BaseModel]]) -> dict[str, Any]:
    annotation = bare(annotation)
    if annotation in _SCALARS:
        return {"type": _SCALARS[annotation]}
    if get_origin(annotation) is Literal:
        return {"type": "string"}
    if get_origin(annotation) is list:
        return {"type": "array", "items": _type(get_args(annotation)[0], named)}
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        named[annotation.__name__] = annotation
        return {"$ref": f"#/types/{_token(annotation.__name__)}"}
    message = f"The schema has no type for {annotation!r}."
    raise TypeError(message)


if __name__ == "__main__":
    print(text(), end="")  # noqa: T201 - printing is what this module is run for
