"""The functions' models as plain shapes, from which a schema is written."""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, get_args, get_origin

from pydantic import BaseModel

from callerid.casing import camel
from callerid.model import Value, bare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.functions import Function
    from callerid.setting import Setting


class ListOf(NamedTuple):
    """A list; all its items are of one kind."""

    item: Kind


Kind: TypeAlias = type[str] | type[int] | type[float] | type[bool] | type[BaseModel] | ListOf
"""What a value is: a scalar's own type, a model, or a list. A choice of texts is text."""
_SCALARS = (str, int, float, bool)


class Property(NamedTuple):
    """A field of a model; `name` is the model's own, `alias` the one that is used outside."""

    name: str
    alias: str
    kind: Kind
    description: str
    required: bool
    deprecated: str | None = None
    """What to use in its place, where it will go."""


def properties(model: type[BaseModel]) -> list[Property]:
    """Return the fields of a model that stand in answers, in the model's order."""
    described = _descriptions(model)
    return [
        Property(
            name,
            camel(name),
            kind(field.annotation),
            field.description or described[name],
            field.is_required(),
            field.deprecated if isinstance(field.deprecated, str) else None,
        )
        for name, field in model.model_fields.items()
        if not field.exclude
    ]


def kind(annotation: Any) -> Kind:
    """Return the kind of value of a field's annotation, regardless of whether it may be absent."""
    annotation = bare(annotation)
    if get_origin(annotation) is Literal:
        return str
    if get_origin(annotation) is list:
        return ListOf(kind(get_args(annotation)[0]))
    if annotation in _SCALARS or _is_model(annotation):
        found: Kind = annotation
        return found
    message = f"The schema has no type for {annotation!r}."
    raise TypeError(message)


def _is_model(annotation: Any) -> bool:
    plain = get_origin(annotation) is None  # Python 3.10 takes dict[str, str] for a class
    return plain and inspect.isclass(annotation) and issubclass(annotation, BaseModel)


def described_model(model: type[BaseModel]) -> str:
    """Return the description of a model."""
    return inspect.cleandoc(model.__doc__ or "")


def described_function(function: Function, advice: Mapping[str, str]) -> str:
    """Return the description of a function, without its errors, and the host's own `advice`."""
    text = inspect.cleandoc(function.run.__doc__ or "").partition("\n\nRaises:")[0]
    return "\n\n".join(filter(None, [text, advice.get(function.name)]))


def described_setting(setting: Setting) -> str:
    """Return what is said of a setting, with its default and its variables."""
    variables = " or ".join(f"`{variable}`" for variable in setting.env)
    if setting.files:
        named = " or ".join(f"`{variable}`" for variable in setting.files)
        variables += f", or {named} with the name of a file that holds it"
    default = f" Default: `{setting.default}`." if setting.default else ""
    return f"{setting.description}{default} Environment: {variables}."


def _descriptions(model: type[BaseModel]) -> dict[str, str]:
    """Read the docstrings under the fields of a model and of those it is derived from."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if not issubclass(each, Value) or each is Value:
            continue
        [tree] = ast.parse(textwrap.dedent(inspect.getsource(each))).body
        for field, docstring in pairwise(getattr(tree, "body", [])):
            match field, docstring:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ):
                    found[name] = " ".join(text.split())
    return found
