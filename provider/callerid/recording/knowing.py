"""What of an API's answer is kept: the fields that callerid reads, and no others.

A field that nobody reads can only give somebody away.
"""

from __future__ import annotations

import types
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AliasChoices, BaseModel


def known(body: Any, shape: Any) -> Any:
    """Copy JSON without the fields that `shape`, a reply model or a list of one, does not know."""
    shape = _bare(shape)
    if isinstance(body, list) and get_origin(shape) is list:
        return [known(item, get_args(shape)[0]) for item in body]
    if isinstance(body, dict) and isinstance(shape, type) and issubclass(shape, BaseModel):
        fields = _fields(shape)
        return {name: known(item, fields[name]) for name, item in body.items() if name in fields}
    return body


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    """Give the annotation of each field under every name that an API may use for it."""
    return {
        name: field.annotation
        for field_name, field in model.model_fields.items()
        for name in _names(field.validation_alias or field.alias or field_name)
    }


def _names(alias: object) -> list[str]:
    if isinstance(alias, AliasChoices):
        return [each for each in alias.choices if isinstance(each, str)]
    return [str(alias)]


def _bare(shape: Any) -> Any:
    """Strip what says that a value may be absent, and what limits it."""
    if get_origin(shape) in {types.UnionType, Union}:
        [shape] = [each for each in get_args(shape) if each is not types.NoneType]
    return get_args(shape)[0] if get_origin(shape) is Annotated else shape
