"""Texts that name functions, arguments and settings as the user of another language writes them."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from callerid.casing import camel
from callerid.config import SETTINGS
from callerid.errors import printable
from callerid.functions import FILES, load

if TYPE_CHECKING:
    from collections.abc import Mapping


class Wording:
    """The schema's names as a language with snake_case has them, and functions as it calls them."""

    def __init__(self, functions: Mapping[str, str]) -> None:
        """Take a language's names of the functions, by the schema's."""
        self.functions = functions

    @cached_property
    def _names(self) -> dict[str, str]:
        """The schema's names that are written in another way. It loads the functions' models."""
        settings = {each.name: each.python_name for each in SETTINGS}
        arguments = {
            camel(name): name for function in FILES for name in load(function).args.model_fields
        }
        names = {**self.functions, **settings, **arguments}
        return {name: own for name, own in names.items() if name != own}

    def __call__(self, text: str) -> str:
        """Write `orgId` as `org_id`, where it is a word and no part of another name."""
        words = "|".join(map(re.escape, self._names))
        found = re.compile(rf"(?<![\w./:@-])(?:{words})(?!\w|[./:@-]\w)")
        return printable(found.sub(lambda word: self._names[word[0]], text))
