"""Pulumi's plugin cache: a launcher in it, so that the engine finds callerid without PATH.

The engine looks for `$PULUMI_HOME/plugins/resource-callerid-vVERSION/pulumi-resource-callerid`, on
Windows with `.exe` or `.cmd`, and matches the version exactly.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import tempfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from callerid import __version__
from callerid.errors import ConfigurationError
from callerid.pulumirpc.semver import semver

if TYPE_CHECKING:
    from collections.abc import Mapping

WINDOWS = sys.platform == "win32"
EXECUTABLE = "pulumi-resource-callerid"
SDK = "pulumi-callerid"
_MARK = "a launcher of callerid"
_AGAIN = "pip install callerid, then: callerid install pulumi"

_POSIX = """\
#!/bin/sh
# {mark}, made by "callerid install pulumi"
plugin={plugin}
python={python}
for file in "$plugin" "$python"; do
  if [ ! -x "$file" ]; then
    echo "callerid: the Python environment of this plugin is gone: there is no $file." >&2
    echo "Install it again: {again}" >&2
    exit 1
  fi
done
exec "$plugin" "$@"
"""
_WINDOWS = """\
@echo off
chcp 65001 >nul
rem {mark}, made by "callerid install pulumi"
if not exist {plugin} (
  echo callerid: the Python environment of this plugin is gone: there is no {plugin}. 1>&2
  echo Install it again: {again} 1>&2
  exit /b 1
)
{plugin} %*
"""


def plugins_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Find the folder of plugins: in `$PULUMI_HOME`, else in `.pulumi` of the home folder."""
    home = environ.get("PULUMI_HOME")
    return (Path(home) if home else Path.home() / ".pulumi") / "plugins"


def versions() -> tuple[str, ...]:
    """Give the versions to serve: the plugin's own, and the installed SDK's where it differs.

    The SDK asks for exactly its own version, and would not find another one.
    """
    own = semver(__version__)
    sdk = sdk_version()
    return (own, sdk) if sdk and sdk != own else (own,)


def sdk_version() -> str | None:
    """Give the version of the SDK in this environment, None where there is none."""
    try:
        return semver(metadata.version(SDK))
    except (metadata.PackageNotFoundError, ValueError):
        return None


def install(plugins: Path) -> list[Path]:
    """Put a launcher for every version to serve into the folder of plugins; again if it is there.

    Returns:
        The folders of the plugins, one a version.

    Raises:
        ConfigurationError: callerid's own executable is missing, or the folder cannot be written.
    """
    text = _launcher(_own_executable())
    try:
        return [_put(plugins / f"resource-callerid-v{version}", text) for version in versions()]
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
    launchers = sorted(plugins.glob(f"resource-callerid-v*/{_launcher_name()}"))
    ours = [path for path in launchers if _is_ours(path)]
    try:
        for launcher in ours:
            launcher.unlink()
            if not any(launcher.parent.iterdir()):
                _remove(launcher.parent)
    except OSError as error:
        message = f"The launcher cannot be removed from {plugins}: {error.strerror}."
        raise ConfigurationError(message) from None
    return [launcher.parent for launcher in ours]


def _remove(folder: Path) -> None:
    """Remove an empty folder, or the link to one."""
    if folder.is_symlink():
        folder.unlink()
    else:
        folder.rmdir()


def _put(folder: Path, text: str) -> Path:
    """Write a launcher so that the engine sees the old one or the new one, never half of one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".callerid-", dir=folder.parent) as temporary:
        new = Path(temporary) / folder.name
        new.mkdir()
        launcher = new / _launcher_name()
        launcher.write_text(text, encoding="utf-8", newline="")
        launcher.chmod(0o755)
        if folder.is_dir():
            _refuse_to_replace(folder / launcher.name)
            launcher.replace(folder / launcher.name)
        else:
            new.rename(folder)
    return folder


def _launcher_name(*, windows: bool = WINDOWS) -> str:
    return f"{EXECUTABLE}.cmd" if windows else EXECUTABLE


def _launcher(executable: Path, *, windows: bool = WINDOWS) -> str:
    """Write the launcher.

    It starts the console script and not `python -m`, which would take modules from the engine's
    working directory, the user's project.
    """
    if windows:
        path = str(executable).replace("%", "%%")
        text = _WINDOWS.format(mark=_MARK, plugin=f'"{path}"', again=_AGAIN)
        return text.replace("\n", "\r\n")
    plugin, python = _quoted(str(executable)), _quoted(sys.executable)
    return _POSIX.format(mark=_MARK, plugin=plugin, python=python, again=_AGAIN)


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "'\\''") + "'"


def _own_executable() -> Path:
    """Find the console script of this environment."""
    folders = (str(Path(sys.argv[0]).parent), sysconfig.get_path("scripts"))
    for folder in folders:
        found = shutil.which(EXECUTABLE, path=folder)
        if found:
            return Path(found).absolute()
    message = (
        f"There is no {EXECUTABLE} beside this command. Install callerid again: pip install "
        "--force-reinstall callerid"
    )
    raise ConfigurationError(message)


def _refuse_to_replace(launcher: Path) -> None:
    if launcher.exists() and not _is_ours(launcher):
        message = (
            f"{launcher} was not made by this command, so it stays. Remove it if you can spare it, "
            "and install again."
        )
        raise ConfigurationError(message)


def _is_ours(launcher: Path) -> bool:
    return _MARK in launcher.read_text(encoding="utf-8", errors="replace")
