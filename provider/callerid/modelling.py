"""What models are declared with: pydantic's words, or stand-ins for them.

A process that has set `callerid.lean.WANTED` gets the stand-ins, and never loads pydantic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid import derived

if TYPE_CHECKING or not derived.chosen():
    from pydantic import (
        AliasChoices,
        BaseModel,
        BeforeValidator,
        ConfigDict,
        Field,
        field_validator,
        model_validator,
    )
else:
    from callerid.derived import (
        AliasChoices,
        BaseModel,
        BeforeValidator,
        ConfigDict,
        Field,
        field_validator,
        model_validator,
    )

__all__ = (
    "AliasChoices",
    "BaseModel",
    "BeforeValidator",
    "ConfigDict",
    "Field",
    "field_validator",
    "model_validator",
)
