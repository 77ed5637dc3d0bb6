"""Values on the wire: MessagePack, with an extension for what is not known yet.

Source: Terraform's documentation of its wire format. JSON is read too, and never written: not every
host takes it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgpack

from callerid.casing import camel
from callerid.frontends.terraform.messages import LIST, message
from callerid.frontends.unknown import UNKNOWN
from callerid.nesting import within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Attributes = list[dict[str, Any]]
"""Attributes of a block, as the schema has them."""


class UnreadableError(Exception):
    """A value is none of this protocol, or of another type than the schema says."""


def read(value: Any) -> Any:
    """Read a `DynamicValue` into plain values; unknown ones, of any refinement, as `UNKNOWN`.

    Raises:
        UnreadableError: it is neither MessagePack nor JSON, or it is nested too deeply.
    """
    try:
        if value.msgpack:
            found = msgpack.unpackb(
                value.msgpack, ext_hook=lambda *_: UNKNOWN, strict_map_key=False
            )
        else:
            found = json.loads(value.json) if value.json else None
        return within(found)
    except (ValueError, TypeError, RecursionError, msgpack.UnpackException):
        raise UnreadableError from None


def write(value: Any) -> Any:
    """Write plain values as a `DynamicValue`."""
    packed = msgpack.packb(value, default=lambda _: msgpack.ExtType(0, b"\x00"))
    return message("DynamicValue")(msgpack=packed)


def given(config: Any, attributes: Attributes) -> dict[str, Any]:
    """Read a block: the attributes that are set, under the schema's names, numbers as numbers.

    Raises:
        UnreadableError: it is no block.
    """
    types = {each["name"]: each.get("type") for each in attributes}
    found = read(config)
    block = {} if found is None else found
    if not isinstance(block, dict) or not all(isinstance(name, str) for name in block):
        raise UnreadableError
    return {
        camel(name): _number(value) if types.get(name) == '"number"' else value
        for name, value in block.items()
        if value is not None
    }


def arguments(values: Sequence[Any], parameters: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Read the arguments of a function; none of them is null, though parts of them may be.

    Raises:
        UnreadableError: they are not as many as its parameters, or one is of another type.
    """
    found = [read(value) for value in values]
    types = [json.loads(each["type"]) for each in parameters]
    if None in found or len(found) != len(types) or not all(map(_is, found, types)):
        raise UnreadableError
    return found


def state(
    attributes: Attributes, answer: Mapping[str, Any], arguments: Mapping[str, Any]
) -> dict[str, Any]:
    """Write an answer as the state of a data source: every attribute is there, if only as null.

    An argument stays as it was given where the answer does not have it.
    """
    return _object(attributes, {**arguments, **answer})


def unknown_state(attributes: Attributes, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Write the state of a data source that is not read yet."""
    computed = {camel(each["name"]): UNKNOWN for each in attributes if each.get("computed")}
    return {each["name"]: {**computed, **arguments}.get(camel(each["name"])) for each in attributes}


def _object(attributes: Attributes, value: Mapping[str, Any]) -> dict[str, Any]:
    return {each["name"]: _shaped(each, value.get(camel(each["name"]))) for each in attributes}


def _shaped(attribute: Mapping[str, Any], value: Any) -> Any:
    nested = attribute.get("nested_type")
    if nested is None or value is None:
        return value
    if nested["nesting"] == LIST:
        return [_object(nested["attributes"], each) for each in value]
    return _object(nested["attributes"], value)


def _number(value: Any) -> Any:
    """Read a number that comes as decimal text, because neither integer nor float holds it."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        raise UnreadableError from None


def _is(value: Any, kind: Any) -> bool:
    """Return whether a value is null or of a type: text, true or false, list, or object."""
    if value is None:
        return True
    if isinstance(kind, str):
        return isinstance(value, _SCALARS[kind])
    outer, inner = kind
    if outer == "list":
        return isinstance(value, list) and all(_is(each, inner) for each in value)
    return (
        isinstance(value, dict)
        and value.keys() == inner.keys()
        and all(_is(each, inner[name]) for name, each in value.items())
    )


_SCALARS = {"string": str, "bool": bool}
