"""Update a stack through the Automation API: `automating.py FOLDER [PROGRAM]`.

The program is the folder's own or, by name, one of the functions below, which runs in this process.
A failed update is exit code 1, and its text is on stdout.
"""

from __future__ import annotations

import sys

import pulumi
from pulumi import automation

import pulumi_callerid as callerid

STACK = "dev"


def guarded() -> None:
    """Ask first, then declare."""
    callerid.require_caller(any_roles=["org_owner", "Administrator"])
    pulumi.Stash("release", input="created by the Automation API")


PROGRAMS = {"guarded": guarded}


def main(folder: str, *names: str) -> int:
    """Update the stack; give the exit code."""
    if names:
        stack = automation.create_or_select_stack(
            STACK,
            project_name="inline",
            program=PROGRAMS[names[0]],
            opts=automation.LocalWorkspaceOptions(work_dir=folder),
        )
    else:
        stack = automation.select_stack(STACK, work_dir=folder)
    try:
        stack.up(color="never")
    except automation.CommandError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
