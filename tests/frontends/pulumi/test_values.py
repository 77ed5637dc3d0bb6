"""Property values: whatever an engine sends, the service answers with a status and a sentence."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import grpc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callerid.errors import ArgumentError, ConfigurationError
from callerid.frontends import unknown
from callerid.frontends.pulumi import status, values
from callerid.frontends.pulumi.messages import message
from callerid.frontends.pulumi.service import Service

SECRET = {values.SIGNATURE: values.SECRET}
OUTPUT = {values.SIGNATURE: values.OUTPUT}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
PLAIN = st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=9)
MARKED = st.sampled_from([SECRET, OUTPUT, {**SECRET, "value": "x"}, UNKNOWN])
PROPERTY: Any = st.recursive(
    PLAIN | MARKED,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
NAMES = st.sampled_from(["orgId", "platform", "m3terApiToken", "version"]) | st.text(max_size=9)
BAG = st.dictionaries(NAMES, PROPERTY, max_size=4)


def struct(bag: dict[str, Any]) -> Any:
    """Write plain values as a Struct of our own pool."""
    written = message("Struct")()
    written.update(bag)
    return written


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"a": {**SECRET, "value": "x"}}, {"a": "x"}),
        ({"a": {**OUTPUT, "value": [1.0], "secret": True}}, {"a": [1.0]}),
        ({"a": {**SECRET, "value": {**OUTPUT, "value": None}}}, {"a": None}),
        ({"a": SECRET, "b": OUTPUT, "c": UNKNOWN}, dict.fromkeys("abc", unknown.UNKNOWN)),
        ({"a": [{"b": UNKNOWN}]}, {"a": [{"b": unknown.UNKNOWN}]}),
        ({"a": {"value": "x"}}, {"a": {"value": "x"}}),
        ({"a": {values.SIGNATURE: [1.0]}}, {"a": {values.SIGNATURE: [1.0]}}),
    ],
)
def test_marks_are_read(sent: dict[str, Any], read: dict[str, Any]) -> None:
    """Secrets and outputs are unwrapped; without a value they are unknown."""
    assert values.read(struct(sent)) == read


@given(PROPERTY)
def test_unknowns_are_found_wherever_they_are(value: Any) -> None:
    """In lists and objects, at any depth."""
    read = values.read(struct({"a": value}))
    assert unknown.has_unknown(read) == ("Unknown object" in repr(read))


@pytest.mark.parametrize("levels", [51, 1000])
@pytest.mark.parametrize("kind", ["struct_value", "list_value"])
def test_values_nested_too_deeply_get_a_sentence(levels: int, kind: str) -> None:
    """And no bug: whoever reads them would go as deep."""
    written = message("Struct")()
    innermost = written.fields["orgId"]
    for _ in range(levels):
        inner = getattr(innermost, kind)
        innermost = inner.fields["a"] if kind == "struct_value" else inner.values.add()
    with pytest.raises(ArgumentError, match="a value that is nested too deeply"):
        Service(None, {}).invoke(
            message("InvokeRequest")(tok="callerid:index:getCurrentUser", args=written),
            _Context(),  # type: ignore[arg-type]
        )


class _Context:
    """A call on a connection."""

    def peer(self) -> str:
        """Name the connection."""
        return "ipv4:127.0.0.1:1"


@settings(max_examples=60, deadline=None)
@given(BAG, st.sampled_from(["getCurrentUser", "getUserOrgRoles", "x", ""]))
def test_any_invoke_gets_a_status_and_a_sentence(bag: dict[str, Any], name: str) -> None:
    """Never an internal error: without a credential every call is refused, for one reason."""
    service = Service(None, {})
    request = message("InvokeRequest")(tok=f"callerid:index:{name}", args=struct(bag))
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is what is tested
        service.invoke(request, _Context())  # type: ignore[arg-type]
    code, text = status.of(caught.value)
    assert code != grpc.StatusCode.INTERNAL
    assert text


@settings(max_examples=60, deadline=None)
@given(BAG)
def test_any_settings_are_checked_or_refused(bag: dict[str, Any]) -> None:
    """CheckConfig gives them back, the secrets marked; Configure takes them or says why not."""
    service = Service(None, {})
    checked = service.check_config(message("CheckRequest")(news=struct(bag)), _Context())  # type: ignore[arg-type]
    assert values.read(checked.inputs) == values.read(struct(bag))
    assert values.bare(checked.inputs, ["m3terApiToken"]) == {}
    checked.inputs.fields.pop("m3terApiToken", None)
    assert checked.inputs == struct({k: v for k, v in bag.items() if k != "m3terApiToken"})
    assert all(each.reason and not each.property for each in checked.failures)
    with suppress(ConfigurationError):
        service.configure(message("ConfigureRequest")(args=struct(bag)), _Context())  # type: ignore[arg-type]
