"""What a result has of VMware Cloud Services's own answers, where no single reply is it."""

from __future__ import annotations

from callerid.model import Value
from callerid.platforms.csp.replies import (
    CspUser,
    CspUserOrgInfo,
)


class CspUserOrgRoles(Value):
    """VMware Cloud Services' own answer about a person's roles."""

    user: CspUser | None = None
    """The person, every field but the password."""
    user_org_info: list[CspUserOrgInfo] | None = None
    """The organizations reported, with the person's roles."""
