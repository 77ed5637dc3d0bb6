"""Messages of a compact table: on the wire what protobuf's own compiler would have made."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from google.protobuf import (
    duration_pb2,
    empty_pb2,
    field_mask_pb2,
    struct_pb2,
    timestamp_pb2,
    wrappers_pb2,
)

from callerid.frontends.wire import Messages

TABLE = {
    "Moment": "1 seconds int64; 2 nanos int32",
    "Names": "1 paths string*",
    "Yes": "1 value bool",
    "Raw": "1 value bytes",
    "Object": "1 fields Entry*",
    "Entry": "1 key string; 2 value Value",
    "Given": "1 text string?; 2 plain string; 3 settings Struct",
}
MESSAGES = Messages("example", TABLE, struct_pb2, empty_pb2)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("Moment", timestamp_pb2.Timestamp(seconds=-5_000_000_000, nanos=7)),
        ("Moment", duration_pb2.Duration(seconds=2**62)),
        ("Names", field_mask_pb2.FieldMask(paths=["a", "ü"])),
        ("Yes", wrappers_pb2.BoolValue(value=True)),
        ("Raw", wrappers_pb2.BytesValue(value=b"\xff\x00")),
    ],
)
def test_a_table_is_on_the_wire_what_a_compiler_makes(name: str, theirs: Any) -> None:
    """Scalars and repeated ones are read and written back byte for byte."""
    written = theirs.SerializeToString()
    ours = MESSAGES.named(name).FromString(written)
    assert {field.name: value for field, value in ours.ListFields()} == {
        field.name: value for field, value in theirs.ListFields()
    }
    assert ours.SerializeToString() == written


def test_a_map_is_repeated_entries() -> None:
    """A table needs no form of its own for maps."""
    struct = struct_pb2.Struct()
    struct.update({"a": 1, "b": "two"})
    entries = MESSAGES.named("Object").FromString(struct.SerializeToString()).fields
    assert {each.key: each.value.WhichOneof("kind") for each in entries} == {
        "a": "number_value",
        "b": "string_value",
    }


def test_explicit_presence_tells_empty_from_absent() -> None:
    """Only where the table asks for it."""
    given = MESSAGES.named("Given")
    assert given(text="").HasField("text")
    assert not given().HasField("text")
    with pytest.raises(ValueError, match="presence"):
        given().HasField("plain")


def test_two_pools_may_have_messages_of_one_name() -> None:
    """Another package in the same process, or another version, is no conflict."""
    other = Messages("example", {"Moment": "1 other string"})
    assert [field.name for field in other.named("Moment").DESCRIPTOR.fields] == ["other"]
    assert len(MESSAGES.named("Moment").DESCRIPTOR.fields) == 2
    assert MESSAGES.named("Struct") is not struct_pb2.Struct


def test_a_class_is_made_once() -> None:
    """One that is collected while a thread asks for it again takes the process down with it."""
    names = (*TABLE, "Struct", "Empty")
    kept = {name: id(MESSAGES.named(name)) for name in names}
    entry = id(type(MESSAGES.named("Given")().settings))
    gc.collect()
    assert {name: id(MESSAGES.named(name)) for name in names} == kept
    assert entry == kept["Struct"]
