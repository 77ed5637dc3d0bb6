"""Values of options: one of a few words, or seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from callerid.nearest import nearest
from callerid.shown import masked

if TYPE_CHECKING:
    from collections.abc import Iterable


LONGEST_SHOWN = 8
"""The most characters of a wrong word that an error repeats; what is longer may be a secret."""


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
        except click.BadParameter:
            given = str(value)
            shown = given if len(given) <= LONGEST_SHOWN else masked(given)
            words = ", ".join(map(repr, self._words))
            text = f"{shown!r} is not one of {words}.{nearest(given, self._words)}"
            self.fail(text, param, ctx)


class Seconds(click.FloatRange):
    """A number of seconds that is not negative."""

    def __init__(self) -> None:
        """Take what a time may be."""
        super().__init__(min=0, max=10**12)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number.

        Raises:
            click.BadParameter: it is none.
        """
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail("it must be a number of seconds from 0 on.", param, ctx)
