"""Git repositories of our own, whatever the configuration of whoever runs the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git on PATH")
_PERSON = {
    f"GIT_{role}_{part}": "nobody@example.com"
    for role in ("AUTHOR", "COMMITTER")
    for part in ("NAME", "EMAIL")
}
_ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(root: Path, *arguments: str) -> str:
    """Run git in a folder, and give what it prints."""
    command = ["git", "-C", str(root), "-c", "core.autocrlf=false", *arguments]
    done = subprocess.run(  # noqa: S603 - a tree of our own
        command,
        check=True,
        encoding="utf-8",
        env={**os.environ, **_PERSON, **_ALONE},
        stdout=subprocess.PIPE,
    )
    return done.stdout


def commit(root: Path) -> None:
    """Make a folder a repository, with all of its files in one commit."""
    git(root, "init", "--quiet")
    git(root, "add", "--all", "--force")
    git(root, "commit", "--quiet", "--message", "A tree")
