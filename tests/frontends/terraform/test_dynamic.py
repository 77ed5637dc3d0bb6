"""Values on the wire: what Terraform packs is read, and what is written it can unpack."""

from __future__ import annotations

from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.frontends.terraform import dynamic
from callerid.frontends.terraform.messages import LIST, SINGLE, message
from callerid.frontends.unknown import UNKNOWN, has_unknown

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    # surrogates are no text that JSON of an API could bring
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=9,
)
ATTRIBUTES = [
    {"name": "role_names", "type": '["list","string"]', "computed": True},
    {"name": "seconds_left", "type": '"number"', "optional": True},
    {"name": "platform", "type": '"string"', "optional": True, "computed": True},
    {
        "name": "roles",
        "computed": True,
        "nested_type": {
            "nesting": LIST,
            "attributes": [{"name": "service_name", "type": '"string"', "computed": True}],
        },
    },
    {
        "name": "own",
        "computed": True,
        "nested_type": {
            "nesting": SINGLE,
            "attributes": [{"name": "a_b", "type": '"bool"', "computed": True}],
        },
    },
]


def _packed(value: Any) -> Any:
    return message("DynamicValue")(msgpack=msgpack.packb(value))


@given(PLAIN)
def test_what_is_written_is_read(value: Any) -> None:
    """Of every kind."""
    assert dynamic.read(dynamic.write(value)) == value


@pytest.mark.parametrize("code", [0, 12, 5])
def test_every_extension_is_unknown(code: int) -> None:
    """Code 12 has a refinement, and later versions may bring others."""
    value = {"a": msgpack.ExtType(code, msgpack.packb({1: False, 2: "prefix-"})), "b": [1]}
    read = dynamic.read(_packed(value))
    assert (read["a"], read["b"]) == (UNKNOWN, [1])
    assert has_unknown(read)


def test_unknown_is_written_without_a_refinement() -> None:
    """Code 0, as older hosts read no other."""
    assert dynamic.write(UNKNOWN).msgpack == b"\xd4\x00\x00"


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (3600, 3600),
        (0.5, 0.5),
        ("12345678901234567890123", 1.2345678901234568e22),
        (UNKNOWN, UNKNOWN),
    ],
)
def test_numbers_may_come_as_text(sent: Any, read: Any) -> None:
    """Those that neither an integer nor a float holds."""
    config = dynamic.write({"seconds_left": sent, "platform": "12", "roles": None})
    assert dynamic.given(config, ATTRIBUTES) == {"secondsLeft": read, "platform": "12"}


def test_json_is_read_too() -> None:
    """By hosts that have no other."""
    assert dynamic.read(message("DynamicValue")(json=b'{"a": [null, 1]}')) == {"a": [None, 1]}
    assert dynamic.read(message("DynamicValue")()) is None


def test_a_state_has_every_attribute() -> None:
    """What is absent is null; arguments stay where the answer has nothing."""
    answer = {"roleNames": ["a"], "roles": [{"serviceName": "s"}, {}], "own": {"aB": True}}
    assert dynamic.state(ATTRIBUTES, answer, {"platform": "p"}) == {
        "role_names": ["a"],
        "seconds_left": None,
        "platform": "p",
        "roles": [{"service_name": "s"}, {"service_name": None}],
        "own": {"a_b": True},
    }
    assert dynamic.state(ATTRIBUTES, {"platform": "q"}, {"platform": "p"})["platform"] == "q"
    assert dynamic.state(ATTRIBUTES, {}, {})["own"] is None


def test_a_state_that_is_not_read_yet() -> None:
    """Arguments are what they are, the rest is unknown."""
    state = dynamic.unknown_state(ATTRIBUTES, {"secondsLeft": 5})
    assert state["seconds_left"] == 5
    assert all(state[name] is UNKNOWN for name in ("platform", "roles", "own", "role_names"))
