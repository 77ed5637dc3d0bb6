"""The version as hosts want it: semantic versioning, where Python's forms are an error."""

from __future__ import annotations

import re

_PEP440 = (
    r"(?P<release>\d+\.\d+\.\d+)"
    r"(?:(?P<phase>a|b|rc)(?P<number>\d+))?(?:\.post(?P<post>\d+))?(?:\.dev(?P<dev>\d+))?"
    r"(?:\+(?P<local>[a-z0-9.]+))?"
)
_PHASES = {"a": "alpha", "b": "beta", "rc": "rc"}


def semver(version: str) -> str:
    """Write a Python version (PEP 440) as a semantic version: `1.0.0rc1` becomes `1.0.0-rc.1`.

    Raises:
        ValueError: the version has not three numbers, or is of a form that has no counterpart.
    """
    match = re.fullmatch(_PEP440, version)
    if match is None:
        message = f"The version {version} cannot be written as a semantic version."
        raise ValueError(message)
    phase, dev, post = match["phase"], match["dev"], match["post"]
    before = ([_PHASES[phase], match["number"]] if phase else []) + (["dev", dev] if dev else [])
    build = (["post", post] if post else []) + ([match["local"]] if match["local"] else [])
    return (
        match["release"]
        + ("-" + ".".join(before) if before else "")
        + ("+" + ".".join(build) if build else "")
    )
