"""Fixtures for the tests of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from typing import NoReturn


def _unknown(uid: int) -> NoReturn:
    message = f"getpwuid(): uid not found: {uid}"
    raise KeyError(message)


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as a user whom the system does not know, without HOME, as in many a container."""
    pwd = pytest.importorskip("pwd")
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", _unknown)
