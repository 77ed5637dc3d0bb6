"""`callerid install terraform`: let Terraform or OpenTofu find callerid."""

from __future__ import annotations

import os
from pathlib import Path

import click

from callerid.cli.console import json_text, say
from callerid.cli.examples import epilog
from callerid.errors import ConfigurationError, one_line
from callerid.frontends.launchers import WINDOWS
from callerid.frontends.terraform import mirror, tool
from callerid.frontends.terraform.__main__ import EXTRA
from callerid.frontends.terraform.names import SOURCE
from callerid.sandbox.extra import missing

_CONFIGURATION = """\
Declare it in your configuration:

terraform {{
  required_providers {{
    callerid = {{
      source  = "{source}"
      version = "{version}"
    }}
  }}
}}

Then run "{name} init", and commit the lock file that it writes; after an update of callerid
change the version, and run "{name} init -upgrade"."""
_INSTALLATION = """\
provider_installation {{
  filesystem_mirror {{
    path    = {path}
    include = ["{provider}"]
  }}
  direct {{
    exclude = ["{provider}"]
  }}
}}"""
_OWN_HASH = """\
On Windows the package knows this machine's Python, so its hash is this machine's own. Where
"{asked.name} init" refuses it for a lock file made elsewhere, add it to that:

{asked.name} providers lock "-fs-mirror={root}" -platform={asked.platform} {source}"""
_EPILOG = epilog(
    "callerid install terraform",
    "callerid install terraform --tofu",
    "callerid install terraform --mirror /srv/providers",
    "callerid install terraform --uninstall",
)


@click.command("terraform", epilog=_EPILOG)
@click.option("--tofu", is_flag=True, help="Install for OpenTofu, not for Terraform.")
@click.option(
    "--mirror",
    "root",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write a filesystem mirror for a team into this folder, and nothing else.",
)
@click.option(
    "--uninstall",
    is_flag=True,
    help="Remove what this command put there, for Terraform and OpenTofu alike.",
)
def command(*, tofu: bool, root: Path | None, uninstall: bool) -> None:
    """Put the provider where Terraform or OpenTofu looks for it by itself.

    It is a script that is the same on every machine, so that one lock file serves a whole team, and
    a launcher in the home folder that knows this Python. Running it again does no harm, and is the
    cure when the Python environment was moved or made anew.
    """
    try:
        if uninstall:
            _uninstall(root)
        elif root:
            _write_mirror(root.absolute(), tool.ask(_name(tofu=tofu), os.environ))
        else:
            _install(tool.ask(_name(tofu=tofu), os.environ))
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None


def cure(asked: tool.Tool) -> str:
    """Return the command that installs for a tool."""
    return "callerid install terraform" + (" --tofu" if asked.name == "tofu" else "")


def installation(root: Path, asked: tool.Tool) -> str:
    """Write the block that makes a tool take this provider from a mirror, and no other from it."""
    path = json_text(str(root))
    return _INSTALLATION.format(path=path, provider=f"{asked.host}/{SOURCE}")


def settings(asked: tool.Tool) -> str:
    """Name the files that tell a tool where to look, of the settings that it read."""
    files = [file for file in asked.sources.files if _tells(file)] or asked.sources.files
    return " and ".join(map(str, files)) or f"The settings of {asked.title}"


def _tells(file: Path) -> bool:
    try:
        return "provider_installation" in file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _name(*, tofu: bool) -> str:
    return "tofu" if tofu else "terraform"


def _install(asked: tool.Tool) -> None:
    root = mirror.folder(asked)
    for folder in mirror.install(root, asked):
        say(f"Installed {one_line(str(folder))}")
    say(_CONFIGURATION.format(source=SOURCE, version=mirror.version(), name=asked.name))
    if WINDOWS:
        say(_OWN_HASH.format(root=root, asked=asked, source=SOURCE))
    if absent := missing("terraform"):
        say(f"Not in this environment yet: {', '.join(absent)}. Run: {EXTRA}", err=True)
    if asked.sources.overridden:
        say(
            f"{settings(asked)} has dev_overrides for {SOURCE}: {asked.title} starts what is in "
            "that folder, not what was installed now.\nTake the entry out when you need it no "
            "more.",
            err=True,
        )
    elif asked.sources.explicit and root not in asked.sources.folders:
        say(
            f"{settings(asked)} says where {asked.title} looks for providers, so it does not look "
            f"into {root}.\nMerge this into its provider_installation block:\n\n"
            f"{installation(root, asked)}",
            err=True,
        )


def _write_mirror(root: Path, asked: tool.Tool) -> None:
    for folder in mirror.write_mirror(root, asked):
        say(f"Wrote {one_line(str(folder))}")
    say(
        f"Write into the settings of {asked.title} on every machine that uses it (~/.terraformrc, "
        "or the file in\nTF_CLI_CONFIG_FILE; one provider_installation block in all):\n\n"
        f"{installation(root, asked)}\n\n"
        f"Each machine needs callerid of this version too: {mirror.pinned()}\n"
        f'There "{cure(asked)}" makes the provider start that Python; else '
        "terraform-provider-callerid\nmust be on PATH. Windows runs no scripts, so it needs that "
        "command in any case, and not this block."
    )


def _uninstall(root: Path | None) -> None:
    folders = mirror.remove_mirror(root) if root else mirror.uninstall()
    for folder in folders:
        say(f"Removed {one_line(str(folder))}")
    if not folders:
        where = root or "the folders of Terraform and OpenTofu"
        say(f"There is nothing of callerid in {where}.")
