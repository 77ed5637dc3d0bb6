"""What a shell offers for an option's value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.errors import ConfigurationError

if TYPE_CHECKING:
    import click


def callers(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Offer the sandbox's callers: those of --scenario, else the built-in ones.

    There are none to offer where the sandbox's extra is missing or a scenario has a mistake; the
    command itself says so when it is run.
    """
    del param
    scenarios = ctx.params.get("scenarios") or ()
    try:
        from callerid.sandbox import library  # noqa: PLC0415 - YAML is an extra

        known = library.read(scenarios) if scenarios else library.built_in()
    except (ConfigurationError, ModuleNotFoundError):
        return []
    return [name for name in known if name.startswith(incomplete)]
