"""The SDK against the schema, point by point."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import textwrap
from pathlib import Path
from typing import Any

import pulumi
import pytest

import pulumi_callerid as callerid

SCHEMA = json.loads((Path(__file__).parents[2] / "schema.json").read_text(encoding="utf-8"))
SETTINGS = SCHEMA["provider"]["inputProperties"]
SDK = Path(callerid.__file__).parent


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _result(token: str) -> type:
    name = token.rpartition(":")[2]
    result = getattr(callerid, f"{name[0].upper()}{name[1:]}Result")
    assert isinstance(result, type)
    return result


CLASSES: list[tuple[type, dict[str, Any]]] = [
    *((getattr(callerid.outputs, name.rpartition(":")[2]), node)
      for name, node in SCHEMA["types"].items()),
    *((_result(token), node["outputs"]) for token, node in SCHEMA["functions"].items()),
]  # fmt: skip


def _notes(tree: ast.Module | ast.ClassDef) -> dict[str, str]:
    """Give the docstring below each annotated name of a module or class."""
    pairs = zip(tree.body, tree.body[1:], strict=False)
    return {
        ast.unparse(field.target): inspect.cleandoc(str(note.value.value))
        for field, note in pairs
        if isinstance(field, ast.AnnAssign)
        and isinstance(note, ast.Expr)
        and isinstance(note.value, ast.Constant)
    }


def _tree(module: str) -> ast.Module:
    path = SDK / f"{module.rpartition('.')[2]}.py"
    return ast.parse(path.read_text(encoding="utf-8"))


def _class_notes(of: type) -> dict[str, str]:
    found = [node for node in _tree(of.__module__).body if isinstance(node, ast.ClassDef)]
    return _notes(next(node for node in found if node.name == of.__name__))


def _plain(text: str | None) -> list[str]:
    return str(text).split()


def _described(node: dict[str, Any]) -> dict[str, list[str]]:
    return {_snake(name): _plain(each["description"]) for name, each in node.items()}


def test_everything_exported_is_there() -> None:
    """`__all__` is exact in the package and in every module of it."""
    names = [path.stem for path in SDK.glob("*.py") if path.stem not in {"__init__", "config"}]
    for module in [
        callerid,
        *(importlib.import_module(f"pulumi_callerid.{name}") for name in names),
    ]:
        missing = [name for name in getattr(module, "__all__", ()) if not hasattr(module, name)]
        assert missing == [], module.__name__


def test_the_package_exports_the_schema_and_nothing_else() -> None:
    """Two functions and two classes a function, the provider, its settings, the nested types."""
    expected = {"Provider", "ProviderArgs", "config", "outputs"}
    for token in SCHEMA["functions"]:
        name = _snake(token.rpartition(":")[2])
        result = _result(token).__name__
        expected |= {name, f"{name}_output", result, f"Awaitable{result}"}
    assert set(callerid.__all__) == expected
    assert set(callerid.outputs.__all__) == {name.rpartition(":")[2] for name in SCHEMA["types"]}


@pytest.mark.parametrize(("of", "node"), CLASSES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_class_has_the_properties_of_the_schema(of: type, node: dict[str, Any]) -> None:
    """Names, required or optional, documentation: all as the schema says."""
    required = {_snake(name) for name in node.get("required", ())}
    parameters = dict(inspect.signature(of).parameters)
    parameters.pop("__self__", None)
    assert set(parameters) == {_snake(name) for name in node["properties"]}
    assert {name for name, one in parameters.items() if one.default is one.empty} == required
    assert all(one.kind is one.KEYWORD_ONLY for one in parameters.values())
    notes = {name: _plain(note) for name, note in _class_notes(of).items()}
    assert notes == _described(node["properties"])
    assert _plain(of.__doc__) == _plain(node["description"])


@pytest.mark.parametrize(("of", "node"), CLASSES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_class_reads_the_schemas_names(of: type, node: dict[str, Any]) -> None:
    """Pulumi fills each property from its name in the schema, and gives it by attribute."""
    for name in node["properties"]:
        value = of(**{_snake(each): None for each in node["properties"]} | {_snake(name): "x"})
        assert getattr(value, _snake(name)) == pulumi.get(value, _snake(name)) == "x"
        getter = inspect.getattr_static(of, _snake(name)).fget
        assert getter._pulumi_name == name  # noqa: SLF001 - what pulumi itself reads


@pytest.mark.parametrize("token", SCHEMA["functions"])
def test_a_function_has_the_inputs_of_the_schema(token: str) -> None:
    """Both forms: the schema's inputs in alphabetical order, then `opts`, each with its text."""
    node = SCHEMA["functions"][token]
    name = _snake(token.rpartition(":")[2])
    prose = node["description"].partition("{{% examples %}}")[0]
    for function in (getattr(callerid, name), getattr(callerid, f"{name}_output")):
        parameters = inspect.signature(function).parameters
        assert list(parameters) == [*sorted(map(_snake, node["inputs"]["properties"])), "opts"]
        assert all(one.default is None for one in parameters.values())
        doc = " ".join(_plain(function.__doc__))
        assert " ".join(_plain(prose)) in doc
        for text in _described(node["inputs"]["properties"]).values():
            assert " ".join(text) in doc


@pytest.mark.parametrize("token", SCHEMA["functions"])
def test_the_plain_form_has_the_example_in_python(token: str) -> None:
    """As it stands in the schema, and none of another language."""
    node = SCHEMA["functions"][token]
    name = _snake(token.rpartition(":")[2])
    [example] = re.findall(r"```python\n(.*?)\n```", node["description"], re.DOTALL)
    shown = textwrap.indent(example, "    ")
    assert f"\nExample:\n{shown}" in str(inspect.getdoc(getattr(callerid, name)))
    assert "Example:" not in str(getattr(callerid, f"{name}_output").__doc__)
    assert "{{%" not in (SDK / f"_{name}.py").read_text(encoding="utf-8")


def test_the_provider_has_the_settings_of_the_schema() -> None:
    """As keyword arguments, as `ProviderArgs`, as configuration: the same names and texts."""
    described = _described(SETTINGS)
    keywords = {
        name
        for name, one in inspect.signature(callerid.Provider).parameters.items()
        if one.kind is one.KEYWORD_ONLY
    }
    assert keywords == set(described) == set(callerid.config.__all__)
    for notes in (_class_notes(callerid.ProviderArgs), _notes(_tree("config"))):
        assert {name: _plain(note) for name, note in notes.items()} == described
    doc = " ".join(_plain(callerid.Provider.__init__.__doc__))
    assert all(" ".join(text) in doc for text in described.values())


def test_secrets_of_the_schema_are_marked() -> None:
    """Every secret setting, and no other, goes to the engine as a secret."""
    told = importlib.import_module("pulumi_callerid.provider")._SETTINGS  # noqa: SLF001 - what is sent follows it
    assert {row.name: (row.python_name, row.kind, row.secret) for row in told} == {
        name: (_snake(name), node["type"], node.get("secret", False))
        for name, node in SETTINGS.items()
    }


def test_settings_come_one_way() -> None:
    """Both ways at once is a mistake, and the message says so."""
    args = callerid.ProviderArgs(platform="csp")
    with pytest.raises(pulumi.RunError, match="not as both"):
        callerid.Provider("p", args, platform="m3ter")


def test_settings_in_one_piece_are_provider_args() -> None:
    """A dictionary is none, and the message says what is."""
    args: Any = {"platform": "m3ter"}
    with pytest.raises(pulumi.RunError, match="as keyword arguments, or as one ProviderArgs"):
        callerid.Provider("p", args)


def test_configuration_has_no_other_names() -> None:
    """A misspelt setting is an `AttributeError`, not None."""
    with pytest.raises(AttributeError, match="platfrom"):
        callerid.config.platfrom  # type: ignore[attr-defined] # noqa: B018 - the mistake itself


def test_the_plugin_file_names_the_plugin() -> None:
    """Pulumi reads from it which plugin, of which version, the program needs."""
    plugin = json.loads((SDK / "pulumi-plugin.json").read_text(encoding="utf-8"))
    assert plugin == {"resource": True, "name": "callerid", "version": SCHEMA["version"]}
    assert (SDK / "py.typed").read_bytes() == b""


def test_no_environment_is_read() -> None:
    """The plugin alone reads variables, so that every language behaves alike."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in SDK.glob("*.py"))
    imports = set(re.findall(r"^(?:from|import) (\w+)", source, re.MULTILINE))
    assert imports <= {
        *("__future__", "collections", "contextlib", "dataclasses", "functools"),
        "importlib",
        "inspect",
        *("ipaddress", "json", "math", "re", "typing", "urllib"),
        *("grpc", "pulumi", "pulumi_callerid", "traceback"),
    }
