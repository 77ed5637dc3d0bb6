"""The bill of materials: whole, right, and in CycloneDX's form."""

from __future__ import annotations

import email
import hashlib
import json
import re
import zipfile
from datetime import datetime, timezone
from importlib import metadata
from typing import TYPE_CHECKING, Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name
from packaging.version import Version

import dependencies
import distributions
from callerid import __version__
from sbom import COMES_WITH, bill

if TYPE_CHECKING:
    from pathlib import Path

    from release.environment import Environment

Bill = dict[str, Any]
LOCK = dependencies.LOCK.read_text(encoding="utf-8")
DAY = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def text(packages: Path) -> str:
    """Give the bill as it was built."""
    [found] = packages.glob(f"*{distributions.BILL}")
    return found.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def read(text: str) -> Bill:
    """Give the bill, read."""
    found: Bill = json.loads(text)
    return found


@pytest.fixture(scope="module")
def components(read: Bill) -> dict[str, Bill]:
    """Give its components but for our own, by name and version as a lock has them."""
    found = [each for each in read["components"] if each["name"] != "pulumi-callerid"]
    return {f"{each['name']}=={each['version']}": each for each in found}


def _digests(component: Bill) -> set[str]:
    assert {each["alg"] for each in component["hashes"]} == {"SHA-256"}
    return {each["content"] for each in component["hashes"]}


def test_it_is_valid(text: str) -> None:
    """By CycloneDX's schema, at its strictest."""
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_it_describes_what_was_built(read: Bill, packages: Path, wheel: Path) -> None:
    """Both of our packages, with version, licence, and the checksum of each file."""
    [sdk] = [each for each in read["components"] if each["name"] == "pulumi-callerid"]
    callerid = read["metadata"]["component"]
    with zipfile.ZipFile(wheel) as opened:
        [name] = [each for each in opened.namelist() if each.endswith("/METADATA")]
        said = email.message_from_bytes(opened.read(name))
    for each in (callerid, sdk):
        files = [*packages.glob(f"{each['name'].replace('-', '_')}-*[lz]")]
        assert _digests(each) == {hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
        assert len(files) == 2
        assert Version(each["version"]) == Version(__version__)
        assert each["licenses"] == [{"license": {"id": said["License-Expression"]}}]


def test_it_lists_all_that_comes_along(components: dict[str, Bill]) -> None:
    """With licence, address, what brings it, and whether callerid does without."""
    along = {dependencies.key(each.pin): each for each in dependencies.along()}
    assert {*components} == {*along}
    for name, each in components.items():
        [licence] = each["licenses"]
        assert (licence.get("expression") or licence["license"]["id"]) == along[name].licence
        assert each["purl"] == f"pkg:pypi/{name.replace('==', '@')}"
        roots = [prop["value"] for prop in each["properties"] if prop["name"] == COMES_WITH]
        assert roots == along[name].brought_by
        assert each["scope"] == ("required" if "callerid" in roots else "optional")


def test_it_has_the_locks_hashes(components: dict[str, Bill]) -> None:
    """Those of every file that the lock lets in, and no other."""
    for name, each in components.items():
        [entry] = re.findall(rf"^{re.escape(name)} .*(?:\n +--hash.*)*", LOCK, re.MULTILINE)
        assert _digests(each) == {*re.findall(r"--hash=sha256:(\w{64})", entry)}


def test_it_knows_everything_that_is_installed(
    read: Bill, full: Environment, lean: Environment
) -> None:
    """What the wheels really bring along on this machine is all in it."""
    listed = {
        (each["name"], Version(each["version"]))
        for each in (*read["components"], read["metadata"]["component"])
    }
    for made in (full, lean):
        found = metadata.distributions(path=[str(made.libraries)])
        installed = {(canonicalize_name(each.name), Version(each.version)) for each in found}
        assert len(installed) > 10
        assert installed <= listed


def test_it_says_what_needs_what(read: Bill) -> None:
    """Each need is a component, and from callerid or the SDK a path leads to each component."""
    needs = {each["ref"]: {*each.get("dependsOn", ())} for each in read["dependencies"]}
    own = {read["metadata"]["component"]["bom-ref"], read["components"][0]["bom-ref"]}
    reached, waiting = set[str](), set(own)
    while waiting:
        reached |= waiting
        waiting = {each for ref in waiting for each in needs[ref]} - reached
    assert reached == {each["bom-ref"] for each in read["components"]} | own


def test_it_leads_nowhere(text: str) -> None:
    """It names packages, and no place to fetch them from: the one address is its schema's."""
    assert re.findall(r'"(\S+)": "https?:', text) == ["$schema"]


def test_the_same_gives_the_same_bill(packages: Path) -> None:
    """Its serial number is another when, and only when, something else is."""
    built = sorted(packages.glob("*[lz]"))
    once, twice, later = (bill("1.0", built, day) for day in (DAY, DAY, DAY.replace(day=30)))
    fewer = bill("1.0", built[:-1], DAY)
    assert once == twice
    assert len({json.loads(each)["serialNumber"] for each in (once, later, fewer)}) == 3
