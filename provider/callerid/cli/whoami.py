"""`callerid whoami`: who the credential in use belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from callerid.cli import asking
from callerid.cli.console import print_table
from callerid.cli.examples import epilog
from callerid.config import PLATFORM_TITLES
from callerid.model import PRINCIPAL_TITLES

if TYPE_CHECKING:
    from collections.abc import Mapping

_EPILOG = epilog(
    "callerid whoami",
    "callerid whoami --platform csp",
    "callerid whoami --json | jq -r .email",
    "callerid sandbox --as person -- callerid whoami    (without an account)",
)


@click.command(epilog=_EPILOG)
@asking.options
def command(*, platform: str | None, org_id: str | None, as_json: bool) -> None:
    """Show who calls: the person or machine behind the credential in use.

    Settings come from the environment alone. The exit code is 0 for an answer, 1 for none, 2 for
    wrong use.
    """
    answer = asking.ask("getCurrentUser", {"platform": platform, "orgId": org_id})
    if as_json:
        asking.show_answer(answer)
    else:
        print_table([(name, value) for name, value in _rows(answer).items() if value])


def _rows(answer: Mapping[str, Any]) -> dict[str, str | None]:
    return {
        "who": answer["displayName"],
        "kind": PRINCIPAL_TITLES[answer["principalType"]],
        "e-mail": answer.get("email"),
        "username": answer.get("username"),
        "id": answer["id"],
        "platform": PLATFORM_TITLES[answer["platform"]],
        "organization": _organization(answer),
        "credential": answer["credentialSource"],
        "recorded": answer.get("recordedAt"),
    }


def _organization(answer: Mapping[str, Any]) -> str:
    organization = answer.get("organization", {})
    name = organization.get("displayName") or organization.get("name")
    return f"{name} ({answer['orgId']})" if name else answer["orgId"]
