"""Pulumi's plugin cache: a launcher in it, so that the engine finds callerid.

The engine looks for `pulumi-resource-callerid` on PATH first, and warns in every run that it found
one there. Then it looks for `$PULUMI_HOME/plugins/resource-callerid-vVERSION/` with the same name
in it, on Windows with `.exe` or `.cmd`, and matches the version exactly.
"""

from __future__ import annotations

import os
import shlex
import shutil
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from callerid import __version__, launch
from callerid.errors import ConfigurationError
from callerid.frontends import home, launchers
from callerid.frontends.launchers import WINDOWS
from callerid.frontends.semver import semver

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SDK = "pulumi-callerid"
SOURCE = "PulumiPlugin.yaml"
"""What a plugin in source has in place of an executable."""
_ENGINES_OWN = (".lastused", ".lock", ".partial")
"""Endings of the files in which the engine keeps what it knows of a plugin's folder."""
_TRUE = {"1", "true"}
"""What Pulumi takes for yes in a variable, in upper or lower case alike."""

_CURE = "run pip install callerid, then callerid install pulumi."
_MAKER = "callerid install pulumi"
_WINDOWS = """\
@echo off
chcp 65001 >nul
rem {mark}, made by "{maker}"
for %%f in ({python} {package}) do if not exist %%f (
  echo callerid: there is no %%f, so the Python environment of this plugin is gone: ^
{cure} 1>&2
  exit /b 1
)
{python} {arguments} %*
"""


def plugins_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Find the folder of plugins: in `$PULUMI_HOME`, else in `.pulumi` of the home folder.

    Raises:
        ConfigurationError: there is neither.
    """
    own = environ.get("PULUMI_HOME")
    if own:
        return Path(own) / "plugins"
    return home.folder("Pulumi's plugin cache", "PULUMI_HOME") / ".pulumi" / "plugins"


def versions() -> tuple[str, ...]:
    """Return the versions to serve: the plugin's, and the installed SDK's where it differs.

    The SDK asks for exactly its own version, and would not find another one.
    """
    own = semver(__version__)
    sdk = sdk_version()
    return (own, sdk) if sdk and sdk != own else (own,)


def sdk_version() -> str | None:
    """Return the version of the SDK in this environment, None if there is none."""
    try:
        return semver(metadata.version(SDK))
    except (metadata.PackageNotFoundError, ValueError):
        return None


def install(plugins: Path) -> list[Path]:
    """Put a launcher for every version to serve into the folder of plugins; again if it is there.

    Returns:
        The folders of the plugins, one a version.

    Raises:
        ConfigurationError: the folder cannot be written.
    """
    content = _launcher(launch.PLUGIN)
    try:
        return [_put(plugins / f"resource-callerid-v{version}", content) for version in versions()]
    except OSError as error:
        message = (
            f"The launcher cannot be written into {plugins}: {error.strerror}.\n"
            "Check the folder's rights, or set PULUMI_HOME to another folder."
        )
        raise ConfigurationError(message) from None


def uninstall(plugins: Path) -> list[Path]:
    """Remove the launchers of all versions; what somebody else put there stays.

    Returns:
        The folders that a launcher was removed from.

    Raises:
        ConfigurationError: one of them cannot be written.
    """
    found = sorted(plugins.glob(f"resource-callerid-v*/{_launcher_name()}"))
    try:
        ours = [path for path in found if launchers.is_ours(path)]
        for launcher in ours:
            if launchers.remove(launcher):
                for ending in _ENGINES_OWN:
                    _beside(launcher.parent, ending).unlink(missing_ok=True)
    except OSError as error:
        message = f"The launcher cannot be removed from {plugins}: {error.strerror}."
        raise ConfigurationError(message) from None
    return [launcher.parent for launcher in ours]


def _put(folder: Path, content: bytes) -> Path:
    launchers.put(folder / _launcher_name(), content)
    _beside(folder, ".partial").unlink(missing_ok=True)
    return folder


def _launcher_name(*, windows: bool = WINDOWS) -> str:
    return f"{launch.PLUGIN_NAME}.cmd" if windows else launch.PLUGIN_NAME


def _launcher(command: Sequence[str], *, windows: bool = WINDOWS) -> bytes:
    """Write the launcher of a command: a Python and its arguments."""
    if not windows:
        return launchers.script(command, maker=_MAKER, part="plugin", cure=_CURE)
    python, *arguments = map(_quoted_for_cmd, command)
    text = _WINDOWS.format(
        mark=launchers.MARK,
        maker=_MAKER,
        cure=_CURE,
        python=python,
        package=_quoted_for_cmd(launchers.package()),
        arguments=" ".join(arguments),
    )
    return text.replace("\n", "\r\n").encode()


def _quoted_for_cmd(text: str) -> str:
    return f'"{text.replace("%", "%%")}"'


def on_path(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Find a plugin on PATH, where early versions put one: the engine takes it first."""
    if environ.get("PULUMI_IGNORE_AMBIENT_PLUGINS", "").lower() in _TRUE:
        return None
    found = shutil.which(launch.PLUGIN_NAME, path=environ.get("PATH", os.defpath))
    return Path(found).absolute() if found else None


def removal(executable: Path) -> str:
    """Return the command that removes an executable from PATH."""
    return f'del "{executable}"' if WINDOWS else f"rm {shlex.quote(str(executable))}"


def cached(version: str, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Find what the engine would start of a version in the cache: executable, or source plugin.

    It passes over a folder whose installation was never finished.

    Raises:
        ConfigurationError: there is no place for a cache.
    """
    folder = plugins_folder(environ) / f"resource-callerid-v{version}"
    if _beside(folder, ".partial").exists():
        return None
    names = [f"{launch.PLUGIN_NAME}{ending}" for ending in ((".exe", ".cmd") if WINDOWS else ("",))]
    return next((folder / each for each in (*names, SOURCE) if (folder / each).is_file()), None)


def _beside(folder: Path, ending: str) -> Path:
    """Name a file of the engine's own about a plugin's folder."""
    return folder.with_name(f"{folder.name}{ending}")
