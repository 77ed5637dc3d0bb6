"""Every block of code in the README and under docs/: it runs, or is read as what it is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support import configurations, pages, shell_lines, yaml_blocks
from support.pages import PYTHON, SHELL, TEXT, YAML, Block

from callerid.frontends.pulumi import plugin_cache
from callerid.sandbox.server import as_caller
from callerid.testing import PreviewHost

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ELSEWHERE = {
    ("docs/sandbox.md", YAML): "tests/sandbox/test_docs.py",
    ("docs/sandbox.md", TEXT): "tests/sandbox/test_docs.py",
    ("docs/testing.md", PYTHON): "tests/testing/test_page.py",
    ("docs/testing.md", "toml"): "tests/testing/test_page.py",
    ("README.md", TEXT): "tests/test_readme.py",
    ("docs/architecture.md", TEXT): "a drawing",
    ("docs/secrets-and-state.md", TEXT): "tests/frontends/pulumi/test_secret_settings.py",
    ("docs/terraform/functions/has_role.md", TEXT): "a signature; tests/docs/test_pages.py",
    ("docs/terraform.md", TEXT): "tests/e2e/test_terraform_guard.py",
    ("docs/functions.md", "go"): "needs Go; it stands in schema.json",
    ("docs/functions.md", "typescript"): "needs Node; it stands in schema.json",
}
"""What is checked by other tests, or is no code."""
READ_ONLY = {
    "export": "sets a credential that is yours",
    "make": "runs all of this project",
    "pip": "asks a package index",
    "pulumi": "needs the Pulumi CLI; what it does with callerid is in tests/e2e",
    "terraform": "needs Terraform; what callerid shows there is in test_configurations.py",
    "callerid": "a server, a recording, the Pulumi CLI in it, or Terraform",
}
"""Commands that are read and not run, and why."""
CALLER = "service-user"
"""Who runs the lines that name nobody."""


@pytest.fixture(scope="module")
def host() -> Iterator[PreviewHost]:
    """Give one host for all pages."""
    with PreviewHost() as running:
        yield running


@pytest.mark.parametrize("page", pages.PAGES, ids=pages.name)
def test_every_block_works(page: Path, host: PreviewHost, tmp_path: Path) -> None:
    """From top to bottom, as a reader would: files are written, programs run, output compared."""
    (tmp_path / "Pulumi.yaml").write_text("name: page\nruntime: python\n", encoding="utf-8")
    plugin_cache.install(tmp_path / "home" / "plugins")  # as the README says at its beginning
    printed = ""
    for block in configurations.without(pages.blocks(page)):
        if (pages.name(page), block.language) in ELSEWHERE:
            continue
        if block.language == PYTHON and block.is_script:
            printed = _run(block, host, tmp_path)
        elif block.language == PYTHON:
            _preview(block, host, tmp_path)
        elif block.language == YAML:
            yaml_blocks.check(block.code, tmp_path)
        elif block.language == SHELL:
            printed = _shell(block, host, tmp_path)
        else:
            assert block.language == TEXT, block
            assert pages.shows(block.code, printed), printed


def _preview(block: Block, host: PreviewHost, folder: Path) -> None:
    (folder / "__main__.py").write_text(block.code, encoding="utf-8")
    result = host.preview(folder, caller=block.caller)
    assert bool(result.error) == block.refused, result.error
    assert not result.error or "callerid" in result.error


def _run(block: Block, host: PreviewHost, folder: Path) -> str:
    """Run a script that uses the library, and give what it printed."""
    done = subprocess.run(  # noqa: S603 - the page's own script
        [sys.executable, "-c", block.code],
        cwd=folder,
        env=as_caller(os.environ, host.sandbox.environment(block.caller)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == int(block.refused), done.stdout
    assert "callerid: " in done.stdout or not block.refused, done.stdout
    return done.stdout


def _shell(block: Block, host: PreviewHost, folder: Path) -> str:
    environ = as_caller(os.environ, host.sandbox.environment(CALLER))
    printed = []
    for line in block.code.splitlines():
        shell_lines.check(line)
        if shell_lines.can_run(line):
            printed.append(shell_lines.run(line, folder, environ))
        else:
            assert line.split()[0] in READ_ONLY, line
    return "".join(printed)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\ntwo\n\nthree\n", True),
        ("one\ntwo\n", False),
        ("two\n\nthree\n", False),
        ("one\n\nthree\n", False),
        ("one\ntwo\nthree\n", False),
        ("one\n…\n", True),
        ("…\ntwo\n…\n", True),
        ("one\n…\ntwo\n\nthree\n", True),
        ("…\nfour\n", False),
        ("…\nthree\n…\ntwo\n…\n", False),
    ],
)
def test_an_output_is_shown_whole(text: str, shown: bool) -> None:  # noqa: FBT001 - a case
    """What is left out without a mark is noticed, at the beginning, in the middle, at the end."""
    assert pages.shows(text, "one  \ntwo\n\nthree\n") == shown


def test_the_error_of_unknown_settings_is_the_one_quoted(host: PreviewHost, tmp_path: Path) -> None:
    """The page quotes what the program that it warns of is told."""
    page = pages.DOCS / "unknowns.md"
    (program,) = (each.code for each in pages.blocks(page) if each.refused)
    (tmp_path / "late.py").write_text(program, encoding="utf-8")
    error = host.preview(tmp_path / "late.py", caller="owner").error
    (quoted,) = re.findall(r"plain form \| an error: `(.+?)`", page.read_text(encoding="utf-8"))
    assert quoted in str(error)


def test_programs_tell_what_the_page_says(host: PreviewHost, tmp_path: Path) -> None:
    """An answer that waits for a resource is unknown, and one that does not is known."""
    (program,) = (
        each.code
        for each in pages.blocks(pages.DOCS / "unknowns.md")
        if "InvokeOutputOptions(depends_on" in each.code
    )
    (tmp_path / "waiting.py").write_text(program, encoding="utf-8")
    exports = host.preview(tmp_path / "waiting.py", caller="person").require_ok().exports
    assert exports["known"] == "Ada Lovelace"
    assert repr(exports["unknown"]) == "UNKNOWN"
