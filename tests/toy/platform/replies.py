"""What Toy Cloud sends."""

from __future__ import annotations

from callerid.model import Reply, Time


class ToyRole(Reply):
    """A role of the caller."""

    name: str
    """Its name."""
    until: Time = None
    """When it ends."""


class ToyMe(Reply):
    """Who the caller is in one organization, and with which roles."""

    id: str
    """The caller's id."""
    email: str | None = None
    """The caller's e-mail address; a machine has none."""
    first_name: str | None = None
    """First name."""
    last_name: str | None = None
    """Last name."""
    organization: str | None = None
    """The organization's name."""
    roles: list[ToyRole] | None = None
    """The caller's roles."""
