"""Versions as the engine wants them."""

from __future__ import annotations

import pytest
from semver import Version

from callerid.frontends.semver import semver


@pytest.mark.parametrize(
    ("python", "engine"),
    [
        ("1.2.3", "1.2.3"),
        ("1.0.0a2", "1.0.0-alpha.2"),
        ("1.0.0b1", "1.0.0-beta.1"),
        ("1.0.0rc1", "1.0.0-rc.1"),
        ("1.0.0.dev3", "1.0.0-dev.3"),
        ("1.0.0rc1.dev3", "1.0.0-rc.1.dev.3"),
        ("1.0.0.post4", "1.0.0+post.4"),
        ("1.0.0+local.5", "1.0.0+local.5"),
    ],
)
def test_python_versions_as_semantic_versions(python: str, engine: str) -> None:
    """Python's own forms are a hard error to the engine."""
    assert semver(python) == engine
    Version.parse(engine)


@pytest.mark.parametrize("version", ["1.0", "v1.0.0", "1!1.0.0", "1.0.0 "])
def test_what_has_no_counterpart_is_refused(version: str) -> None:
    """Better here than in a user's preview."""
    with pytest.raises(ValueError, match="semantic version"):
        semver(version)
