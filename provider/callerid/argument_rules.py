"""The sentence about an argument that a function does not take.

The Python SDK finds some of them before the engine is asked, and says the same: `sdk/generate.py`
copies this file into it, so nothing is imported here that a program might lack.
"""

from __future__ import annotations

WANTED = {"string": "text", "number": "a number", "array": "a list"}
"""A type of the schema to what is said of it."""


def must_not_be_null(arguments: str, function: str) -> str:
    """Describe why null is no way to leave out a rule of a guard."""
    return (
        f"{arguments} of {function} must not be null: a rule that is left out by mistake lets too "
        "many pass.\nGive a value, or leave it out."
    )


def must_be(argument: str, function: str, wanted: str, *, entry: bool = False) -> str:
    """Describe what an argument, or an entry of its list, has to be."""
    part = "An entry of the" if entry else "The"
    return f"{part} argument {argument} of {function} must be {wanted}."
