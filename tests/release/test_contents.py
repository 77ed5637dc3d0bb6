"""What is in the distributions, and what they say about themselves."""

from __future__ import annotations

import email
import re
import tarfile
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from packaging.version import Version

import callerid

ROOT = Path(__file__).parents[2]
PROVIDER = ROOT / "provider" / "callerid"
SDK = ROOT / "sdk" / "python" / "pulumi_callerid"
PARTS = [r"(^|/)tests?(/|_)", "__pycache__", r"\.pyc$", "egg-info", r"(^|/)\.venv/", r"(^|/)\.git/"]
"""What belongs into no wheel."""


@pytest.fixture(params=["wheel", "sdk_wheel"])
def archive(request: pytest.FixtureRequest) -> Path:
    """Give each wheel in turn."""
    found: Path = request.getfixturevalue(request.param)
    return found


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as opened:
        return set(opened.namelist())


def _text(wheel: Path, ending: str) -> str:
    with zipfile.ZipFile(wheel) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith(ending))
        return opened.read(name).decode()


def _sources(folder: Path) -> set[str]:
    """Give the files of a package as they stand in a wheel."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder.parent).as_posix()
        for path in found
        if "__pycache__" not in path.parts
    }


def test_the_wheel_has_the_package_and_nothing_else(wheel: Path) -> None:
    """Every file of the package, callers and schemas too, the schema, and the metadata."""
    inside = {name for name in _names(wheel) if ".dist-info/" not in name}
    assert inside == _sources(PROVIDER) | {"callerid/schema.json"}
    assert {"callerid/py.typed", "callerid/sandbox/scenario.schema.json"} <= inside
    assert any(name.endswith("/licenses/LICENSE") for name in _names(wheel))


def test_the_sdk_wheel_has_the_package_and_nothing_else(sdk_wheel: Path) -> None:
    """Every file of the SDK: types, and the file that names the plugin."""
    inside = {name for name in _names(sdk_wheel) if ".dist-info/" not in name}
    assert inside == _sources(SDK)
    assert {"pulumi_callerid/py.typed", "pulumi_callerid/pulumi-plugin.json"} <= inside


def test_no_wheel_has_tests_or_left_overs(archive: Path) -> None:
    """No test, no compiled file, no environment."""
    wrong = [name for name in _names(archive) for part in PARTS if re.search(part, name)]
    assert wrong == []


def test_the_sdist_has_no_left_overs(packages: Path) -> None:
    """Neither what a machine keeps for itself nor anything compiled; but the tests."""
    (sdist,) = packages.glob("callerid-*.tar.gz")
    with tarfile.open(sdist) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert [name for name in names for part in PARTS[1:] if re.search(part, name)] == []
    assert {"LICENSE", "schema.json", "tests/test_version.py"} <= names


def test_no_file_names_a_machine(packages: Path) -> None:
    """No path of the machine that built it is in any file of any distribution."""
    paths = {str(ROOT).encode(), str(Path.home()).encode() + b"/"}
    for wheel in packages.glob("*.whl"):
        with zipfile.ZipFile(wheel) as opened:
            texts = {name: opened.read(name) for name in opened.namelist()}
        assert [name for name, text in texts.items() for path in paths if path in text] == []


def test_the_metadata_is_complete(archive: Path) -> None:
    """Name, version, Python, licence, and a description that renders."""
    metadata = email.message_from_string(_text(archive, "/METADATA"))
    assert metadata["Name"].replace("-", "_") == archive.name.partition("-")[0]
    assert Version(metadata["Version"]) == Version(callerid.__version__)
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert "<h1>" in MarkdownIt().render(str(metadata.get_payload()))


def test_the_commands_and_the_pytest_plugin_are_announced(wheel: Path) -> None:
    """Two commands, and the fixtures that pytest finds by itself."""
    announced = ConfigParser()
    announced.read_string(_text(wheel, "/entry_points.txt"))
    assert set(announced["console_scripts"]) == {"callerid", "terraform-provider-callerid"}
    assert dict(announced["pytest11"]) == {"callerid": "callerid.testing.pytest_plugin"}
