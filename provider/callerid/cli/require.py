"""`callerid require`: stop a pipeline unless the caller may go on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from callerid.cli import asking
from callerid.cli.choice import Seconds, Words
from callerid.cli.console import print_line
from callerid.cli.examples import epilog
from callerid.model import PRINCIPAL_TITLES

if TYPE_CHECKING:
    from collections.abc import Mapping

_EPILOG = epilog(
    "callerid require --any-role org_owner && pulumi up",
    "callerid require --principal-type serviceUser --min-token-seconds 900",
    "callerid require --any-role deployer --min-role-seconds 86400",
    "callerid require --all-role org_member --on-refusal warn --json",
)
_RULES = {
    "allRoles": "--all-role",
    "anyRoles": "--any-role",
    "principalTypes": "--principal-type",
    "ids": "--id",
    "emails": "--email",
    "orgIds": "--org-id",
    "minRoleSecondsLeft": "--min-role-seconds",
    "minTokenSecondsLeft": "--min-token-seconds",
}
"""Argument of requireCaller to the option that gives it."""


def _not_empty(
    _: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    if not all(value.strip() for value in values):
        text = f"{option.opts[0]} must not be empty: nobody would keep such a rule."
        raise click.UsageError(text)
    return values


@click.command(epilog=_EPILOG)
@click.option(
    "--all-role",
    "allRoles",
    metavar="NAME",
    multiple=True,
    callback=_not_empty,
    help="A role to hold.",
)
@click.option(
    "--any-role",
    "anyRoles",
    metavar="NAME",
    multiple=True,
    callback=_not_empty,
    help="A role; one of those given so is enough.",
)
@click.option(
    "--principal-type",
    "principalTypes",
    type=Words(PRINCIPAL_TITLES),
    multiple=True,
    help="A kind of caller that may go on: a person or a machine.",
)
@click.option(
    "--id",
    "ids",
    metavar="ID",
    multiple=True,
    callback=_not_empty,
    help="The stable id of a caller who may go on, as whoami shows it.",
)
@click.option(
    "--email",
    "emails",
    metavar="ADDRESS",
    multiple=True,
    callback=_not_empty,
    help="The e-mail address of a caller who may go on.",
)
@click.option(
    "--org-id",
    "orgIds",
    metavar="ID",
    multiple=True,
    callback=_not_empty,
    help="An organization that this may run in.",
)
@click.option(
    "--min-role-seconds",
    "minRoleSecondsLeft",
    metavar="SECONDS",
    type=Seconds(),
    help="How much longer those roles must be held.",
)
@click.option(
    "--min-token-seconds",
    "minTokenSecondsLeft",
    metavar="SECONDS",
    type=Seconds(),
    help="How much longer the access token must be good.",
)
@click.option(
    "--on-refusal",
    type=Words(["stop", "warn"]),
    default="stop",
    show_default=True,
    help="Whether a refusal is exit code 1, or a warning and 0.",
)
@asking.options
def command(
    *,
    platform: str | None,
    org_id: str | None,
    as_json: bool,
    on_refusal: str,
    **rules: Any,
) -> None:
    """Stop a pipeline unless the caller may go on.

    At least one rule is needed. All rules must be kept, and what the platform does not tell never
    passes. Options for roles, kinds, ids, addresses and organizations may be repeated.

    Settings come from the environment alone. The exit code is 0 when the caller may go on, 1 for a
    refusal and for an API that fails, 2 for wrong use.
    """
    given = {name: _plain(value) for name, value in rules.items() if value not in (None, ())}
    _require_rules(given)
    # With --json a refusal is an answer to print, so `stop` is left to the exit code.
    told = "warn" if as_json else on_refusal
    place = {"platform": platform, "orgId": org_id, "onRefusal": told}
    answer = asking.ask("requireCaller", {**given, **place})
    if as_json:
        asking.show_answer(answer)
    elif answer["allowed"]:
        _show(answer)
    sys.exit(0 if answer["allowed"] or on_refusal == "warn" else 1)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _require_rules(given: Mapping[str, object]) -> None:
    if not given:
        options = ", ".join(_RULES.values())
        text = f"Without a rule everybody would pass. Give at least one of {options}."
        raise click.UsageError(text)
    if "minRoleSecondsLeft" in given and not given.keys() & {"allRoles", "anyRoles"}:
        text = "--min-role-seconds names no role by itself. Add --all-role or --any-role."
        raise click.UsageError(text)


def _show(answer: Mapping[str, Any]) -> None:
    text = f"{answer['displayName']} may run this in organization {answer['orgId']}."
    print_line(text)
