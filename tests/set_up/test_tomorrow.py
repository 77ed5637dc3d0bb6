"""A release of tomorrow: every package has a newer one on offer, and the set-up stays what it was.

The packages are wheels with the metadata of the real ones and nothing else, so each lock is
resolved by each pip in a second or two; their hashes take the place of the real ones.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from importlib import metadata
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from support import index
from support.environments import libraries
from support.pages import ROOT

import locks
from locks import LOCKS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.index import Wheel

BROUGHT = {"3.10": "21.2.3", "3.11": "22.3", "3.12": "23.2.1", "3.13": "24.2", "3.14": "25.2"}
"""Python to the pip that its first release brought."""
OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
NEWEST = metadata.version("pip")
"""The newest when the locks were renewed last."""
PIPS = [*list(BROUGHT.values())[list(BROUGHT).index(OWN) :], NEWEST]
NEXT = "9999"
DEV = ROOT / "requirements-dev.txt"


@pytest.fixture(scope="session", params=PIPS)
def pip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give each pip that this Python may meet, as a file that Python runs; an index has it."""
    folder = tmp_path_factory.mktemp("pip")
    wish = ["download", "--quiet", "--no-deps", "--dest", str(folder), f"pip=={request.param}"]
    subprocess.run(  # noqa: S603 - our own pip
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *wish], check=True
    )
    [wheel] = folder.iterdir()
    return wheel / "pip"


@pytest.fixture(scope="session")
def wheels() -> dict[str, Wheel]:
    """Give each package that a lock pins; two locks may pin two versions of one."""
    return {
        f"{name}=={package.version}": index.empty(name, *package)
        for lock in LOCKS
        for name, package in locks.packages(lock).items()
    }


@pytest.fixture(scope="session")
def url(wheels: dict[str, Wheel]) -> Iterator[str]:
    """Serve them all, and for each package a newer version that requires nothing."""
    names = {pin.partition("==")[0] for pin in wheels}
    newer = [index.empty(name, NEXT) for name in names]
    with index.serve([*wheels.values(), *newer]) as running:
        yield running


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_a_set_up_takes_what_is_locked(
    tmp_path: Path, lock: Path, pip: Path, url: str, wheels: dict[str, Wheel]
) -> None:
    """Every pip installs just the versions of the lock, and is content with their hashes."""
    text = _with_their_hashes(lock.read_text(encoding="utf-8"), wheels)
    done, installed = _install(pip, text, url, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    here = [pin for pin in locks.read(text) if locks.applies(pin.requirement, {})]
    assert installed == {pin.name: pin.version for pin in here}


def test_an_extra_left_out_is_noticed(
    tmp_path: Path, pip: Path, url: str, wheels: dict[str, Wheel]
) -> None:
    """A lock without its extras, as it once was, is refused by each pip before 24."""
    text = _with_their_hashes(DEV.read_text(encoding="utf-8"), wheels)
    done, _ = _install(pip, re.sub(r"\[\w+\]==", "==", text), url, tmp_path)
    old = int(pip.parent.name.split("-")[1].split(".")[0]) < 24
    assert (done.returncode != 0) == old
    assert ("coverage[toml]" in done.stderr) == old


def _with_their_hashes(text: str, wheels: dict[str, Wheel]) -> str:
    """Put the hashes of our wheels in place of the real ones; the rest stays as it is."""
    entries = []
    for entry in text.replace("\\\n", " ").splitlines():
        head = entry.partition(" --hash=")[0].strip()
        [pin] = locks.read(head)
        wheel = wheels.get(f"{pin.name}=={pin.version}")
        entries.append(f"{head} --hash=sha256:{wheel.sha256 if wheel else ''}\n")
    return "".join(entries)


def _install(
    pip: Path, lock: str, url: str, folder: Path
) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """Set up an environment that has no pip of its own; give what was said and is installed."""
    made, file = folder / "venv", folder / "lock.txt"
    venv.create(made, symlinks=os.name != "nt")
    file.write_text(lock, encoding="utf-8")
    python = made / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    wish = ["install", "--quiet", "--index-url", url, "--require-hashes", "-r", str(file)]
    done = subprocess.run(  # noqa: S603 - a pip
        [python, pip, "--isolated", "--no-cache-dir", "--disable-pip-version-check", *wish],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**kept, "PYTHONWARNINGS": "ignore"},
    )
    found = metadata.distributions(path=[str(libraries(made))])
    return done, {canonicalize_name(each.name): each.version for each in found}
