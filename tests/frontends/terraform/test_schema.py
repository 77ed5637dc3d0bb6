"""The schema for Terraform: derived from the models, packaged as a file, and complete."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import Field

from callerid.casing import camel
from callerid.config import SETTINGS
from callerid.frontends.shapes import ListOf, properties
from callerid.frontends.terraform import schema
from callerid.frontends.terraform.messages import LIST, SINGLE, message
from callerid.frontends.terraform.names import FUNCTIONS
from callerid.frontends.terraform.schema_file import FILE, data_source_attributes
from callerid.functions import load
from callerid.model import Value

if TYPE_CHECKING:
    from collections.abc import Iterator


def _all(attributes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in attributes:
        yield each
        yield from _all(each.get("nested_type", {}).get("attributes", []))


DERIVED = schema.derive()
BLOCKS = [DERIVED["provider"], *(each["value"] for each in DERIVED["data_source_schemas"])]
ATTRIBUTES = [each for block in BLOCKS for each in _all(block["block"]["attributes"])]


def test_the_file_is_fresh() -> None:
    """`make sdk` writes it."""
    assert FILE.read_text(encoding="utf-8") == schema.text(), "run: make sdk"


def test_it_is_what_the_message_takes() -> None:
    """Every key of it is a field, and nothing is lost on the wire."""
    response = message("GetProviderSchemaResponse")(**DERIVED)
    again = type(response).FromString(response.SerializeToString())
    assert {each.key for each in again.data_source_schemas} == set(FUNCTIONS)
    [settings] = [again.provider.block]
    assert [each.name for each in settings.attributes if each.sensitive] == sorted(
        each.python_name for each in SETTINGS if each.secret
    )


def test_everything_is_described_in_markdown_by_names_that_are_here() -> None:
    """No name in camelCase is left over from the other schema."""
    foreign = [
        f.alias
        for name in FUNCTIONS.values()
        for model in (load(name).args,)
        for f in properties(model)
        if f.alias != f.name
    ] + [each.name for each in SETTINGS if each.name != each.python_name]
    for each in ATTRIBUTES:
        assert each["description"].strip(), each["name"]
        assert each["description_kind"] == 1
        assert not [name for name in foreign if f"`{name}`" in each["description"]]


def test_names_are_the_schemas_own_in_snake_case() -> None:
    """Values find their attribute by that rule alone."""
    for name in FUNCTIONS.values():
        for model in (load(name).args, load(name).result):
            assert [each.alias for each in properties(model)] == [
                camel(each.name) for each in properties(model)
            ]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_arguments_may_be_set_and_results_are_computed(name: str) -> None:
    """What is both is both, and nothing is required."""
    function = load(FUNCTIONS[name])
    arguments = {each.name for each in properties(function.args)}
    results = {each.name for each in properties(function.result)}
    found = data_source_attributes(name)
    assert {each["name"] for each in found if each.get("optional")} == arguments
    assert {each["name"] for each in found if each.get("computed")} == results
    assert not [each for each in found if each.get("required")]
    assert {each["name"] for each in found} == arguments | results


class Old(Value):
    """A thing."""

    size: float | None = Field(None, deprecated="Use `newSize`, or orgId.")
    """How large it is."""


class Shape(Value):
    """A shape."""

    old: Old | None = None
    """One."""
    many: list[Old]
    """Several."""
    names: list[list[str]]
    """Of each."""


def test_shapes() -> None:
    """Objects are nested attributes, each with its own description; deprecations are told."""
    old, many, names = [
        schema._attribute(each, optional=False, computed=True)  # noqa: SLF001 - no model has them
        for each in properties(Shape)
    ]
    assert [old["nested_type"]["nesting"], many["nested_type"]["nesting"]] == [SINGLE, LIST]
    [size] = many["nested_type"]["attributes"]
    assert (size["type"], size["deprecation_message"]) == ('"number"', "Use `newSize`, or org_id.")
    assert json.loads(names["type"]) == ["list", ["list", "string"]]
    assert properties(Shape)[2].kind == ListOf(ListOf(str))
