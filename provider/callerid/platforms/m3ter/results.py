"""What a result has of m3ter's own answers, where no single reply is it."""

from __future__ import annotations

from callerid.model import Value
from callerid.platforms.m3ter.replies import (
    M3terPermissionPolicy,
    M3terUserGroup,
)


class M3terUserOrgRoles(Value):
    """m3ter's own answer about the caller's rights."""

    permission_policies: list[M3terPermissionPolicy] | None = None
    """The permission policies that the caller holds in person."""
    user_groups: list[M3terUserGroup] | None = None
    """The user groups that a person belongs to; absent where m3ter refuses to tell."""
