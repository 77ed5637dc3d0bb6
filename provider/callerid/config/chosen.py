"""A whole configuration: which credential won for each platform, and which platform is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callerid.config.table import NO_CREDENTIAL, PLATFORM_TITLES, shortest_way
from callerid.errors import ConfigurationError

if TYPE_CHECKING:
    from callerid.registry import PlatformName
    from callerid.secret import SecretStr
    from callerid.setting import Flow


class Credential(NamedTuple):
    """The credential that won.

    `values`, and `sources`, where they were found, are in the order of `flow.settings`.
    """

    flow: Flow
    values: tuple[SecretStr, ...]
    sources: tuple[str, ...]

    @property
    def source(self) -> str:
        """What answers have as `credentialSource`, such as `environment NAME_API_TOKEN`."""
        return self.sources[0]

    @property
    def whole(self) -> str:
        """Name all that it is made of, such as `environment NAME_API_KEY and NAME_API_SECRET`."""
        return " and ".join([self.source, *(each.rpartition(" ")[2] for each in self.sources[1:])])


class PlatformConfig(NamedTuple):
    """What is set for one platform; `problem` is the error of whoever needs the platform.

    `half_given` is what is wrong with an explicit credential: no other platform is meant then.
    A source is `provider setting X`, `argument x` or `environment X`; None where nothing is set.
    """

    name: PlatformName
    base_url: str
    org_id: str | None = None
    credential: Credential | None = None
    problem: str | None = None
    base_url_source: str | None = None
    org_source: str | None = None
    half_given: str | None = None


class Config(NamedTuple):
    """A whole configuration.

    `warnings` are sentences for people; `allow_recorded` lets recorded answers count outside a
    preview.
    """

    platforms: tuple[PlatformConfig, ...]
    platform: str | None
    timeout_seconds: float
    problem: str | None
    warnings: tuple[str, ...]
    allow_recorded: bool

    def choose(self, platform: str | None = None) -> PlatformConfig:
        """Find the platform to ask: the one named, else the only one with a credential.

        Raises:
            ConfigurationError: none has a credential, two have, or the choice is misconfigured.
        """
        if self.problem:
            raise ConfigurationError(self.problem)
        wanted = platform or self.platform
        chosen = self._named(wanted) if wanted else self._only()
        if chosen.problem:
            raise ConfigurationError(chosen.problem)
        if not chosen.credential:
            ways = shortest_way(chosen.name)
            text = f"callerid has no credential for {PLATFORM_TITLES[chosen.name]}. Set {ways}."
            raise ConfigurationError(text)
        return chosen

    def _named(self, name: str) -> PlatformConfig:
        return next(platform for platform in self.platforms if platform.name == name)

    def _only(self) -> PlatformConfig:
        for platform in self.platforms:
            if platform.half_given:
                raise ConfigurationError(platform.half_given)
        ready = [platform for platform in self.platforms if platform.credential]
        if len(ready) > 1:
            found = " and ".join(f"{p.name} ({p.credential.source})" for p in ready if p.credential)
            text = (
                f"callerid has credentials for more than one platform: {found}.\n"
                "Choose one with the setting platform (CALLERID_PLATFORM) or the argument platform."
            )
            raise ConfigurationError(text)
        if ready:
            return ready[0]
        broken = [platform for platform in self.platforms if platform.problem]
        if broken:
            return broken[0]
        raise ConfigurationError(NO_CREDENTIAL)
