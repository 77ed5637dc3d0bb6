"""How processes of ours are started: with this Python, by its full path."""

from __future__ import annotations

import sys


def command(main: str, *flags: str) -> tuple[str, ...]:
    """Return the command that runs a function in its own process; its arguments follow.

    Unlike `python -m`, Python does not look for modules in the folder that it is started in: that
    is a user's project, where a file may have any name.

    Args:
        main: the function, as `package.module:name`.
        flags: Python's own.
    """
    module, _, name = main.partition(":")
    program = (
        "import sys; sys.path[:1] == [''] and sys.path.pop(0); "
        f"from {module} import {name}; {name}()"
    )
    return (sys.executable, *flags, "-c", program)


CALLERID = command("callerid.command:main")
"""The command `callerid`; its arguments follow."""
PLUGIN_NAME = "pulumi-resource-callerid"
"""The name under which Pulumi's engine looks for the plugin."""
PLUGIN_MAIN = "callerid.frontends.pulumi.__main__:main"
PLUGIN = command(PLUGIN_MAIN)
"""The command that starts the plugin; the engine's address may follow."""
TERRAFORM_NAME = "terraform-provider-callerid"
"""The name by which Terraform and OpenTofu know the provider, and that it has on PATH."""
TERRAFORM_MAIN = "callerid.frontends.terraform.__main__:main"
TERRAFORM = command(TERRAFORM_MAIN)
"""The command that starts the provider."""
