"""The shapes of settings: one of them, a way to authenticate, and all of a platform's."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

from callerid.casing import snake

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.registry import PlatformName


FILE = "_FILE"
"""How a variable ends that names a file with the value."""


class Setting(NamedTuple):
    """One setting: its name in the provider, its environment variables (the first set wins).

    Variables that name a file with the value are derived, see `files`.
    """

    name: str
    env: tuple[str, ...]
    description: str
    platform: str | None = None
    secret: bool = False
    type: Literal["string", "number"] = "string"
    default: str | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """Variables that name a file with the value, as containers mount it; only of a secret."""
        return tuple(f"{name}{FILE}" for name in self.env) if self.secret else ()

    @property
    def variables(self) -> tuple[str, ...]:
        """Every variable of the setting; the first that is set counts."""
        return self.env + self.files

    @property
    def ways(self) -> str:
        """Name both ways to set it: `NAMEOrgId (NAME_ORG_ID)`."""
        return f"{self.name} ({self.env[0]})"

    @property
    def python_name(self) -> str:
        """What it is called where names are in snake_case."""
        return snake(self.name)


def setting_name(platform: str, key: str) -> str:
    """Name a platform's own setting: its `orgId` is `NAMEOrgId`."""
    return f"{platform}{key[0].upper()}{key[1:]}"


class Flow(NamedTuple):
    """One way to authenticate: the settings that it needs, and what it is called in messages."""

    platform: PlatformName
    settings: tuple[str, ...]
    title: str


class PlatformSettings(NamedTuple):
    """What can be set for a platform; its `settings.py` has one of these, named `SETTINGS`.

    Among `settings` are `NAMEOrgId`, and `NAMEBaseUrl` with a default, which the code finds by
    name. Within one source the first complete one of `flows` wins; errors name the `recommended`.
    `role_prefix` is a regular expression for what the platform's tokens put before a role's name,
    which people may have copied along; `org_link` one for the path of the API's links to an
    organization, up to its id. `built_in_roles` are the names of organization roles that a custom
    role cannot take over. `api_path` is one for paths of the API, without slashes around them:
    people write them at the end of the base URL, where they are left out.
    `siblings` are the variables of the platform's other tools, each with the setting of ours that
    means the same.
    """

    title: str
    settings: tuple[Setting, ...]
    flows: tuple[Flow, ...]
    recommended: Flow
    role_prefix: str | None = None
    org_link: str | None = None
    built_in_roles: frozenset[str] = frozenset()
    api_path: str | None = None
    siblings: Mapping[str, str] = MappingProxyType({})
