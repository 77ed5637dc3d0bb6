# Copied from provider/callerid/casing.py by sdk/generate.py; edit that.
"""How one name is written by the schema, in camelCase, and by others, in snake_case."""

from __future__ import annotations

import re
from functools import lru_cache


def snake(name: str) -> str:
    """Write the schema's camelCase in snake_case: `orgId` becomes `org_id`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


@lru_cache(maxsize=1024)
def camel(name: str) -> str:
    """Write snake_case as the schema has it: `org_id` becomes `orgId`."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
