"""Build a release: wheel and sdist of callerid and of its SDK, a bill of materials, checksums.

    python tools/distributions.py             from the tree as it is
    python tools/distributions.py --release   only what may be released

The same commit gives the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import versions
from callerid.frontends.semver import semver
from sbom import bill

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[1]
SUMS = "SHA256SUMS"
BILL = ".cdx.json"
"""How the bill of materials ends, in CycloneDX's form."""
_PACKAGES = ("*.whl", "*.tar.gz")
_BUILT = (*_PACKAGES, f"*{BILL}", SUMS)
_UNDATED = "1580601600"
"""The date that hatchling gives to what has none."""
_SHOWN = 5
"""How many changed files a refusal lists."""


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Build everything into a folder, `dist` by default; give the exit code."""
    wanted = _parser().parse_args(arguments)
    if wanted.release and (reasons := refusals(root, wanted.tag)):
        print(*(f"No release: {reason}" for reason in reasons), sep="\n", file=sys.stderr)  # noqa: T201 - said to people
        return 1
    for path in build(root, wanted.into or root / "dist"):
        print(path)  # noqa: T201 - said to people
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--release", action="store_true", help="refuse what is not ready")
    parser.add_argument("--tag", help="with --release: refuse unless this is v and the version")
    parser.add_argument("--into", type=Path, help="the folder to build into; default: dist")
    return parser


def refusals(root: Path, tag: str | None = None) -> list[str]:
    """Say why this tree is not to be released: a sentence each, none when it may."""
    version = semver(versions.source_version(root))
    reasons = versions.disagreements(root)
    if versions.newest(root).date is None:
        reasons.append(f"{versions.CHANGELOG} calls it unreleased. Write the day in its place.")
    if tag not in {None, f"v{version}"}:
        reasons.append(f"the tag is {tag}, but the version is {version}. Tag v{version}.")
    return [*reasons, *_uncommitted(root)]


def _uncommitted(root: Path) -> list[str]:
    """Say what no commit has: nobody could build such a release again."""
    changed = _git(root, "status", "--porcelain")
    if changed is None:
        return ["git does not know this tree. Build releases in a clone of the repository."]
    files = [line[3:] for line in changed.splitlines()]
    if not files:
        return []
    more = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
    return [f"uncommitted: {', '.join(files[:_SHOWN])}{more}. Commit or remove it."]


def build(root: Path, into: Path) -> list[Path]:
    """Build four distributions, their bill, `SHA256SUMS`; what an earlier build left is removed.

    Raises:
        subprocess.CalledProcessError: hatchling refused, and has said why.
    """
    into.mkdir(parents=True, exist_ok=True)
    for path in _found(into, _BUILT):
        path.unlink()
    environ = _environment(root)
    for project in (root, root / "sdk" / "python"):
        hatch(project, into, environ)
    _bill(into, versions.source_version(root), environ)
    built = _found(into, _BUILT)
    sums = into / SUMS
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in built]
    sums.write_text("".join(lines), encoding="utf-8", newline="\n")
    return [*built, sums]


def _found(folder: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted(path for pattern in patterns for path in folder.glob(pattern))


def _bill(into: Path, version: str, environ: dict[str, str]) -> None:
    """Write the bill of materials of what a folder has."""
    date = datetime.fromtimestamp(int(environ.get("SOURCE_DATE_EPOCH", _UNDATED)), timezone.utc)
    text = bill(version, _found(into, _PACKAGES), date)
    (into / f"callerid-{version}{BILL}").write_text(text, encoding="utf-8", newline="\n")


def hatch(project: Path, into: Path, environ: dict[str, str]) -> None:
    """Build a project's wheel and sdist with the hatchling that is installed here, offline.

    Raises:
        subprocess.CalledProcessError: hatchling refused; what it said is on stderr.
    """
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(into.resolve())]
    done = subprocess.run(  # noqa: S603 - our own build backend
        command, capture_output=True, check=False, cwd=project, env=environ, text=True
    )
    if done.returncode:
        sys.stderr.write(done.stderr)
    done.check_returncode()


def _environment(root: Path) -> dict[str, str]:
    """Date every file in the archives like the last commit, unless the caller dates them."""
    date = _git(root, "log", "-1", "--format=%ct")
    dated = {"SOURCE_DATE_EPOCH": date.strip()} if date else {}
    return {**dated, **os.environ}


def _git(root: Path, *arguments: str) -> str | None:
    """Ask git; None where there is no git, or no repository."""
    try:
        asked = subprocess.run(  # noqa: S603 - reads alone
            ["git", "-C", str(root), *arguments],  # noqa: S607 - the git on PATH
            capture_output=True,
            check=False,
            text=True,
        )
    except FileNotFoundError:
        return None
    return asked.stdout if asked.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
