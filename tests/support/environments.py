"""Virtual environments for programs, made without a network, and a poetry that knows one."""

from __future__ import annotations

import os
import sysconfig
import venv
from pathlib import Path

import pulumi_callerid


def venv_like_ours(folder: Path) -> Path:
    """Make a virtual environment that sees everything installed in the one that runs the tests."""
    ours = sysconfig.get_path("purelib")
    return _seeing(f"import site; site.addsitedir({ours!r})\n", folder)


def venv_without_callerid(folder: Path) -> Path:
    """Make one that sees Pulumi's SDK and ours, and everything else but callerid; POSIX only."""
    seen = folder.with_name(f"{folder.name}-packages")
    seen.mkdir(parents=True)
    packages = [
        *Path(sysconfig.get_path("purelib")).iterdir(),
        Path(pulumi_callerid.__file__).parent,
    ]
    for each in packages:
        if "callerid" not in each.name or each.name == "pulumi_callerid":
            (seen / each.name).symlink_to(each)
    return _seeing(f"{seen}\n", folder)


def bare_venv(folder: Path) -> Path:
    """Make one with nothing in it."""
    return _seeing("", folder)


def lay_poetry(folder: Path, venv: Path) -> Path:
    """Put a stand-in for poetry into a folder; POSIX only.

    It answers the one question that is asked of it, and as poetry does: an active environment is
    the program's, else one is that it knows by the project's place, here any beside the folder.
    The engine asks for its version too.
    """
    folder.mkdir(exist_ok=True)
    poetry = folder / "poetry"
    poetry.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = --version ]; then echo "Poetry (version 2.1.0)"; exit; fi\n'
        '[ "$*" = "env info --path" ] || exit 2\n'
        f'case "$PWD" in {folder.parent}/*) known={venv} ;; esac\n'
        'made="${VIRTUAL_ENV:-$known}"\n'
        '[ -d "$made" ] && echo "$made"\n',
        encoding="utf-8",
    )
    poetry.chmod(0o755)
    return folder


def _seeing(text: str, folder: Path) -> Path:
    venv.create(folder, with_pip=False, symlinks=True)
    (libraries(folder) / "seen.pth").write_text(text, encoding="utf-8")
    return folder


def libraries(folder: Path) -> Path:
    """Find where a virtual environment has its packages; Python 3.10 has no scheme for it."""
    scheme = "nt" if os.name == "nt" else "posix_prefix"
    base = {"base": str(folder), "platbase": str(folder)}
    return Path(sysconfig.get_path("purelib", scheme, base))
