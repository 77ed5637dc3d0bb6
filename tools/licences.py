"""Under which licence a package comes, by its own metadata, and which licences may come along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from license_expression import get_spdx_licensing
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ALLOWED = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0"),
        *("MPL-2.0", "PSF-2.0", "Unlicense"),
    }
)
"""What asks no more of whoever installs callerid than to leave notices and files as they are."""


class Reading(NamedTuple):
    """How a licence is meant that SPDX has no such name for."""

    written: str
    meant: str
    reason: str


READINGS = {
    "protobuf": Reading(
        "3-Clause BSD License", "BSD-3-Clause", "its LICENSE is that text, with Google's name"
    ),
}
"""Package to a reading of its field License. A field that has become another needs a new look."""
_CLASSIFIERS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""Those that stand for one licence; that of BSD stands for several."""
_SPDX = get_spdx_licensing()


class UnknownLicenceError(ValueError):
    """A package's metadata name no licence in a form that can be read."""


def licence(name: str, said: Mapping[str, Any]) -> str:
    """Give a package's licence as an expression of SPDX.

    `said` are its metadata in their form for JSON. The first place counts that can be read: the
    expression, the field that once was free text, the classifiers.

    Raises:
        UnknownLicenceError: none can be read.
    """
    for written in _written(name, said):
        if expression := _read(written):
            return expression
    message = (
        f"{name} {said['version']} says no licence that SPDX knows. Read the files of its licence, "
        "and add a reading to READINGS in tools/licences.py."
    )
    raise UnknownLicenceError(message)


def _written(name: str, said: Mapping[str, Any]) -> Iterator[str]:
    text, reading = said.get("license"), READINGS.get(name)
    meant = reading.meant if reading and reading.written == text else text
    yield from filter(None, (said.get("license_expression"), meant))
    yield from (_CLASSIFIERS[each] for each in said.get("classifier", ()) if each in _CLASSIFIERS)


def _read(written: str) -> str | None:
    try:
        return canonicalize_license_expression(written)
    except InvalidLicenseExpression:
        return None


def is_allowed(expression: str) -> bool:
    """Tell whether an expression can be met by allowed licences alone: of those after OR by one."""
    parsed = _SPDX.parse(expression, validate=True)
    values = dict.fromkeys(parsed.symbols, _SPDX.FALSE)
    values |= {each: _SPDX.TRUE for each in parsed.symbols if str(each) in ALLOWED}
    return bool(parsed.subs(values, simplify=True) == _SPDX.TRUE)
