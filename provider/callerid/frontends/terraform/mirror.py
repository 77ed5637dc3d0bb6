"""The provider's package in a filesystem mirror, and this machine's launcher.

Terraform and OpenTofu look for `HOST/NAMESPACE/NAME/VERSION/SYSTEM_PROCESSOR/` in folders that
they know by themselves, or that their settings name. `init` writes the hash of that folder into the
lock file, so the package holds nothing of this machine: it is one script, the same everywhere. That
starts the launcher which this machine has in the home folder, which knows this Python.

Windows runs no scripts: there the package is pip's own executable, which knows its Python, so its
hash is this machine's alone.
"""

from __future__ import annotations

import os
import sysconfig
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from callerid import __version__, launch
from callerid.errors import ConfigurationError
from callerid.frontends import home, launchers
from callerid.frontends.launchers import WINDOWS
from callerid.frontends.semver import semver
from callerid.frontends.terraform import cookie
from callerid.frontends.terraform.__main__ import EXTRA, PACKAGE
from callerid.frontends.terraform.names import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from callerid.frontends.terraform.tool import Tool

POSIX_PLATFORMS = ("darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64")
"""The platforms of a team's mirror, the tool's own aside."""
_NAME = launch.TERRAFORM_NAME
_MAKER = "callerid install terraform"
_LAUNCHERS = (".local", "share", "callerid", "terraform")
"""Where this machine's launchers are, from the home folder: one folder a version. No variable moves
them, for the script in a package must find them wherever it is started from."""
_CURE = f"run {EXTRA}, then {_MAKER}."
_LEGACY = ".terraform.d"
_STREAM = f'"$([ -n "${{{cookie.NAME}-}}" ] && echo 1 || echo 2)"'
"""Where a script explains itself, in shell: a host shows of a provider's words only the first line
of stdout, and only where the handshake was due."""
_PACKAGE = """\
#!/bin/sh
# {mark}, made by "{maker}"; the same on every machine
own="${{HOME-}}/{launchers}/{version}/{name}"
if [ -x "$own" ]; then
  exec "$own" {package}{release} "$@"
fi
if command -v {name} >/dev/null 2>&1; then
  exec {name} {package}{release} "$@"
fi
printf '%s\\n' 'callerid: this machine has no callerid {release} for Terraform or OpenTofu: \
run {pinned}, then {maker}.' >&{stream}
exit 1
"""


def version() -> str:
    """Return the provider's version, as the tools want it."""
    return semver(__version__)


def pinned() -> str:
    """Return the command that installs this version, with the extra."""
    return f'pip install "callerid[terraform]=={__version__}"'


def folder(tool: Tool, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder that a tool looks for providers in, and that this user may fill.

    Where OpenTofu keeps its files in the places of XDG, a new `.terraform.d` would draw it away
    from them, so the next folder that it looks in is taken.

    Raises:
        ConfigurationError: it would be in a home folder, and there is none.
    """
    implied = [] if tool.sources.explicit else [f for f in tool.sources.folders if f.is_absolute()]
    first, *others = implied or [_usual(environ)]
    moved = environ.get("XDG_CONFIG_HOME") or environ.get("XDG_DATA_HOME")
    new = first.parent.name == _LEGACY and not first.parent.exists()
    return others[0] if tool.name == "tofu" and moved and new and others else first


def _usual(environ: Mapping[str, str]) -> Path:
    """Return the folder that both tools look in, unless their settings say otherwise."""
    if WINDOWS:
        return Path(environ.get("APPDATA") or _home(environ)) / "terraform.d" / "plugins"
    return _home(environ) / _LEGACY / "plugins"


def package(root: Path, host: str, platform: str, *, windows: bool = WINDOWS) -> Path:
    """Return the executable of a package of this version in a mirror."""
    name = f"{_NAME}_v{version()}{'.exe' if windows else ''}"
    return root.joinpath(host, *SOURCE.split("/"), version(), platform, name)


def install(
    root: Path, tool: Tool, environ: Mapping[str, str] = os.environ, *, windows: bool = WINDOWS
) -> list[Path]:
    """Put the package for this machine into a mirror, and write this machine's launcher.

    Returns:
        The folders of both.

    Raises:
        ConfigurationError: a folder cannot be written, or holds what is not ours in their place,
            or there is no home folder.
    """
    executable = package(root, tool.host, tool.platform, windows=windows)
    if windows:
        _put(executable, _copied(Path(sysconfig.get_path("scripts"))), _mark())
        return [executable.parent]
    own = launcher(environ)
    command = launch.TERRAFORM
    _put(own, launchers.script(command, maker=_MAKER, part="provider", cure=_CURE, stream=_STREAM))
    _put(executable, _script())
    return [executable.parent, own.parent]


def write_mirror(root: Path, tool: Tool, *, windows: bool = WINDOWS) -> list[Path]:
    """Write the packages of a mirror for a team: one script, under every platform that runs it.

    Returns:
        The folders of the packages.

    Raises:
        ConfigurationError: one cannot be written, or this machine cannot make scripts executable.
    """
    if windows:
        message = (
            "A mirror cannot be made on Windows, which has no executable scripts. "
            "Make it on Linux or macOS."
        )
        raise ConfigurationError(message)
    platforms = sorted({*POSIX_PLATFORMS, tool.platform})
    executables = [package(root, tool.host, each) for each in platforms]
    for executable in executables:
        _put(executable, _script())
    return [executable.parent for executable in executables]


def uninstall(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Remove this user's packages of every version, for both tools, and this machine's launchers.

    Returns:
        The folders that something was removed from.

    Raises:
        ConfigurationError: one of them cannot be written, or there is no home folder.
    """
    top, *below = _LAUNCHERS
    own = [] if WINDOWS else _remove(_home(environ) / top, "/".join([*below, "*", _NAME]))
    packages = [removed for root in _known_folders(environ) for removed in remove_mirror(root)]
    return [*packages, *own]


def remove_mirror(root: Path) -> list[Path]:
    """Remove the packages of every version, host and platform from a mirror; the rest stays.

    Returns:
        The folders that a package was removed from.

    Raises:
        ConfigurationError: one of them cannot be written.
    """
    return _remove(root, f"*/{SOURCE}/*/*/{_NAME}_v*")


def launcher(environ: Mapping[str, str] = os.environ) -> Path:
    """Return this machine's launcher for this version."""
    return _home(environ).joinpath(*_LAUNCHERS, version(), _NAME)


def versions(root: Path, tool: Tool) -> list[str]:
    """Return the versions that a mirror has for a tool, this one or others."""
    there = root.joinpath(tool.host, *SOURCE.split("/")).glob(f"*/{tool.platform}")
    return sorted(each.parent.name for each in there)


def _home(environ: Mapping[str, str]) -> Path:
    """Find the home folder; no variable of the tools moves the launchers, which are there."""
    return Path(environ.get("HOME") or home.folder("the provider's launcher"))


def _known_folders(environ: Mapping[str, str]) -> Iterator[Path]:
    """Give the folders that `folder` may ever have returned: the tool may be gone by now."""
    yield _usual(environ)
    data = environ.get("XDG_DATA_HOME") or _home(environ) / ".local" / "share"
    for name in ("opentofu", "terraform"):
        yield Path(data) / name / "plugins"
    yield _home(environ) / "Library" / "Application Support" / "io.terraform" / "plugins"


def _script() -> bytes:
    """Write the script of a package: equal on all machines, or no lock file serves a team."""
    return _PACKAGE.format(
        mark=launchers.MARK,
        maker=_MAKER,
        launchers="/".join(_LAUNCHERS),
        version=version(),
        package=PACKAGE,
        release=__version__,
        name=_NAME,
        pinned=pinned(),
        stream=_STREAM,
    ).encode()


def _mark() -> str:
    """Return what tells pip's executable from others: the module that it starts."""
    return launch.TERRAFORM_MAIN.partition(":")[0]


def _copied(scripts: Path) -> bytes:
    """Read the executable that pip made, of which Windows needs a copy under the package's name."""
    source = scripts / f"{_NAME}.exe"
    try:
        return source.read_bytes()
    except OSError as error:
        message = (
            f"{source} cannot be read: {error.strerror}. It comes with callerid: run "
            "pip install --force-reinstall callerid, then install again."
        )
        raise ConfigurationError(message) from None


def _put(executable: Path, content: bytes, mark: str = launchers.MARK) -> None:
    try:
        launchers.put(executable, content, mark)
    except OSError as error:
        message = (
            f"The provider cannot be written into {executable.parent}: {error.strerror}.\n"
            "Check the folder's rights."
        )
        raise ConfigurationError(message) from None


def _remove(root: Path, pattern: str) -> list[Path]:
    mark = _mark() if WINDOWS else launchers.MARK
    try:
        ours = [path for path in sorted(root.glob(pattern)) if launchers.is_ours(path, mark)]
        for path in ours:
            launchers.remove(path)
            _prune(path.parent.parent, root)
    except OSError as error:
        message = f"The provider cannot be removed from {root}: {error.strerror}."
        raise ConfigurationError(message) from None
    return [path.parent for path in ours]


def _prune(path: Path, root: Path) -> None:
    """Remove the folders above what was removed, as far as they are empty."""
    with suppress(OSError):
        while path != root and path.is_relative_to(root):
            path.rmdir()
            path = path.parent
