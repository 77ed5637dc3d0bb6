"""What a platform's `recording.py` has to be: a `Recording`, found there as `RECORDING`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from callerid.platforms import part
from callerid.registry import PLATFORMS

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

    from callerid.config import PlatformConfig
    from callerid.recording.tape import Exchange
    from callerid.registry import PlatformName

Block = dict[str, Any]
"""A part of a scenario."""


class Recording(ABC):
    """How one platform's answers become a caller of the sandbox. It has no state."""

    credential_headers: frozenset[str] = frozenset({"authorization"})
    """The request headers that carry a credential, in lower case."""
    people: frozenset[str] = frozenset()
    """Fields, in lower case, that name a person: a user name, an address, a full name."""
    authors: frozenset[str] = frozenset()
    """Fields, in lower case, that tell who made something: an id stays, anything else does not."""
    links: frozenset[str] = frozenset()
    """Fields, in lower case, that hold a path, which names a person behind `/users/`."""
    private: frozenset[str] = frozenset()
    """Fields, in lower case, about a person or a company's books: a recording has none of them."""
    public_fields: frozenset[str] = frozenset()
    """Fields of a token request that hold no credential, beside the grant's name.

    Any other value of it that is found in a recording stops that recording.
    """
    organization_path: re.Pattern[str] | None = None
    """Paths that name an organization in their first group, where one may ask about several."""

    @abstractmethod
    def block(
        self, exchanges: Sequence[Exchange], name: str, config: PlatformConfig
    ) -> Block | None:
        """Make the platform's block of a scenario; None if no answer names the caller.

        Args:
            exchanges: what was asked and answered, all of it of this platform.
            name: what the caller is called in the sandbox.
            config: who asked.
        """


def of(platform: PlatformName) -> Recording:
    """Load a platform's part of recordings."""
    found: Recording = part(platform, "recording").RECORDING
    return found


def all_of_them() -> list[Recording]:
    """Load the part of every platform."""
    return [of(name) for name in PLATFORMS]


def claims_of(exchanges: Sequence[Exchange]) -> Mapping[str, Any]:
    """Return the claims of the token used; empty for an opaque one."""
    return next((each.claims for each in reversed(exchanges) if each.claims), {})
