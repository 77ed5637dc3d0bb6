"""What `callerid doctor` finds out about Terraform and OpenTofu, where one is on PATH."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.cli.doctor_finding import Finding, of_sentence
from callerid.cli.doctor_install import is_there
from callerid.cli.install_terraform import cure, installation, settings
from callerid.errors import ConfigurationError
from callerid.frontends.starting import NoAnswerError
from callerid.frontends.terraform import first_line, mirror, tool
from callerid.frontends.terraform.__main__ import EXTRA
from callerid.frontends.terraform.names import SOURCE
from callerid.sandbox.extra import missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from callerid.cli.doctor_finding import Level

_OLDEST = {"terraform": (1, 0), "tofu": (1, 6)}
"""The first versions that speak the provider's protocol."""
_FUNCTIONS = {"terraform": (1, 8), "tofu": (1, 7)}
"""The first versions that have functions of providers."""
_PROJECTS = "terraform.d"
"""A folder of the project's own: whoever wrote it is not yet trusted, and doctor runs no `init`."""
_CONFIGURATIONS = ("*.tf", "*.tf.json", "*.tofu", "*.tofu.json")


def of_tools(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Report of each tool on PATH whether it will find the provider, and whether that starts."""
    here = any(file for pattern in _CONFIGURATIONS for file in Path().glob(pattern))
    spare = is_there(environ) and not here
    for name, title in tool.TITLES.items():
        if tool.find(name, environ):
            try:
                yield from _of_tool(tool.ask(name, environ), environ, spare=spare)
            except ConfigurationError as error:
                yield of_sentence(title, str(error), None)


def _of_tool(asked: tool.Tool, environ: Mapping[str, str], *, spare: bool) -> Iterator[Finding]:
    yield from _version(asked)
    if asked.sources.overridden:
        text = (
            f"{settings(asked)} has dev_overrides for {SOURCE}: {asked.title} {asked.version} "
            "starts what is in that folder, whatever is installed; it was not looked at."
        )
        fix = "Take the entry out when you need it no more."
        yield Finding(asked.title, "note", text, fix)
        return
    executable = _executable(asked, _roots(asked, environ))
    if executable is None:
        yield _not_there(asked, environ, spare=spare)
        return
    if absent := missing("terraform"):
        text = f"Not in this command's environment: {', '.join(absent)}."
        yield Finding(asked.title, "note", text, EXTRA)
    yield _started(asked, executable, environ)


def _version(asked: tool.Tool) -> Iterator[Finding]:
    found = re.match(r"(\d+)\.(\d+)", asked.version)
    own = (int(found[1]), int(found[2])) if found else (0, 0)
    oldest, functions = _OLDEST[asked.name], _FUNCTIONS[asked.name]
    if own < oldest:
        text = f"{asked.title} {asked.version} is too old for this provider: {asked.executable}"
        yield Finding(asked.title, "problem", text, _update(asked, functions))
    elif own < functions:
        text = f"{asked.title} {asked.version} has no functions of providers, so no has_role."
        yield Finding(asked.title, "note", text, _update(asked, functions))


def _update(asked: tool.Tool, wanted: tuple[int, int]) -> str:
    return f"Use {asked.title} {wanted[0]}.{wanted[1]} or a later one."


def _roots(asked: tool.Tool, environ: Mapping[str, str]) -> list[Path]:
    """Give the folders where the tool looks; if it does not tell, the one that is installed to."""
    folders = asked.sources.folders
    if not folders and not asked.sources.explicit:
        folders = (mirror.folder(asked, environ),)
    return [Path.cwd() / root for root in folders]


def _executable(asked: tool.Tool, roots: list[Path]) -> Path | None:
    """Find this version's provider in folders, in their order."""
    packages = (mirror.package(root, asked.host, asked.platform) for root in roots)
    return next((each for each in packages if each.is_file()), None)


def _not_there(asked: tool.Tool, environ: Mapping[str, str], *, spare: bool) -> Finding:
    """Report that the tool will not find it: a problem where it has another version to find."""
    roots = _roots(asked, environ)
    there = sorted({each for root in roots for each in mirror.versions(root, asked)})
    others = f" (there is {', '.join(there)})" if there else ""
    who = f"{asked.title} {asked.version}"
    text = f"Version {mirror.version()} is in no folder where {who} looks{others}."
    root = mirror.folder(asked, environ)
    installed = mirror.package(root, asked.host, asked.platform).is_file()
    if asked.sources.explicit:
        text += f" {settings(asked)} says which they are."
    if asked.sources.explicit and installed:
        block = "\n".join(f"  {line}" for line in installation(root, asked).splitlines())
        return Finding(asked.title, "problem", text, f"Merge into its settings:\n{block}")
    if there and spare:
        text += " There is no configuration in this folder to need it."
    level: Level = "problem" if there and not spare else "note"
    return Finding(asked.title, level, text, cure(asked))


def _started(asked: tool.Tool, executable: Path, environ: Mapping[str, str]) -> Finding:
    if Path.cwd() / _PROJECTS in executable.parents:
        text = f"{asked.title} finds the provider in this folder; it was not started: {executable}"
        return Finding(asked.title, "note", text, cure(asked))
    try:
        first_line.check(executable, environ)
    except NoAnswerError as error:
        text = f"The provider that {asked.title} finds is of no use: {error} ({executable})."
        return Finding(asked.title, "problem", text, cure(asked))
    text = f"{asked.title} {asked.version} finds version {mirror.version()}, and it starts."
    return Finding(asked.title, "ok", text)
