"""How a caller signs in: made-up credentials that no real one can be mistaken for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the types of fields
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, PlainValidator, WithJsonSchema, model_validator
from pydantic.alias_generators import to_camel

from callerid.sandbox.strict import Strict

if TYPE_CHECKING:
    from typing_extensions import Self

_MADE_UP = "sandbox-"
_MADE_UP_SCHEMA = {"type": "string", "pattern": f"^{_MADE_UP}"}
_TRUE_SCHEMA = {"const": True}


def _made_up(value: str) -> str:
    if not value.startswith(_MADE_UP):
        text = f"expected a made-up credential that begins with {_MADE_UP}; keep real ones out"
        raise ValueError(text)
    return value


def _true(value: Any) -> Literal[True]:
    if value is not True:
        text = "expected true: the token is minted when the sandbox starts"
        raise ValueError(text)
    return True


def _made_up_or_true(value: Any) -> str | Literal[True]:
    return _made_up(value) if isinstance(value, str) else _true(value)


MadeUp = Annotated[str, AfterValidator(_made_up), WithJsonSchema(_MADE_UP_SCHEMA)]
Minted = Annotated[Literal[True], PlainValidator(_true), WithJsonSchema(_TRUE_SCHEMA)]
MadeUpOrMinted = Annotated[
    str | Literal[True],
    PlainValidator(_made_up_or_true),
    WithJsonSchema({"anyOf": [_MADE_UP_SCHEMA, _TRUE_SCHEMA]}),
]


class Credential(Strict):
    """How the caller signs in: one of several ways, each a set of keys."""

    ways: ClassVar[Mapping[tuple[str, ...], str]] = {}
    """The sets of fields, each sorted, and what people call each way."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = sorted(name for name in type(self).model_fields if getattr(self, name) is not None)
        if tuple(given) not in self.ways:
            names = [" and ".join(to_camel(field) for field in way) for way in self.ways]
            text = f"expected {', or '.join(names)}"
            raise ValueError(text)
        return self

    @property
    @abstractmethod
    def existing_token(self) -> str | bool | None:
        """The access token that the caller brings along; True for one minted at start."""

    @property
    def way(self) -> str:
        """What people call the way in which the caller signs in."""
        return next(title for way, title in self.ways.items() if getattr(self, way[0]) is not None)
