"""Write the validators that `callerid.derived` runs, as pydantic builds them from the models.

`python -m callerid.deriving` writes the file beside every module that declares models.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic_core import __version__

from callerid.derived import ARGUMENTS, DERIVED_FOR, MARKS, MODEL, MODULES, NAMED, file_beside
from callerid.functions import FILES, load
from callerid.model import Instead, Value
from callerid.platforms import part
from callerid.registry import PLATFORMS

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLATFORMS = "callerid.platforms."
_LEFT_OUT = {
    *("computed_fields", "custom_init", "metadata", "ref", "root_model", "serialization"),
    "serialization_alias",
}
"""Keys that neither validate nor name anything."""


def derive() -> dict[Path, str]:
    """Return what each file must be."""
    files: dict[Path, dict[str, Any]] = {file_beside(module): {} for module in MODULES}
    for model in models():
        module = Path(sys.modules[model.__module__].__file__ or "")
        schema = _written(_whole(model), model)
        files[file_beside(module)][model.__qualname__] = schema
    return {file: _text(found) for file, found in sorted(files.items())}


def models() -> list[type[Value]]:
    """Return every model that functions and platforms declare, pydantic's built."""
    for function in FILES:
        load(function)
    for platform in PLATFORMS:
        part(platform, "answers")
    found = [each for each in _below(Value) if _is_ours(each)]
    for each in found:
        each.model_rebuild()
    return sorted(found, key=lambda each: (each.__module__, each.__qualname__))


def _below(model: type[Value]) -> Iterator[type[Value]]:
    for each in model.__subclasses__():
        yield each
        yield from _below(each)


def _is_ours(model: type[Value]) -> bool:
    """Leave out those of tests, and what pydantic makes of a generic one."""
    return model.__module__.startswith("callerid.") and model.__qualname__.isidentifier()


def _text(schemas: dict[str, Any]) -> str:
    """Write a model a line, so that a change of one is seen as such."""
    head = json.dumps({DERIVED_FOR: __version__})[:-1]
    lines = (f"{json.dumps(name)}: {json.dumps(schemas[name])}" for name in schemas)
    return f'{head}, "models": {{\n' + ",\n".join(lines) + "\n}}\n"


def _whole(model: type[Value]) -> Any:
    """Return a model's schema as one tree."""
    schema: Any = model.__pydantic_core_schema__
    shared = {each["ref"]: each for each in schema.get("definitions", [])}
    return _tree(schema["schema"] if shared else schema, shared)


def _tree(node: Any, shared: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_tree(each, shared) for each in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "definition-ref":
        return _tree(shared[node["schema_ref"]], shared)
    return {key: _tree(each, shared) for key, each in node.items() if key not in _LEFT_OUT}


def _written(node: Any, model: type[Value], field: str | None = None) -> Any:
    """Write a part of a model's schema, within a field: classes and other models by name."""
    if isinstance(node, list):
        return [_written(each, model, field) for each in node]
    if callable(node):
        return {NAMED: _name(node)}
    if not isinstance(node, dict):
        return node
    other = _model_of(node)
    if other and other is not model and node == _whole(other):
        return {MODEL: _name(other)} if _may_name(model, other) else {"type": "any"}
    if node.get("type") == "model-fields":
        fields = {
            name: {**_written(each, model, name), **_marks(model, name)}
            for name, each in node["fields"].items()
        }
        return {**node, "fields": fields}
    written = {key: _written(each, model, field) for key, each in node.items()}
    return written | _for_older_cores(node, field)


def _model_of(node: dict[str, Any]) -> type[Value] | None:
    """Return the model that a schema is of, whatever functions go before it."""
    while str(node.get("type")).startswith("function-"):
        node = node["schema"]
    found: type[Value] | None = node["cls"] if node.get("type") == "model" else None
    return found


def _may_name(model: type[Value], other: type[Value]) -> bool:
    """A result takes a platform's own answer as it is: the platform has read it."""
    return model.__module__.startswith(_PLATFORMS) or not other.__module__.startswith(_PLATFORMS)


def _marks(model: type[Value], field: str) -> dict[str, Any]:
    marks = [
        {NAMED: _name(type(mark)), ARGUMENTS: list(mark)}
        for mark in model.model_fields[field].metadata
        if isinstance(mark, Instead)
    ]
    return {"metadata": {MARKS: marks}} if marks else {}


def _for_older_cores(node: dict[str, Any], field: str | None) -> dict[str, Any]:
    """Add what older cores want to be told in other words; newer ones pass over it."""
    if node.get("type") == "with-info" and field:
        return {"field_name": field}
    return {"populate_by_name": True} if node.get("validate_by_name") else {}


def _name(named: Any) -> str:
    """Return the name of a class or function; of a method that is bound, that in its class."""
    if owner := getattr(named, "__self__", None):
        return f"{owner.__module__}:{owner.__qualname__}.{named.__name__}"
    return f"{named.__module__}:{named.__qualname__}"


if __name__ == "__main__":
    for file, text in derive().items():
        file.write_text(text, encoding="utf-8")
