"""The version: written in one place, and the same wherever it is derived."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

import callerid
import versions
from callerid.frontends.semver import semver

ROOT = Path(__file__).parents[1]


def test_all_places_say_the_same() -> None:
    """Schema, SDK, the plugin that the SDK asks for, and the changelog follow the source."""
    assert versions.source_version(ROOT) == callerid.__version__
    assert versions.disagreements(ROOT) == []
    assert set(versions.derived_versions(ROOT).values()) == {semver(callerid.__version__)}


@pytest.mark.parametrize("name", ["callerid", "pulumi-callerid"])
def test_the_installed_version_is_the_source_s(name: str) -> None:
    """What is installed here for development is of this version; if not, run `make setup`."""
    assert semver(metadata.version(name)) == semver(callerid.__version__)


@pytest.mark.parametrize(
    ("heading", "entry"),
    [
        ("## 0.1.0 - unreleased", ("0.1.0", None)),
        ("## 1.0.0-rc.1 - 2026-01-31", ("1.0.0-rc.1", "2026-01-31")),
    ],
)
def test_the_changelog_says_version_and_date(
    tmp_path: Path, heading: str, entry: tuple[str, str | None]
) -> None:
    """The first heading of the second level is the newest version; older ones do not count."""
    text = f"# Changelog\n\n{heading}\n\n### Added\n\n## 0.0.1 - 2020-01-01\n"
    (tmp_path / "CHANGELOG.md").write_text(text, encoding="utf-8")
    assert versions.newest(tmp_path) == entry


@pytest.mark.parametrize("heading", ["## Unreleased", "## 1.0.0", "## 1.0.0 - soon", "no heading"])
def test_another_heading_is_refused(tmp_path: Path, heading: str) -> None:
    """The message shows what stands there, and what belongs there."""
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n{heading}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=rf'begins with "{heading}"\. Write "## 1\.2\.3 - '):
        versions.newest(tmp_path)


def test_a_file_without_a_version_is_named(tmp_path: Path) -> None:
    """The message names the file, and what was looked for."""
    source = tmp_path / versions.SOURCE
    source.parent.mkdir(parents=True)
    source.write_text("version = 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"__init__\.py says no version"):
        versions.source_version(tmp_path)
