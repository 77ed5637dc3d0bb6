"""What can be told of a role by itself: no clock, no network, and no models, which load slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, get_args

if TYPE_CHECKING:
    from collections.abc import Sequence

    Lack = Literal["not active", "not in the token", "allows nothing"]
    """Why a role that is held does not count."""

RoleKind = Literal["organization", "service", "custom", "policy", "permission"]
KINDS = frozenset(get_args(RoleKind))
"""What stands before a name that is written out; of a service role, for any service."""


class NamedRole(Protocol):
    """A role, as far as its names go."""

    @property
    def name(self) -> str: ...  # noqa: D102 - see `callerid.model.Role`

    @property
    def kind(self) -> str: ...  # noqa: D102 - as above

    @property
    def service_name(self) -> str | None: ...  # noqa: D102 - as above


class GivenStatement(Protocol):
    """A statement of a policy."""

    @property
    def effect(self) -> str | None: ...  # noqa: D102 - see `callerid.model.Statement`

    @property
    def actions(self) -> Sequence[str] | None: ...  # noqa: D102 - as above

    @property
    def resources(self) -> Sequence[str] | None: ...  # noqa: D102 - as above


class GivenRole(NamedRole, Protocol):
    """A role, as far as it decides whether it counts."""

    @property
    def active(self) -> bool: ...  # noqa: D102 - see `callerid.model.Role`

    @property
    def in_token(self) -> bool | None: ...  # noqa: D102 - as above

    @property
    def statements(self) -> Sequence[GivenStatement] | None: ...  # noqa: D102 - as above


def lack(role: GivenRole) -> Lack | None:
    """Return why a role does not count, whatever the rule; None if nothing speaks against it."""
    if not role.active:
        return "not active"
    if role.in_token is False:
        return "not in the token"
    if role.statements is not None and not any(map(allows, role.statements)):
        return "allows nothing"
    return None


def allows(statement: GivenStatement) -> bool:
    """Return whether a statement allows something: an action, on some resource."""
    return statement.effect == "ALLOW" and _any(statement.actions) and _any(statement.resources)


def _any(names: Sequence[str] | None) -> bool:
    return any(names or ())
