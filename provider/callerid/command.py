"""The command `callerid`: it loads the command line, and tells where memory lacks even for that."""

from __future__ import annotations


def main() -> None:
    """Run the command line as a process of its own."""
    from callerid.frontends import memory  # noqa: PLC0415 - the rest may end in what it catches

    memory.end_uncaught()
    memory.demand()
    from callerid.cli import main as run  # noqa: PLC0415 - see above

    run(prog_name="callerid")
