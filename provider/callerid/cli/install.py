"""`callerid install`: let those who start callerid find it; `pulumi` is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callerid import __version__
from callerid.cli import install_terraform
from callerid.cli.console import say
from callerid.cli.examples import epilog
from callerid.errors import ConfigurationError, one_line
from callerid.frontends.pulumi import plugin_cache

if TYPE_CHECKING:
    from pathlib import Path


_EPILOG = epilog("callerid install pulumi", "callerid install pulumi --uninstall")


@click.group("install", epilog=epilog("callerid install pulumi", "callerid install terraform"))
def command() -> None:
    """Install callerid where Pulumi, Terraform or OpenTofu looks for it."""


command.add_command(install_terraform.command)


@command.command("pulumi", epilog=_EPILOG)
@click.option("--uninstall", is_flag=True, help="Remove what this command put there.")
def pulumi(*, uninstall: bool) -> None:
    """Put a launcher into Pulumi's plugin cache, where the engine finds the plugin.

    Nothing in Pulumi.yaml or on PATH is needed. The cache is in $PULUMI_HOME, else in ~/.pulumi.
    Running it again does no harm, and is the cure when the Python environment was moved or made
    anew.
    """
    try:
        plugins = plugin_cache.plugins_folder()
        if uninstall:
            folders = plugin_cache.uninstall(plugins)
            _tell("Removed", folders)
            if not folders:
                say(f"There is nothing of callerid in {plugins}.")
            return
        _tell("Installed", plugin_cache.install(plugins))
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None
    _compare_versions()
    _look_on_path()


def _tell(what: str, folders: list[Path]) -> None:
    for folder in folders:
        say(f"{what} {one_line(str(folder))}")


def _compare_versions() -> None:
    own, sdk = plugin_cache.versions()[0], plugin_cache.sdk_version()
    if sdk is None:
        say(f"Python programs need the SDK too: pip install pulumi-callerid=={__version__}")
    elif sdk != own:
        say(
            f"The SDK is version {sdk}, the plugin {own}; the SDK asks for its own version and "
            f"gets this plugin.\nMake them equal: pip install pulumi-callerid=={__version__}",
            err=True,
        )


def _look_on_path() -> None:
    """Report a plugin that the engine would take instead of the one just installed."""
    found = plugin_cache.on_path()
    if found:
        say(
            f"{found} is in the way: the engine takes it from PATH, instead of what was installed "
            f"now, and warns of it in every run.\nRemove it: {plugin_cache.removal(found)}",
            err=True,
        )
