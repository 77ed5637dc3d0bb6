"""What Toy Cloud sends."""

from __future__ import annotations

from callerid.ends import End, end_of
from callerid.model import EndTime, Reply


class ToyRole(Reply):
    """A role of the caller."""

    name: str
    """Its name."""
    until: EndTime = None
    """When it ends; null means never."""

    null_means_never = frozenset({"until"})

    @property
    def end(self) -> End:
        """The end, with what its absence means."""
        return end_of(self, "until")


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
