"""The functions' models as plain shapes: what a schema of any form needs to know of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from callerid.config import BY_NAME
from callerid.frontends import shapes
from callerid.frontends.shapes import ListOf, Property
from callerid.functions import FILES, load
from callerid.model import Value


class Town(Value):
    """Where somebody lives.

    Towns are made up.
    """

    post_code: str
    """Its code, in
    two lines."""
    size: float | None = None
    """How large it is."""


class Harbour(Town):
    """A town by the sea."""

    ships: list[Town] | None = None
    """Where its ships come from."""


def test_a_models_fields_are_described_in_their_order() -> None:
    """With both names, and with those of the model that it is derived from."""
    assert shapes.properties(Harbour) == [
        Property("post_code", "postCode", str, "Its code, in two lines.", required=True),
        Property("size", "size", float, "How large it is.", required=False),
        Property("ships", "ships", ListOf(Town), "Where its ships come from.", required=False),
    ]
    assert shapes.described_model(Town) == "Where somebody lives.\n\nTowns are made up."


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        (bool, bool),
        (int | None, int),
        (Annotated[int, Field(ge=0)] | None, int),
        (Literal["a", "b"], str),
        (Literal["a"] | None, str),
        (list[str], ListOf(str)),
        (list[list[Town]], ListOf(ListOf(Town))),
        (Town | None, Town),
    ],
)
def test_a_kind_ignores_absence_and_limits(annotation: Any, kind: object) -> None:
    """Absence and limits are no part of a kind; a choice of texts is text."""
    assert shapes.kind(annotation) == kind


@pytest.mark.parametrize("annotation", [bytes, dict[str, str], list[bytes], BaseException])
def test_what_no_schema_has_a_type_for_is_refused(annotation: Any) -> None:
    """Whoever writes such a field learns of it when the schema is derived."""
    with pytest.raises(TypeError, match="The schema has no type for"):
        shapes.kind(annotation)


@pytest.mark.parametrize("name", FILES)
def test_every_function_can_be_walked(name: str) -> None:
    """Down to its scalars, and everything on the way is described."""
    function = load(name)
    text = shapes.described_function(function, {name: "Use it well."})
    assert text.endswith(".\n\nUse it well.")
    assert shapes.described_function(function, {}) == text.removesuffix("\n\nUse it well.")
    assert "Raises:" not in text
    waiting: list[type[BaseModel]] = [function.args, function.result]
    seen = set[type[BaseModel]]()
    while waiting:
        model = waiting.pop()
        seen.add(model)
        assert shapes.described_model(model)
        for each in shapes.properties(model):
            assert each.description
            kind = each.kind
            while isinstance(kind, ListOf):
                kind = kind.item
            if issubclass(kind, BaseModel) and kind not in seen:
                waiting.append(kind)
    assert len(seen) > 1


def test_a_setting_is_described_with_its_default_and_its_variables() -> None:
    """All of its variables, in the order in which they count."""
    text = shapes.described_setting(BY_NAME["cspBaseUrl"])
    assert text.startswith(BY_NAME["cspBaseUrl"].description)
    assert text.endswith(
        " Default: `https://console.cloud.vmware.com`. Environment: `CSP_BASE_URL` or `CSP_URL`."
    )
    assert "Default" not in shapes.described_setting(BY_NAME["platform"])
