"""The table of messages against the ones that the `pulumi` package brings."""

from __future__ import annotations

import gc
from importlib import metadata
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from packaging.version import Version
from pulumi.runtime.proto import engine_pb2, plugin_pb2, provider_pb2

from callerid.frontends.pulumi.messages import PARTS, TABLE, message
from callerid.frontends.pulumi.server import METHODS, SERVICE

LEFT_OUT = {
    "CheckRequest": {"autonaming"},
    "DiffResponse": {"detailedDiff"},
    "ConfigureRequest": {"variables"},
}
"""Fields that concern resources, and the deprecated form of settings."""
SINCE = {
    "old_outputs": "3.261",
    "sends_old_outputs_to_check": "3.261",
    "accepts_outputs_in_invoke": "3.268",
    "accepts_outputs_in_call": "3.269",
    "accepts_outputs_in_check": "3.270",
}
"""Fields that not every `pulumi` of the extra `testing` has, and the first version that does."""
INTEGERS = (FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_ENUM)


def _theirs(name: str) -> Any:
    modules = (provider_pb2, plugin_pb2, engine_pb2)
    return next(getattr(m, name) for m in modules if hasattr(m, name)).DESCRIPTOR


def _type(field: Any) -> object:
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        return field.message_type.full_name
    return "integer" if field.type in INTEGERS else field.type


def _fields(descriptor: Any) -> dict[str, tuple[object, ...]]:
    return {f.name: (f.number, _type(f), _repeats(f), f.has_presence) for f in descriptor.fields}


def _ours(name: str) -> dict[str, tuple[object, ...]]:
    """Give the table's fields, but for those that came after the installed package."""
    installed = Version(metadata.version("pulumi"))
    fields = _fields(message(name).DESCRIPTOR)
    return {
        each: field for each, field in fields.items() if Version(SINCE.get(each, "0")) <= installed
    }


def _repeats(field: Any) -> bool:
    """Read it from the label where protobuf, before 6.31, has no other word for it."""
    if hasattr(field, "is_repeated"):
        return bool(field.is_repeated)
    return bool(field.label == FieldDescriptor.LABEL_REPEATED)


@pytest.mark.parametrize("name", TABLE)
def test_table_equals_the_pulumi_package(name: str) -> None:
    """Number, type, repetition and presence of every field, and none is missing or of its own."""
    theirs = _fields(_theirs(name))
    for left_out in LEFT_OUT.get(name, ()):
        del theirs[left_out]
    assert _ours(name) == theirs


@pytest.mark.parametrize("name", PARTS)
def test_parts_are_the_pulumi_packages(name: str) -> None:
    """Of requests that are refused only what names the thing asked for; it is read right."""
    theirs = _fields(_theirs(name))
    ours = _fields(message(name).DESCRIPTOR)
    assert ours == {field: theirs[field] for field in ours}


def test_methods_are_the_services_own() -> None:
    """Each RPC of the table exists with that request and the response that the code makes."""
    service = provider_pb2.DESCRIPTOR.services_by_name["ResourceProvider"]
    assert service.full_name == SERVICE
    theirs = {m.name: m.input_type.name for m in service.methods}
    assert {name: request for name, (_, request) in METHODS.items()} == {
        name: theirs[name] for name in METHODS
    }


def test_a_class_is_made_once() -> None:
    """One that is collected while a thread asks for it again takes the process down with it."""
    kept = {name: id(message(name)) for name in (*TABLE, *PARTS, "Struct", "Empty")}
    gc.collect()
    assert {name: id(message(name)) for name in kept} == kept
