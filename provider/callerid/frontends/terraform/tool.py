"""The tool that starts the provider, Terraform or OpenTofu, in its own words.

Its default host, its platform, and the folders where it looks for providers are nobody else's to
say: the two tools differ, so do their versions, and each reads its own files of settings. So they
are asked; the last is what they note in their log.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from callerid import processes
from callerid.errors import ConfigurationError, printable_line
from callerid.frontends.starting import without_settings
from callerid.frontends.terraform.names import SOURCE
from callerid.frontends.terraform.tool_log import Sources, sources

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 30.0
"""How long a tool may take to answer; it needs no network."""
_CONFIGURATION = {"terraform": {"required_providers": {"callerid": {"source": SOURCE}}}}
_HOST = re.compile(rf"provider\[(?P<host>[^\s/\]]+)/{SOURCE}\]")
_OWN_PREFIX = "TF_"
_FILES = ("TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG")
"""Variables that lead to the tool's file of settings; the others of its own would change more."""
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_LOGGING = {"TF_LOG": "TRACE"}


class Tool(NamedTuple):
    """A tool on PATH."""

    name: str
    executable: Path
    version: str
    platform: str
    """Its system and processor: `linux_amd64`."""
    host: str
    """The host that an address without one means."""
    sources: Sources

    @property
    def title(self) -> str:
        """What people call it."""
        return TITLES[self.name]


TITLES = {"terraform": "Terraform", "tofu": "OpenTofu"}
"""Name of the executable to the tool's own name."""


def find(name: str, environ: Mapping[str, str]) -> Path | None:
    """Find a tool on PATH."""
    found = shutil.which(name, path=environ.get("PATH", ""))
    return Path(found).absolute() if found else None


def ask(name: str, environ: Mapping[str, str]) -> Tool:
    """Ask a tool who it is, and where it looks for this provider.

    It runs in an empty folder, with no variable of its own that would change the answer, and with
    none of callerid's settings.

    Raises:
        ConfigurationError: it is not on PATH, or does not answer.
    """
    executable = find(name, environ)
    if executable is None:
        message = (
            f"There is no {name} on PATH, and only {TITLES[name]} can tell where it looks for "
            "providers. Install it, or put its folder on PATH."
        )
        raise ConfigurationError(message)
    bare = _bare(environ)
    files = {name: str(Path(environ[name]).absolute()) for name in _FILES if environ.get(name)}
    with tempfile.TemporaryDirectory(prefix="callerid-") as temporary:
        folder = Path(temporary).resolve()
        said, log = _run(executable, ("version", "-json"), folder, {**bare, **files, **_LOGGING})
        (folder / "main.tf.json").write_text(json.dumps(_CONFIGURATION), encoding="utf-8")
        empty = folder / "empty.tfrc"
        empty.touch()
        listed, _ = _run(executable, ("providers",), folder, {**bare, _FILES[0]: str(empty)})
    match = _HOST.search(listed)
    if match is None:
        raise _unreadable(executable, "providers")
    version, platform = _identity(executable, said)
    host = match["host"]
    return Tool(name, executable, version, platform, host, sources(log, host, folder))


def _bare(environ: Mapping[str, str]) -> dict[str, str]:
    """Leave out the tool's own variables, and say that it need not look for a newer version."""
    others = {
        variable: value
        for variable, value in without_settings(environ).items()
        if not variable.startswith(_OWN_PREFIX) and variable not in _FILES
    }
    return {**others, "CHECKPOINT_DISABLE": "1"}


def _run(
    executable: Path, arguments: tuple[str, ...], folder: Path, environ: Mapping[str, str]
) -> tuple[str, str]:
    """Return what a tool prints on stdout and stderr."""
    try:
        process = processes.start([str(executable), *arguments], folder, environ)
    except OSError as error:
        message = f"{executable} cannot be started: {error.strerror}. Check it, and PATH."
        raise ConfigurationError(message) from None
    assert process.stdout  # noqa: S101 - they are pipes
    assert process.stderr  # noqa: S101 - as above
    said, log = processes.Collector(process.stdout), processes.Collector(process.stderr)
    try:
        code = process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        code = None
    finally:
        processes.kill(process)
    if code != 0:
        raise _failed(executable, arguments[0], code, log.text())
    return said.text(), log.text()


def _failed(executable: Path, command: str, code: int | None, log: str) -> ConfigurationError:
    if code is None:
        message = f'"{executable} {command}" gave no answer within {SECONDS:.0f} s. Try it by hand.'
        return ConfigurationError(message)
    why = re.search(r"Error: .*", _COLOURS.sub("", log))
    because = f": {printable_line(why[0])}" if why else ""
    message = f'"{executable} {command}" failed (exit {code}){because}. Try it by hand to see why.'
    return ConfigurationError(message)


def _unreadable(executable: Path, command: str) -> ConfigurationError:
    message = (
        f'"{executable} {command}" printed nothing that callerid can read. '
        "Check that it is Terraform 0.13 or OpenTofu, or a later one."
    )
    return ConfigurationError(message)


def _identity(executable: Path, said: str) -> tuple[str, str]:
    try:
        document = json.loads(said)
        version, platform = document["terraform_version"], document["platform"]
    except (ValueError, KeyError, TypeError):
        raise _unreadable(executable, "version -json") from None
    if not (isinstance(version, str) and re.fullmatch(r"[a-z0-9]+_[a-z0-9]+", str(platform))):
        raise _unreadable(executable, "version -json")
    return version, platform
