"""`callerid roles`: what the caller may do in an organization."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from callerid.cli import asking
from callerid.cli.console import print_line, print_table
from callerid.cli.examples import epilog
from callerid.model import epoch_seconds, is_past

if TYPE_CHECKING:
    from collections.abc import Mapping

_EPILOG = epilog(
    "callerid roles",
    "callerid roles --platform m3ter --org 2f7d1c9e-…",
    "callerid roles --json | jq -r '.roleNames[]'",
    "callerid sandbox --as owner -- callerid roles    (without an account)",
)
_HEADS = ("role", "kind", "where", "held", "ends", "token")
_NEAR_SECONDS = 86400
_DATE = len("2026-11-22")


@click.command(epilog=_EPILOG)
@asking.options
def command(*, platform: str | None, org_id: str | None, as_json: bool) -> None:
    """Show the caller's roles: where they hold, how they are held, and until when.

    "held" is how: direct, through a group, or where the membership is not told, from where the role
    is known: the API or the token. "token" tells whether the access token in use carries the role
    too; it is empty where the token cannot tell. Settings come from the environment alone. The exit
    code is 0 for an answer, 1 for none, 2 for wrong use.
    """
    answer = asking.ask("getUserOrgRoles", {"platform": platform, "orgId": org_id})
    if as_json:
        asking.show_answer(answer)
    else:
        _show(answer)


def _show(answer: Mapping[str, Any]) -> None:
    whose = f"{answer['displayName']} in {_organization(answer)}"
    if not answer["roles"]:
        print_line(f"{whose} has no roles.")
        return
    print_line(whose)
    print_line("")
    print_table([_row(role) for role in answer["roles"]], _HEADS)
    print_line("")
    print_line(f"active: {', '.join(answer['roleNames']) or 'none'}")
    if recorded := answer.get("recordedAt"):
        print_line(f"recorded: {recorded}")


def _organization(answer: Mapping[str, Any]) -> str:
    """Name it if only one is reported: of several, only their links show which one it is."""
    names = [each.get("displayName") or each.get("name") for each in answer["organizations"]]
    known = names[0] if len(names) == 1 else None
    return f"{known} ({answer['orgId']})" if known else f"organization {answer['orgId']}"


def _row(role: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        role["name"],
        role["kind"],
        _where(role),
        role.get("membershipType", role["source"]).lower(),
        _ends(role),
        _yes_or_no(role.get("inToken")),
    )


def _yes_or_no(value: bool | None) -> str:  # noqa: FBT001 - a value to show
    return "" if value is None else "yes" if value else "no"


def _where(role: Mapping[str, Any]) -> str:
    place = role.get("serviceName") or role.get("organization")
    return ", ".join(filter(None, (place, role.get("resource"))))


def _ends(role: Mapping[str, Any]) -> str:
    """Return the day, for today and tomorrow the minute, `never` or `unknown`.

    Where the end is no time it is the platform's own text.
    """
    ends = role.get("expiresAt")
    if ends is None:
        return "never" if role["endKnown"] else "unknown"
    return f"expired {_day(ends)}" if is_past(ends, time.time()) else _day(ends)


def _day(ends: str) -> str:
    moment = epoch_seconds(ends)
    if moment is None:
        return ends
    near = abs(moment - time.time()) < _NEAR_SECONDS
    return f"{ends[:_DATE]} {ends[11:16]} UTC" if near else ends[:_DATE]
