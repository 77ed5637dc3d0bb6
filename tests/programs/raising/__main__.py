"""Raises an error of its own."""

import pulumi

pulumi.export("before", 1)


def fail() -> None:
    """Raise."""
    message = "something is wrong in here"
    raise ValueError(message)


fail()
