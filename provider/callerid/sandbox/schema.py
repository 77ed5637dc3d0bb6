"""Derive the JSON schema of scenario files, for editors, from the models.

`python -m callerid.sandbox.schema` prints what `scenario.schema.json` must be.
"""

from __future__ import annotations

import json
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from pydantic.alias_generators import to_camel

from callerid.config import PLATFORM_TITLES
from callerid.sandbox.credential import Credential
from callerid.sandbox.scenario import Scenario, ScenarioFile
from callerid.sandbox.strict import Strict

if TYPE_CHECKING:
    from collections.abc import Iterator

_DRAFT = "http://json-schema.org/draft-07/schema#"
"""The draft that every editor knows."""
_REF = "#/definitions/{model}"


def derive() -> dict[str, Any]:
    """Return the schema. A file that extends another may leave out what that file has."""
    made = ScenarioFile.model_json_schema(ref_template=_REF)
    definitions = made.pop("$defs")
    for model in _mapped(ScenarioFile):
        definitions.get(model.__name__, made).pop("required", None)
    return {
        "$schema": _DRAFT,
        "title": "A caller of callerid's sandbox",
        **_tidy(made),
        "if": {"not": {"required": ["extends"]}},
        "then": _complete(Scenario),
        "definitions": {name: _tidy(definitions[name]) for name in sorted(definitions)},
    }


def derived_text() -> str:
    """Return the schema as it stands in its file."""
    return json.dumps(derive(), indent=2, ensure_ascii=False) + "\n"


def _complete(model: type[Strict]) -> dict[str, Any]:
    """Return what a file that extends no other must have, here and in the mappings below."""
    aliases = {name: field.alias or name for name, field in model.model_fields.items()}
    required = [aliases[name] for name, field in model.model_fields.items() if field.is_required()]
    below = {aliases[name]: rule for name in aliases if (rule := _rule(model, name))}
    ways = _ways(model)
    return {
        **({"required": required} if required else {}),
        **({"anyOf": [{"required": way} for way in ways]} if ways else {}),
        **({"properties": below} if below else {}),
    }


def _ways(model: type[Strict]) -> list[list[str]]:
    """List the sets of keys of which a mapping has one."""
    if issubclass(model, Credential):
        return [[to_camel(name) for name in way] for way in model.ways]
    return [[name] for name in PLATFORM_TITLES] if model is Scenario else []


def _rule(model: type[Strict], name: str) -> dict[str, Any] | None:
    annotation = model.model_fields[name].annotation
    inner = _model(annotation)
    rule = _complete(inner) if inner else None
    return {"additionalProperties": rule} if rule and get_origin(annotation) is dict else rule


def _mapped(model: type[Strict]) -> Iterator[type[Strict]]:
    """Yield a model and the models of its nested mappings, which merge; list items do not."""
    yield model
    for field in model.model_fields.values():
        if inner := _model(field.annotation):
            yield from _mapped(inner)


def _model(annotation: Any) -> type[Strict] | None:
    """Find the model of a mapping, of one that may be null, or of the values of one by key."""
    if get_origin(annotation) in (Union, UnionType):
        found = [_model(each) for each in get_args(annotation) if each is not NoneType]
        return found[0] if len(found) == 1 else None
    if get_origin(annotation) is dict:
        return _model(get_args(annotation)[1])
    is_class = isinstance(annotation, type) and get_origin(annotation) is None
    return annotation if is_class and issubclass(annotation, Strict) else None


def _tidy(schema: Any) -> Any:
    """Leave out what does not help in an editor, and keep what stands beside a reference."""
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: _tidy(each) for name, each in schema.items() if _helps(name, each)}
    if isinstance(kept.get("description"), str):
        kept["description"] = " ".join(kept["description"].split())
    if "$ref" in kept and len(kept) > 1:
        kept = {"allOf": [{"$ref": kept.pop("$ref")}], **kept}
    return kept


def _helps(name: str, value: Any) -> bool:
    if name == "title":
        return not isinstance(value, str)
    return name != "default" or isinstance(value, bool | int | float | str)


if __name__ == "__main__":
    print(derived_text(), end="")  # noqa: T201 - printing is what this module is run for
