"""Which pydantic the files beside the models were derived with.

Each pydantic words schemas in its own way, so only the same one derives the same bytes; what the
files do is compared with every pydantic.
"""

from __future__ import annotations

import json
from pathlib import Path

import pydantic_core
import pytest

import callerid
from callerid.derived import DERIVED_FOR


def core() -> str:
    """Give the version of pydantic_core, which each pydantic has one of."""
    file = Path(callerid.__file__).with_name("model.validators.json")
    version: str = json.loads(file.read_text(encoding="utf-8"))[DERIVED_FOR]
    return version


by_this_pydantic = pytest.mark.skipif(
    core() != pydantic_core.__version__,
    reason=f"derived with pydantic_core {core()}, and {pydantic_core.__version__} is installed",
)
"""Marks what compares derived files byte for byte."""
