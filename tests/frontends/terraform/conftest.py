"""What tests with a real tool share."""

from __future__ import annotations

import pytest
from support import terraform


@pytest.fixture(params=["terraform", "tofu"])
def name(request: pytest.FixtureRequest) -> str:
    """Give each tool, skipped where this machine has none."""
    if request.param not in terraform.REAL:
        pytest.skip(f"there is no {request.param}")
    found: str = request.param
    return found
