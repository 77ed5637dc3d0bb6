"""What a refused caller reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.config import PLATFORM_TITLES
from callerid.errors import printable_line
from callerid.model import PRINCIPAL_TITLES
from callerid.shown import shown_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.functions.get_current_user import GetCurrentUserResult
    from callerid.guard.evidence import Evidence, Reason

LINE = 80
"""A line that would be longer becomes two."""


def text(evidence: Evidence, reasons: Sequence[Reason]) -> str:
    """Write a refusal: who, where, what was required and is held, which credential, what now."""
    user = evidence.user
    who = printable_line(user.email or user.display_name)
    kind = f"{PRINCIPAL_TITLES[user.principal_type]}, {PLATFORM_TITLES[user.platform]}"
    fixes = "; and ".join(dict.fromkeys(each.fix for each in reasons))
    return "\n".join(
        [
            f"{who} ({kind}) may not run this in organization {_organization(user)}",
            *map(_required, reasons),
            f"  credential: {user.credential_source}",
            f"  nearest fix: {fixes}",
        ]
    )


def _required(reason: Reason) -> str:
    required, found = f"  required: {reason.required}", f"{reason.label}: {reason.found}"
    one = f"{required}      {found}"
    return one if len(one) <= LINE else f"{required}\n  {found}"


def _organization(user: GetCurrentUserResult) -> str:
    organization = user.organization
    name = organization and (organization.display_name or organization.name)
    org_id = shown_id(user.org_id)
    return f"{org_id} ({printable_line(name)})" if name else org_id
