"""The replies that are made up are for every platform."""

from __future__ import annotations

import made_up


def test_a_platform_that_nobody_calls_is_told() -> None:
    """By its name, with the place where a caller of it is missing."""
    assert made_up.unknown() == []
    [told] = made_up.unknown(["m3ter", "csp", "toy"])
    assert told.startswith("nobody calls toy: ")
    assert "trust/made_up.py" in told
