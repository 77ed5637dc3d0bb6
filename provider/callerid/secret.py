"""Texts that are shown nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


class SecretStr:
    """A text that is shown nowhere: not by `str`, `repr` or a format, nor in an error.

    As pydantic's, which costs more than a tenth of a second to load.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: str) -> None:
        """Hide a text."""
        self._secret = secret

    def get_secret_value(self) -> str:
        """Return the text."""
        return self._secret

    def __repr__(self) -> str:
        """Show stars."""
        return "SecretStr('**********')"

    def __str__(self) -> str:
        """Show stars."""
        return "**********"

    def __eq__(self, other: object) -> bool:
        """Tell whether both are the same text."""
        return isinstance(other, SecretStr) and self._secret == other._secret

    def __hash__(self) -> int:
        """Agree with `==`."""
        return hash(self._secret)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Let a model read one from a text."""
        from pydantic_core import core_schema  # noqa: PLC0415 - only who loads pydantic needs it

        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())
