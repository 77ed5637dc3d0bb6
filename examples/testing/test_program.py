"""What the program builds for each caller, and for whom it builds nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from callerid.testing import Previewer

PROGRAM = Path(__file__).parent


@pytest.mark.callers("service-user", "app")
def test_a_machine_gets_the_real_size(callerid_preview: Previewer) -> None:
    """Whichever platform the pipeline signs in to."""
    result = callerid_preview(PROGRAM).require_ok()
    assert result.resource("orders").inputs == {"size": 16}


@pytest.mark.callers("owner")
def test_an_owner_gets_some(callerid_preview: Previewer) -> None:
    """An owner can try things out."""
    result = callerid_preview(PROGRAM).require_ok()
    assert result.exports["summary"] == "Grace Hopper gets a database of 4 GB"


@pytest.mark.callers("member")
def test_a_member_gets_the_smallest(callerid_preview: Previewer) -> None:
    """Members are many."""
    result = callerid_preview(PROGRAM).require_ok()
    assert result.resource("orders").inputs == {"size": 1}


@pytest.mark.callers("guest")
def test_a_guest_is_refused(callerid_preview: Previewer) -> None:
    """Without a role nothing is built, and the error says why."""
    result = callerid_preview(PROGRAM)
    assert "Linus Member holds no role that may have a database." in (result.error or "")
    assert result.resources == ()
