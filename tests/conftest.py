"""Fixtures for all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import api as scripted

from callerid.config import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _nobodys_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the credentials of whoever runs the tests out of them."""
    for setting in SETTINGS:
        for variable in setting.env:
            monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def api() -> Iterator[scripted.Api]:
    """Give a scripted API on loopback."""
    with scripted.serve() as running:
        yield running
