"""What `callerid doctor` finds on this machine: the plugin for Pulumi, the SDK, Python."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from callerid import __version__
from callerid.cli.doctor_finding import Finding, of_sentence
from callerid.errors import ConfigurationError
from callerid.frontends.launchers import WINDOWS
from callerid.frontends.pulumi import plugin_cache
from callerid.frontends.starting import NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from callerid.cli.doctor_finding import Level

_INSTALL = "callerid install pulumi"
_STORE = "WindowsApps"
_PROJECTS = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
"""What says that a folder has a Pulumi program."""


def is_there(environ: Mapping[str, str]) -> bool:
    """Return whether the engine will find the plugin."""
    cached = (plugin_cache.cached(version, environ) for version in plugin_cache.versions())
    try:
        return plugin_cache.on_path(environ) is not None or all(cached)
    except ConfigurationError:  # there is no place for a cache
        return False


def of_installation(environ: Mapping[str, str], *, served: bool) -> Iterator[Finding]:
    """Report whether the engine will find the plugin, and whether all versions agree.

    `served` says that another tool has what it needs; then the plugin may be left out.
    """
    spare = served and not any(Path(name).is_file() for name in _PROJECTS)
    yield from _plugin(environ, spare=spare)
    yield from _sdk()
    yield from _python(environ)


def _plugin(environ: Mapping[str, str], *, spare: bool) -> Iterator[Finding]:
    """Look for the plugin where the engine does, in its order, and start what it would start."""
    found = plugin_cache.on_path(environ)
    if found:
        text = f"The engine takes the plugin from PATH, and warns of it in every run: {found}"
        fix = f"{plugin_cache.removal(found)}\n{_INSTALL}"
        yield Finding("plugin", "note", text, fix)
        yield _started(found, plugin_cache.versions()[0], "on PATH", fix, environ)
        return
    try:
        plugins = plugin_cache.plugins_folder(environ)
    except ConfigurationError as error:
        level, _ = _needed(environ, spare=spare)
        yield of_sentence("plugin", str(error), None, level)
        return
    for version in plugin_cache.versions():
        executable = plugin_cache.cached(version, environ)
        if executable is None:
            yield _not_there(version, plugins, environ, spare=spare)
        elif executable.name == plugin_cache.SOURCE:
            text = f"Version {version} is in Pulumi's plugin cache, as source; it was not started."
            yield Finding("plugin", "ok", text)
        else:
            yield _started(executable, version, "in Pulumi's plugin cache", _INSTALL, environ)


def _not_there(version: str, plugins: Path, environ: Mapping[str, str], *, spare: bool) -> Finding:
    folders = (path for path in plugins.glob("resource-callerid-v*") if path.is_dir())
    there = sorted(map(_version, folders))
    others = f" (it has {', '.join(there)})" if there else ""
    level, why = _needed(environ, spare=spare)
    text = (
        f"Version {version} is not in Pulumi's plugin cache{others}, so the engine tries to "
        f"download it, and cannot.{why}"
    )
    return Finding("plugin", level, text, _INSTALL)


def _needed(environ: Mapping[str, str], *, spare: bool) -> tuple[Level, str]:
    """Say how bad it is that the engine finds no plugin, and why it may not be bad."""
    if not shutil.which("pulumi", path=environ.get("PATH")):
        return "note", " There is no pulumi on PATH to need it."
    if spare:
        return "note", " There is no Pulumi program in this folder to need it."
    return "problem", ""


def _version(folder: Path) -> str:
    return folder.name.removeprefix("resource-callerid-v")


def _started(
    executable: Path, wanted: str, where: str, fix: str, environ: Mapping[str, str]
) -> Finding:
    """Start a plugin, and compare the version that it reports with the expected one."""
    from callerid.frontends.pulumi import version  # noqa: PLC0415 - imports grpc

    try:
        given = version.ask(executable, environ)
    except NoAnswerError as error:
        text = f"The plugin {where} is of no use: {error} ({executable})."
        return Finding("plugin", "problem", text, fix)
    if given != wanted:
        text = f"The plugin {where} is version {given}, this command {wanted}: {executable}"
        return Finding("plugin", "problem", text, fix)
    return Finding("plugin", "ok", f"Version {given} is {where}, and answers.")


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
    if WINDOWS:
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
