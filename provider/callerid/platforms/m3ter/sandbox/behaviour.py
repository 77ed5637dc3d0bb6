"""Switches for what the documents of m3ter leave open: the defaults are the likeliest answers."""

from __future__ import annotations

from typing import Literal, TypeAlias

from callerid.sandbox.strict import Strict

Shape: TypeAlias = Literal["page", "array", "object"]


class M3terBehaviour(Strict):
    """How m3ter answers where its documents do not say, or contradict each other."""

    unauthorized_status: Literal[401, 403] = 403
    """The status for a wrong key, and for a token that is unknown or expired. m3ter documents 403
    and lists no 401."""
    wrong_organization_status: Literal[403, 404] = 403
    """The status for another organization than the token's."""
    users_me_needs_permission: bool = False
    """Whether `users/me` is refused with 403 to a caller without a policy that allows `ALL`."""
    service_user_permissions_path: (
        Literal[
            "serviceusers/{id}/permissions",
            "serviceUsers/{id}/permissions",
            "users/{id}/permissions",
        ]
        | None
    ) = "serviceusers/{id}/permissions"
    """Where a service user's policies are, below the organization; null: nowhere, which is 404."""
    service_user_permissions_shape: Shape = "page"
    """The form of a service user's policies: a `page` of `data` and `nextToken`, a bare `array`,
    or the first policy as a bare `object`."""
    permissions_shape: Shape = "page"
    """The form of a person's policies and of a group's; the reference shows page and object."""
    user_groups_shape: Shape = "page"
    """The form of a person's groups."""
    next_token_at_end: Literal["absent", "explicitNull", "empty"] = "explicitNull"  # noqa: S105 - a form, no secret
    """What a last page has for `nextToken`: nothing, a null, or an empty text."""
