"""Set up a virtual environment from a locked requirement file, with the standard library alone.

    python tools/set_up.py .venv requirements-preview.txt --editable . sdk/python

An environment that an earlier set-up left half-made is made anew. What goes wrong is told with its
cure; pip's own words stand above it.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import venv
from importlib.util import find_spec
from pathlib import Path

WHOLE = ".whole"
"""The file that an environment has while everything in it was installed to the end."""
_PIP = ("-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-user")
_TAKEN = frozenset(
    f"PIP_{name}"
    for name in (
        *("CACHE_DIR", "CERT", "CLIENT_CERT", "CONFIG_FILE", "DEFAULT_TIMEOUT", "EXTRA_INDEX_URL"),
        *("FIND_LINKS", "INDEX_URL", "KEYRING_PROVIDER", "NO_CACHE_DIR", "NO_INDEX", "PROXY"),
        *("RETRIES", "TIMEOUT", "TRUSTED_HOST"),
    )
)
"""Variables of pip that say where packages come from; where they go to is settled."""
_PINNED = re.compile(r"^([\w.-]+)(?:\[[^]]*\])?==([^ ;\\\n]+)(?![^\n]*;)", re.MULTILINE)
"""A line of a lock that counts on every machine."""
_INSTALLED = """
import sys
from importlib.metadata import PackageNotFoundError, version
for name, wanted in (pin.split("==") for pin in sys.argv[1:]):
    try:
        found = version(name)
    except PackageNotFoundError:
        found = None
    if found != wanted:
        print(name)
"""
_UNREACHED = ("connection broken by", "Max retries exceeded", "from versions: none")
_OTHER_FILES = "DO NOT MATCH THE HASHES"
_FULL = "No space left on device"


class SetUpError(Exception):
    """What went wrong, and what to do, for people."""


def main() -> int:
    """Set up what the arguments name; give the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="the environment, made where it is not there")
    parser.add_argument("lock", type=Path, help="the requirement file, with versions and hashes")
    parser.add_argument(
        "--editable", nargs="*", default=[], help="our own projects, installed last"
    )
    given = parser.parse_args()
    print(f"Setting up {given.folder} from {given.lock} …", flush=True)  # noqa: T201 - a command line
    try:
        set_up(given.folder, given.lock, given.editable)
    except SetUpError as error:
        sys.exit(f"callerid: {error}\nThe next call begins the set-up anew.")
    except KeyboardInterrupt:
        sys.exit("callerid: the set-up was interrupted. The next call begins it anew.")
    return 0


def set_up(folder: Path, lock: Path, editable: list[str]) -> None:
    """Install what is locked into an environment, and our own projects without asking any index.

    Raises:
        SetUpError: this Python cannot make an environment, or pip failed.
    """
    whole = folder / WHOLE
    if not (whole.is_file() and _python(folder).exists()):
        _make(folder)
    whole.unlink(missing_ok=True)
    _install(folder, "--require-hashes", "--requirement", str(lock))
    if editable:
        projects = [word for each in editable for word in ("--editable", each)]
        _install(folder, "--no-deps", "--no-build-isolation", *projects)
    _demand(folder, lock)
    whole.touch()


def _demand(folder: Path, lock: Path) -> None:
    """Look whether what is locked is in its place: a configuration of pip may lead elsewhere."""
    pins = [f"{name}=={version}" for name, version in _PINNED.findall(lock.read_text("utf-8"))]
    command = [str(_python(folder)), "-I", "-c", _INSTALLED, *pins]
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")  # noqa: S603 - our own Python
    if done.stdout:
        message = (
            f"pip went well, but {folder} lacks {', '.join(done.stdout.split())}.\n"
            "A configuration of pip may send packages elsewhere; look at: pip config list"
        )
        raise SetUpError(message)


def _make(folder: Path) -> None:
    holds_files = any(path.is_file() for path in folder.rglob("*"))
    if holds_files and not (folder / "pyvenv.cfg").is_file():
        message = f"{folder} holds files and is no virtual environment. Move it out of the way."
        raise SetUpError(message)
    if find_spec("ensurepip") is None:
        major, minor = sys.version_info[:2]
        message = (
            f"{sys.executable} cannot make virtual environments: its module ensurepip is missing.\n"
            f"On Debian and Ubuntu install it with: apt install python{major}.{minor}-venv\n"
            "Or name another Python: make PYTHON=python3.12"
        )
        raise SetUpError(message)
    try:
        venv.create(folder, clear=True, symlinks=sys.platform != "win32", with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        message = f"the environment {folder} cannot be made: {error}."
        raise SetUpError(message) from None


def _python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("PIP_") or k in _TAKEN}


def _install(folder: Path, *arguments: str) -> None:
    """Call the environment's pip; its complaints are shown as they come."""
    command = [str(_python(folder)), *_PIP, *arguments]
    said = []
    with subprocess.Popen(  # noqa: S603 - our own pip
        command, stderr=subprocess.PIPE, encoding="utf-8", errors="replace", env=_environment()
    ) as pip:
        for line in pip.stderr or ():
            sys.stderr.write(line)
            said.append(line)
    if pip.returncode:
        raise SetUpError(_cure("".join(said)))


def _cure(said: str) -> str:
    """Tell what to do, by what pip said."""
    if any(words in said for words in _UNREACHED):
        return (
            "pip found no package index, or none that has these packages.\n"
            "Check the network; behind a proxy set HTTPS_PROXY, with an index of your own "
            "PIP_INDEX_URL."
        )
    if _OTHER_FILES in said:
        return (
            "the package index served other files than those locked, so nothing was installed.\n"
            "Ask whoever runs that index or proxy; pip names the package above."
        )
    if _FULL in said:
        return "the disk is full. Make room, or set TMPDIR to a folder that has some."
    return "pip failed; its own words above say why."


if __name__ == "__main__":
    sys.exit(main())
