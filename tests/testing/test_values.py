"""Property values survive the wire, and only what the receiver accepts is sent."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import json_format, struct_pb2

from callerid.testing import UNKNOWN, Reference, Secret, values

_ALL = values.Accepts(unknowns=True, secrets=True, references=True, byte_strings=True)
_SIGNATURE = values.SIGNATURE
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        1.5,
        "",
        "text",
        [],
        {},
        [None, [1], {"a": {"b": []}}],
        UNKNOWN,
        Secret("s"),
        Secret({"list": [Secret(1), UNKNOWN]}),
        Reference("urn:pulumi:dev::p::a:b:C::n", id=UNKNOWN, name="n", type="a:b:C"),
        Reference("urn:pulumi:dev::p::a:b:C::n", package_version="1.2.3"),
        b"\xff\x00",
    ],
)
def test_written_values_are_read_unchanged(value: Any) -> None:
    """What is written for a receiver of everything is read as it was."""
    assert values.read(values.write({"x": value}, _ALL)) == {"x": value}


def test_unsupported_marks_are_stripped() -> None:
    """Without support unknowns are left out, secrets unwrapped, references become ids."""
    reference = Reference("urn:pulumi:dev::p::a:b:C::n", id="i-1")
    bag = {"gone": UNKNOWN, "list": [1, UNKNOWN], "deep": {"s": Secret("v")}, "ref": reference}
    assert values.read(values.write(bag, values.Accepts())) == {
        "list": [1],
        "deep": {"s": "v"},
        "ref": "i-1",
    }


def test_unknown_inside_a_secret() -> None:
    """A secret whose value is left out stays as a bare mark, as the engine sends it."""
    struct = values.write({"x": Secret(UNKNOWN)}, values.Accepts(secrets=True))
    assert json_format.MessageToDict(struct)["x"].keys() == {_SIGNATURE}


@pytest.mark.parametrize(
    ("wire", "value"),
    [
        ({_SIGNATURE: _OUTPUT}, UNKNOWN),
        ({_SIGNATURE: _OUTPUT, "value": 1}, 1),
        ({_SIGNATURE: _OUTPUT, "value": 1, "secret": True}, Secret(1)),
    ],
)
def test_output_values(wire: dict[str, Any], value: Any) -> None:
    """Output values are read as what they stand for."""
    struct = struct_pb2.Struct()
    struct.update({"x": wire})
    assert values.read(struct) == {"x": value}


@pytest.mark.parametrize("wire", [{_SIGNATURE: "nonsense"}, {_SIGNATURE: 1}])
def test_unknown_signature(wire: dict[str, Any]) -> None:
    """A mark that nobody knows is an error that names the property."""
    struct = struct_pb2.Struct()
    struct.update({"place": wire})
    with pytest.raises(values.WireError, match="'place'"):
        values.read(struct)


def test_bytes_for_a_receiver_of_text() -> None:
    """Bytes that are no text are refused, not mangled."""
    with pytest.raises(values.WireError, match="'blob' holds bytes"):
        values.write({"blob": b"\xff"}, values.Accepts())


def test_marks_give_nothing_away() -> None:
    """A secret is not printed, and an unknown is neither true nor false."""
    assert repr({"a": Secret("hush"), "b": UNKNOWN}) == "{'a': Secret(…), 'b': UNKNOWN}"
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(UNKNOWN)


def test_value_of_no_kind() -> None:
    """A value that nobody set is refused: the real engine dies of one, at any depth."""
    struct = struct_pb2.Struct()
    struct.fields["outer"].struct_value.fields["inner"].list_value.values.add()
    with pytest.raises(values.WireError, match="value of no kind for 'inner', not even null"):
        values.read(struct)
