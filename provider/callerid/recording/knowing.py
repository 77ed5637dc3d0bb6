"""What of an API's answer is kept: the fields that callerid reads, and no others.

A field that callerid does not read can only reveal personal data.
"""

from __future__ import annotations

from typing import Any, get_args, get_origin

from pydantic import AliasChoices, BaseModel

from callerid.casing import camel
from callerid.model import bare


def known(body: Any, shape: Any) -> Any:
    """Copy JSON without the fields that `shape`, a reply model or a list of one, does not know."""
    shape = bare(shape)
    if isinstance(body, list) and get_origin(shape) is list:
        return [known(item, get_args(shape)[0]) for item in body]
    if isinstance(body, dict) and isinstance(shape, type) and issubclass(shape, BaseModel):
        fields = _fields(shape)
        return {name: known(item, fields[name]) for name, item in body.items() if name in fields}
    return body


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    """Return the annotation of each field under every name that an API may use for it."""
    return {
        name: field.annotation
        for field_name, field in model.model_fields.items()
        for name in (field_name, *_names(field.validation_alias or camel(field_name)))
    }


def _names(alias: object) -> list[str]:
    if isinstance(alias, AliasChoices):
        return [each for each in alias.choices if isinstance(each, str)]
    return [str(alias)]
