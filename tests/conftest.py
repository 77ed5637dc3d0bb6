"""Fixtures for all tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import api as scripted

from callerid.config import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator


HERE = Path(__file__).parent
ACCEPTANCE = (
    *(
        "docs/test_blocks.py",
        "docs/test_configurations.py",
        "docs/test_pictures.py",
        "e2e",
        "release",
        "set_up",
        "test_examples.py",
        "test_readme.py",
    ),
    *("cli/test_record.py", "cli/test_terminal.py", "frontends/pulumi/test_watchdog.py"),
    *("testing/test_coverage.py", "testing/test_example.py", "testing/test_page.py"),
    *("testing/test_preview_host.py", "testing/test_programs.py", "testing/test_pytest_plugin.py"),
)
"""What tests the whole from outside, slowly: `make acceptance` runs it, `make tests` the rest."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of `ACCEPTANCE`."""
    folders = [HERE / each for each in ACCEPTANCE]
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in folders):
            item.add_marker("acceptance")


@pytest.fixture(autouse=True)
def _nobodys_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the credentials of whoever runs the tests out of them."""
    for setting in SETTINGS:
        for variable in setting.variables:
            monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def api() -> Iterator[scripted.Api]:
    """Give a scripted API on loopback."""
    with scripted.serve() as running:
        yield running
