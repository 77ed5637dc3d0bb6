"""What `callerid doctor` finds on this machine: the plugin for Pulumi, the SDK, Python."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from callerid import __version__
from callerid.cli.doctor_finding import Finding
from callerid.pulumirpc import plugin_cache

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STARTED = re.compile(rf"""["']([^"'\n]*{plugin_cache.EXECUTABLE}[^"'\n]*)["']""")
"""The program that a launcher starts."""
_STORE = "WindowsApps"


def of_installation(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Tell whether the engine will find the plugin, and whether all versions agree."""
    yield from _plugin(environ)
    yield from _sdk()
    yield from _python(environ)


def _plugin(environ: Mapping[str, str]) -> Iterator[Finding]:
    plugins = plugin_cache.plugins_folder(environ)
    wanted = plugin_cache.versions()
    missing = [each for each in wanted if not _launchers(plugins, each)]
    on_path = shutil.which(plugin_cache.EXECUTABLE, path=environ.get("PATH"))
    if not missing:
        yield from _launcher(plugins, wanted)
    elif on_path:
        yield Finding("plugin", "ok", f"The engine finds the plugin on PATH: {on_path}")
    else:
        there = sorted(_version(path) for path in plugins.glob("resource-callerid-v*"))
        others = f" (it has {', '.join(there)})" if there else ""
        text = f"Version {' and '.join(missing)} is not in Pulumi's plugin cache{others}."
        yield _not_there(text, environ)


def _not_there(text: str, environ: Mapping[str, str]) -> Finding:
    fix = "callerid install pulumi"
    if shutil.which("pulumi", path=environ.get("PATH")):
        return Finding("plugin", "problem", text, fix)
    return Finding("plugin", "note", f"{text} There is no pulumi on PATH to need it, either.", fix)


def _launcher(plugins: Path, wanted: tuple[str, ...]) -> Iterator[Finding]:
    """Look whether the launchers start a plugin that is there, and of this environment."""
    for version in wanted:
        program = started(_launchers(plugins, version)[0])
        if program and not program.exists():
            text = f"The plugin {version} in Pulumi's cache starts {program}, which is gone."
            yield Finding("plugin", "problem", text, "callerid install pulumi")
            continue
        yield Finding("plugin", "ok", f"Version {version} is in Pulumi's plugin cache.")
        if program and program.parent != Path(sys.executable).parent:
            text = f"The plugin {version} is that of another Python environment: {program.parent}"
            fix = "If this environment is meant: callerid install pulumi"
            yield Finding("plugin", "note", text, fix)


def _launchers(plugins: Path, version: str) -> list[Path]:
    return sorted(plugins.glob(f"resource-callerid-v{version}/{plugin_cache.EXECUTABLE}*"))


def _version(folder: Path) -> str:
    return folder.name.removeprefix("resource-callerid-v")


def started(launcher: Path) -> Path | None:
    """Read which program a launcher of ours starts; None where it is somebody else's."""
    try:
        found = _STARTED.search(launcher.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None
    return Path(found[1].replace("%%", "%")) if found else None


def _sdk() -> Iterator[Finding]:
    own, sdk = plugin_cache.versions()[0], plugin_cache.sdk_version()
    wanted = f"pip install {plugin_cache.SDK}=={__version__}"
    if sdk is None:
        text = f"{plugin_cache.SDK}, which Python programs need, is not in this environment."
        yield Finding("SDK", "note", text, f"If you write programs in Python: {wanted}")
    elif sdk != own:
        text = f"The SDK is version {sdk}, the plugin {own}."
        yield Finding("SDK", "problem", text, f"Make them equal: {wanted}")
    else:
        yield Finding("SDK", "ok", f"SDK and plugin are both version {own}.")


def _python(environ: Mapping[str, str]) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    text = f"callerid {__version__} runs on Python {version}: {sys.executable}"
    yield Finding("Python", "ok", text)
    if plugin_cache.WINDOWS:
        found = shutil.which("python", path=environ.get("PATH"))
        yield from store_alias(found, sys.executable)


def store_alias(python: str | None, own: str) -> Iterator[Finding]:
    """Warn where `python` on PATH is the Microsoft Store's alias, and not what runs callerid."""
    if python and _STORE in PureWindowsPath(python).parts and _STORE not in own:
        text = f"python on PATH is the Microsoft Store's alias: {python}"
        fix = (
            "Put the folder of your own Python before it on PATH, or switch the alias off "
            "(Settings, App execution aliases): Pulumi starts whatever python is first."
        )
        yield Finding("Python", "note", text, fix)
