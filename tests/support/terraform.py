"""Terraform and OpenTofu: the real ones where there are any, and stand-ins that answer alike."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

from support import commands

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HOST = "providers.example"
"""The default host of the stand-ins."""
REAL = {name: path for name in ("terraform", "tofu") if (path := shutil.which(name))}
"""Name of each tool of this machine to its executable."""
CONFIGURATION = """\
terraform {
  required_providers {
    callerid = {
      source = "callerid/callerid"
    }
  }
}
"""


def stand_in(  # noqa: PLR0913 - what a tool answers
    folder: Path,
    name: str = "terraform",
    *,
    version: str = "1.11.4",
    platform: str = "linux_amd64",
    log: Iterable[str] = (),
    host: str = HOST,
) -> Path:
    """Write a script that answers like a tool, and notes these lines in its log."""
    said = json.dumps({"terraform_version": version, "platform": platform})
    lines = "\n".join(log)
    return program(
        folder / name,
        f"case $1 in\nversion) cat >&2 <<'END'\n{lines}\nEND\ncat <<'END'\n{said}\nEND\n;;\n"
        f"providers) echo '└── provider[{host}/callerid/callerid]' ;;\nesac",
    )


def program(file: Path, text: str) -> Path:
    """Write a shell script."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def environment(home: Path, **more: str) -> dict[str, str]:
    """Give the environment of somebody with this home folder, and no settings of the tools."""
    kept = {
        name: value
        for name, value in commands.environment().items()
        if not name.startswith(("TF_", "XDG_")) and name != "TERRAFORM_CONFIG"
    }
    return {**kept, "HOME": str(home), "CHECKPOINT_DISABLE": "1", **more}


def install(tool: str, home: Path) -> None:
    """Install callerid for a real tool in this home folder, as its owner would."""
    tofu = ["--tofu"] if tool == "tofu" else []
    ran = commands.run("install", "terraform", *tofu, **environment(home))
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr


def run(
    tool: str, folder: Path, environ: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run a real tool in a folder, without colours, on one line however long."""
    return subprocess.run(  # noqa: S603 - a tool of this machine
        [REAL[tool], *arguments, "-no-color"],
        capture_output=True,
        check=False,
        cwd=folder,
        env=environ,
        text=True,
        timeout=60,
    )
