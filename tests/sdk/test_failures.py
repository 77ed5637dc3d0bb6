"""Questions that fail before anybody is asked: the error is the program's own, or the engine's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.sandbox.server import Sandbox, as_caller
from callerid.testing import preview

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = Path(__file__).parent / "programs" / "failing"
FORMS = ["get_current_user", "require_caller"]
"""Those whose errors a program can look at; pulumi itself tells those of an output's argument."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Give a running sandbox."""
    with Sandbox.start() as running:
        yield running


def _told(sandbox: Sandbox, form: str, case: str) -> list[str]:
    """Give what the program says of the error that it got; it fails after that, too."""
    environ = as_caller(os.environ, sandbox.environment("owner"))
    result = preview(PROGRAM, config={"form": form, "case": case}, environ=environ)
    assert result.error is not None
    assert "mock" not in f"{result.error}{result.output}{result.logs}"
    return [line.message for line in result.logs if line.severity == "warning"]


@pytest.mark.parametrize("form", FORMS)
def test_a_provider_that_fails_is_named(sandbox: Sandbox, form: str) -> None:
    """With what the engine says of it, and without a word of tests."""
    [told] = _told(sandbox, form, "provider")
    assert told == (
        f"RunError: {form} could not be asked, for its provider or a "
        "resource failed: 'nonsense' is no semantic version such as 1.2.3"
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("case", "error"),
    [("value error", "ValueError: the file is gone"), ("key error", "KeyError: 'region'")],
)
def test_an_argument_that_fails_does_so_with_its_own_error(
    sandbox: Sandbox, form: str, case: str, error: str
) -> None:
    """As if the function had not been called: type and text are the program's."""
    assert _told(sandbox, form, case) == [error]
