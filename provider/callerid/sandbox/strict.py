"""The base of every part of a scenario file: strict values, mistakes reported by name."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from callerid.errors import printable_line
from callerid.nearest import nearest


class Strict(BaseModel):
    """A part of a scenario: camelCase in the file, unknown keys refused with the nearest name."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        strict=True,
        use_attribute_docstrings=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, data: Any) -> Any:
        known = [field.alias or name for name, field in cls.model_fields.items()]
        unknown = [key for key in data if key not in known] if isinstance(data, dict) else []
        if unknown:
            text = (
                f"unknown key {printable_line(str(unknown[0]))}.{nearest(str(unknown[0]), known)}"
            )
            raise mistake(text, unknown[0])
        return data


def mistake(text: str, *at: str | int) -> PydanticCustomError:
    """Make what a validator raises; `at` leads from the value it validates to what is wrong."""
    return PydanticCustomError("mistake", "{text}", {"text": text, "at": at})


def _yes(value: Any) -> Literal[True]:
    if value is not True:
        text = "expected true; leave the key out for no"
        raise ValueError(text)
    return True


Text = Annotated[str, StringConstraints(min_length=1)]
Yes = Annotated[Literal[True], PlainValidator(_yes), WithJsonSchema({"const": True})]
