"""The bill of materials of a release: what was built, and every package that comes along with it.

It is in CycloneDX's form, as JSON. The same commit gives the same bytes: the time is the commit's,
and the serial number stands for the content.
"""

from __future__ import annotations

import hashlib
import uuid
from importlib import metadata
from typing import TYPE_CHECKING

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.model.lifecycle import LifecyclePhase, PredefinedLifecycle
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

import dependencies

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from dependencies import Along

SDK = "pulumi-callerid"
LICENCE = "Apache-2.0"
COMES_WITH = "callerid:comes-with"
"""The property of a package that says what brings it: callerid, one of its extras, or the SDK."""
_TOOLS = ("cyclonedx-python-lib", "hatchling")


def bill(version: str, built: Sequence[Path], date: datetime) -> str:
    """Give the bill of a release: `built` are its distributions, `date` is that of its commit."""
    callerid, sdk = (_ours(name, version, built) for name in ("callerid", SDK))
    along = {dependencies.key(each.pin): _package(each) for each in dependencies.along()}
    tools = [_component(name, metadata.version(name)) for name in _TOOLS]
    bom = Bom(
        serial_number=uuid.UUID(int=0),
        components=[sdk, *along.values()],
        metadata=BomMetaData(
            component=callerid,
            lifecycles=[PredefinedLifecycle(LifecyclePhase.BUILD)],
            timestamp=date,
            tools=ToolRepository(components=tools),
        ),
    )
    for root in dependencies.ROOTS:
        asked = [along[each] for each in dependencies.asked_for(root)]
        bom.register_dependency(sdk if root == SDK else callerid, asked)
    for each in dependencies.along():
        needs = [along[need] for need in each.needs]
        bom.register_dependency(along[dependencies.key(each.pin)], needs)
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_OID, _written(bom))
    return _written(bom)


def _written(bom: Bom) -> str:
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _ours(name: str, version: str, built: Sequence[Path]) -> Component:
    """Describe one of our own distributions, by the files that were built."""
    beginning = f"{name.replace('-', '_')}-"
    files = [path for path in built if path.name.startswith(beginning)]
    component = _component(name, version, ComponentType.APPLICATION)
    component.licenses = [_licence(LICENCE)]
    component.hashes = _hashes(hashlib.sha256(path.read_bytes()).hexdigest() for path in files)
    return component


def _package(each: Along) -> Component:
    """Describe a package that comes along, with a hash for each of its files in the lock."""
    component = _component(each.pin.name, each.pin.version)
    component.licenses = [_licence(each.licence)]
    component.hashes = _hashes(each.pin.hashes)
    component.scope = ComponentScope.OPTIONAL if each.optional else ComponentScope.REQUIRED
    component.properties = [Property(name=COMES_WITH, value=root) for root in each.brought_by]
    return component


def _component(name: str, version: str, kind: ComponentType = ComponentType.LIBRARY) -> Component:
    purl = PackageURL("pypi", name=name, version=version)
    return Component(name=name, version=version, type=kind, purl=purl, bom_ref=str(purl))


def _licence(expression: str) -> DisjunctiveLicense | LicenseExpression:
    """Write one licence by its identifier, and several by their expression."""
    return LicenseExpression(expression) if " " in expression else DisjunctiveLicense(id=expression)


def _hashes(digests: Iterable[str]) -> list[HashType]:
    return [HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in digests]
