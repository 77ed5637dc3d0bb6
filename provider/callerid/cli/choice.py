"""One of a few words, as the value of an option; the error names the nearest word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from callerid.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable


# click's class is generic from 8.2 on
class Words(click.Choice):  # type: ignore[type-arg]
    """The words that an option takes."""

    def __init__(self, words: Iterable[str]) -> None:
        """Take these words, in the order of the help."""
        self._words = tuple(words)
        super().__init__(self._words)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the word.

        Raises:
            click.BadParameter: it is not one of them.
        """
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            self.fail(f"{error.message}{nearest(str(value), self._words)}", param, ctx)
