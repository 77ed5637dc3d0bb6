"""What several tests of a platform start from."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from support.m3ter import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.api import Api


@pytest.fixture
def world(api: Api) -> Iterator[World]:
    """A caller with a ready token that tells nothing."""
    made = World(api)
    with closing(made.client):
        yield made
