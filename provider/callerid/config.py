"""Settings: the one table of them, and the rules by which they become a configuration.

Schema, documentation and command line are derived from `SETTINGS`. Nothing here asks the network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import SecretStr

from callerid import setting_rules
from callerid.errors import ConfigurationError
from callerid.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PlatformName = setting_rules.PlatformName
PLATFORM_TITLES: Mapping[PlatformName, str] = {"m3ter": "m3ter", "csp": "VMware Cloud Services"}
DEFAULT_TIMEOUT_SECONDS = 60.0
is_loopback = setting_rules.is_loopback


class Setting(NamedTuple):
    """One setting: its name in the provider, its environment variables (the first set wins)."""

    name: str
    env: tuple[str, ...]
    description: str
    platform: str | None = None
    secret: bool = False
    type: Literal["string", "number"] = "string"
    default: str | None = None

    @property
    def ways(self) -> str:
        """Name both ways to set it: `m3terOrgId (M3TER_ORG_ID)`."""
        return f"{self.name} ({self.env[0]})"


SETTINGS = (
    Setting(
        "platform",
        ("CALLERID_PLATFORM",),
        "The platform to ask: `m3ter` or `csp`. May be omitted when just one of them has a "
        "credential.",
    ),
    Setting(
        "m3terOrgId",
        ("M3TER_ORG_ID",),
        "The m3ter organization to ask about, a UUID. Defaults to the token's own.",
        "m3ter",
    ),
    Setting(
        "m3terApiToken",
        ("M3TER_API_TOKEN",),
        "A ready m3ter bearer token, for example a person's.",
        "m3ter",
        secret=True,
    ),
    Setting(
        "m3terApiKey",
        ("M3TER_API_KEY",),
        "The access key id of a m3ter service user; goes with `m3terApiSecret`.",
        "m3ter",
        secret=True,
    ),
    Setting(
        "m3terApiSecret",
        ("M3TER_API_SECRET",),
        "The API secret of a m3ter service user; goes with `m3terApiKey`.",
        "m3ter",
        secret=True,
    ),
    Setting(
        "m3terBaseUrl",
        ("M3TER_BASE_URL",),
        "Where the m3ter API is.",
        "m3ter",
        default="https://api.m3ter.com",
    ),
    Setting(
        "cspOrgId",
        ("CSP_ORG_ID",),
        "The VMware Cloud Services organization to ask about, a UUID. Defaults to the token's own.",
        "csp",
    ),
    Setting(
        "cspAccessToken",
        ("CSP_ACCESS_TOKEN",),
        "A ready VMware Cloud Services access token; it lives for about 30 minutes.",
        "csp",
        secret=True,
    ),
    Setting(
        "cspClientId",
        ("CSP_CLIENT_ID",),
        "The id of a VMware Cloud Services OAuth app; goes with `cspClientSecret`.",
        "csp",
    ),
    Setting(
        "cspClientSecret",
        ("CSP_CLIENT_SECRET",),
        "The secret of a VMware Cloud Services OAuth app; goes with `cspClientId`.",
        "csp",
        secret=True,
    ),
    Setting(
        "cspApiToken",
        ("CSP_API_TOKEN",),
        "A person's VMware Cloud Services API token; callerid exchanges it for access tokens.",
        "csp",
        secret=True,
    ),
    Setting(
        "cspBaseUrl",
        ("CSP_BASE_URL", "CSP_URL"),
        "Where VMware Cloud Services is. Tokens of one host are not valid on another.",
        "csp",
        default="https://console.cloud.vmware.com",
    ),
    Setting(
        "requestTimeoutSeconds",
        ("CALLERID_REQUEST_TIMEOUT_SECONDS",),
        "How long one answer may take in all, retries included, in seconds.",
        type="number",
        default=f"{DEFAULT_TIMEOUT_SECONDS:g}",
    ),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}
TIMEOUT = BY_NAME["requestTimeoutSeconds"].ways
"""What a time limit that ran out is called."""


class Flow(NamedTuple):
    """One way to authenticate: the settings that it needs, and what it is called in messages."""

    platform: PlatformName
    settings: tuple[str, ...]
    title: str


M3TER_TOKEN = Flow("m3ter", ("m3terApiToken",), "the bearer token")
M3TER_KEY = Flow("m3ter", ("m3terApiKey", "m3terApiSecret"), "the API key")
CSP_ACCESS_TOKEN = Flow("csp", ("cspAccessToken",), "the access token")
CSP_OAUTH_APP = Flow("csp", ("cspClientId", "cspClientSecret"), "the OAuth app")
CSP_API_TOKEN = Flow("csp", ("cspApiToken",), "the API token")
FLOWS = (M3TER_TOKEN, M3TER_KEY, CSP_ACCESS_TOKEN, CSP_OAUTH_APP, CSP_API_TOKEN)
"""Every way in. Within one platform and one source the first complete one wins."""
SHORTEST: Mapping[PlatformName, Flow] = {"m3ter": M3TER_KEY, "csp": CSP_API_TOKEN}
"""The way in that errors recommend."""

RECORDED_AT = "x-callerid-recorded-at"
"""The header by which a replay says when its answers were recorded, RFC 3339."""
ALLOW_RECORDED = "CALLERID_ALLOW_RECORDED"
"""The variable that, set to 1, lets recorded answers count outside a preview. It is no setting of
the provider: a program must not be able to allow itself."""
ENGINE_KEYS = frozenset({"version", "pluginDownloadURL"})
"""Keys that the engine itself puts among a provider's settings."""


class Credential(NamedTuple):
    """The credential that won.

    `values`, and `sources`, where they were found, are in the order of `flow.settings`.
    """

    flow: Flow
    values: tuple[SecretStr, ...]
    sources: tuple[str, ...]

    @property
    def source(self) -> str:
        """Give what every answer carries as `credentialSource`: `environment CSP_API_TOKEN`."""
        return self.sources[0]

    @property
    def whole(self) -> str:
        """Name all that it is made of: `environment M3TER_API_KEY and M3TER_API_SECRET`."""
        return " and ".join([self.source, *(each.rpartition(" ")[2] for each in self.sources[1:])])


class PlatformConfig(NamedTuple):
    """What is set for one platform; `problem` is the error of whoever needs the platform.

    A source is `provider setting X` or `environment X`, and None where nothing is set.
    """

    name: PlatformName
    base_url: str = ""
    org_id: str | None = None
    credential: Credential | None = None
    problem: str | None = None
    base_url_source: str | None = None
    org_source: str | None = None


class Config(NamedTuple):
    """A whole configuration.

    `warnings` are sentences for people; `allow_recorded` lets recorded answers count outside a
    preview.
    """

    platforms: tuple[PlatformConfig, ...]
    platform: str | None = None
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    problem: str | None = None
    warnings: tuple[str, ...] = ()
    allow_recorded: bool = False

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
        raise ConfigurationError(_NO_CREDENTIAL)


def check(settings: Mapping[str, object]) -> list[str]:
    """Say what is wrong with explicit provider settings, one sentence each.

    Missing credentials and organizations are no failure here: only the function that needs one
    can tell that it does.
    """
    return [problem for name, value in settings.items() if (problem := _problem(name, value))]


def load(settings: Mapping[str, object], environ: Mapping[str, str]) -> Config:
    """Combine explicit provider settings and the environment by the rules of the house.

    Credentials count as a set: one explicit credential setting of a platform switches off every
    credential variable of that platform. Everything else falls back one by one.

    Raises:
        ConfigurationError: an explicit setting is unknown or wrong.
    """
    problems = check(settings)
    if problems:
        raise ConfigurationError("\n".join(problems))
    explicit = {
        name: setting_rules.text(value) for name, value in settings.items() if name in BY_NAME
    }
    sources = _Sources({name: value for name, value in explicit.items() if value}, environ)
    return sources.config()._replace(allow_recorded=environ.get(ALLOW_RECORDED) == "1")


class Given(NamedTuple):
    """A setting that the environment has, never its value, which may be a secret.

    `variable` is the one that counts, `ignored` are others of the setting that are set too.
    """

    setting: Setting
    variable: str
    ignored: tuple[str, ...]


def given(environ: Mapping[str, str]) -> tuple[Given, ...]:
    """Tell which settings the environment has, in the order of the table."""
    found = ((each, [name for name in each.env if _is_set(name, environ)]) for each in SETTINGS)
    return tuple(Given(each, names[0], tuple(names[1:])) for each, names in found if names)


class _Found(NamedTuple):
    """A value and where it was found: `provider setting x` or `environment X`."""

    value: str
    source: str


_EXPLICIT = "provider setting "
"""How the source of an explicit setting begins."""


class _Sources:
    """Explicit settings and the environment, side by side, while a configuration is made."""

    def __init__(self, explicit: Mapping[str, str], environ: Mapping[str, str]) -> None:
        self._explicit = {
            name: _Found(value, f"{_EXPLICIT}{name}") for name, value in explicit.items()
        }
        self._environ = {
            setting.name: found for setting in SETTINGS if (found := _first_set(setting, environ))
        }
        self._warnings: list[str] = []

    def config(self) -> Config:
        platforms = tuple(self._platform(name) for name in PLATFORM_TITLES)
        problem = self._problem("platform") or self._problem("requestTimeoutSeconds")
        timeout = self._value("requestTimeoutSeconds")
        return Config(
            platforms=platforms,
            platform=self._value("platform"),
            timeout_seconds=float(timeout) if timeout and not problem else DEFAULT_TIMEOUT_SECONDS,
            problem=problem,
            warnings=tuple(self._warnings),
        )

    def _platform(self, name: PlatformName) -> PlatformConfig:
        base_url = f"{name}BaseUrl"
        credential, problem = self._credential(name)
        return PlatformConfig(
            name=name,
            base_url=(self._value(base_url) or BY_NAME[base_url].default or "").rstrip("/"),
            org_id=self._value(f"{name}OrgId"),
            credential=credential,
            problem=self._problem(base_url) or self._problem(f"{name}OrgId") or problem,
            base_url_source=self._source(base_url),
            org_source=self._source(f"{name}OrgId"),
        )

    def _find(self, name: str) -> _Found | None:
        return self._explicit.get(name) or self._environ.get(name)

    def _value(self, name: str) -> str | None:
        found = self._find(name)
        return found.value if found else None

    def _source(self, name: str) -> str | None:
        found = self._find(name)
        return found.source if found else None

    def _problem(self, name: str) -> str | None:
        found = self._find(name)
        return _wrong(name, found) if found else None

    def _credential(self, platform: str) -> tuple[Credential | None, str | None]:
        flows = [flow for flow in FLOWS if flow.platform == platform]
        names = [name for flow in flows for name in flow.settings]
        explicit = _only(self._explicit, names)
        environ = _only(self._environ, names)
        if explicit and environ:
            self._warnings.append(f"{_are(explicit, 'set')}, so {_are(environ, 'ignored')}.")
        return self._pick(flows, explicit or environ)

    def _pick(
        self, flows: list[Flow], found: Mapping[str, _Found]
    ) -> tuple[Credential | None, str | None]:
        complete = [flow for flow in flows if all(name in found for name in flow.settings)]
        halves = [
            _half_pair(flow, found)
            for flow in flows
            if flow not in complete and any(name in found for name in flow.settings)
        ]
        if not complete:
            return None, "\n".join(halves) or None
        winner, *losers = complete
        wrong = [_wrong(name, found[name]) for name in winner.settings]
        if any(wrong):
            return None, "\n".join(each for each in wrong if each)
        credential = Credential(
            winner,
            tuple(SecretStr(found[name].value) for name in winner.settings),
            tuple(found[name].source for name in winner.settings),
        )
        self._warnings += [
            f"{credential.source} is used; {found[loser.settings[0]].source} is ignored."
            for loser in losers
        ]
        self._warnings += halves
        return credential, None


def _only(found: Mapping[str, _Found], names: Iterable[str]) -> dict[str, _Found]:
    return {name: found[name] for name in names if name in found}


def _are(found: Mapping[str, _Found], what: str) -> str:
    sources = " and ".join(each.source for each in found.values())
    return f"{sources} {'is' if len(found) == 1 else 'are'} {what}"


def _first_set(setting: Setting, environ: Mapping[str, str]) -> _Found | None:
    for variable in setting.env:
        if _is_set(variable, environ):
            return _Found(environ[variable].strip(), f"environment {variable}")
    return None


def _is_set(variable: str, environ: Mapping[str, str]) -> bool:
    return bool(environ.get(variable, "").strip())


def _half_pair(flow: Flow, found: Mapping[str, _Found]) -> str:
    there = next(found[name].source for name in flow.settings if name in found)
    missing = next(name for name in flow.settings if name not in found)
    title = PLATFORM_TITLES[flow.platform]
    return f"{title}: {there} is half a pair. Set {BY_NAME[missing].ways} too."


def shortest_way(platform: PlatformName) -> str:
    """Name the settings, and their variables, of the way in that errors recommend."""
    names = SHORTEST[platform].settings
    variables = ", ".join(BY_NAME[name].env[0] for name in names)
    return f"{' and '.join(names)} ({variables})"


_WAYS = "; ".join(f"for {PLATFORM_TITLES[name]} set {shortest_way(name)}" for name in SHORTEST)
_NO_CREDENTIAL = f'callerid has no credential. F{_WAYS[1:]}. "callerid doctor" shows every way.'


def _problem(name: str, value: object) -> str | None:
    if name in ENGINE_KEYS or name.startswith("__"):
        return None
    if name not in BY_NAME:
        return f"callerid has no provider setting {name}.{nearest(name, BY_NAME)}"
    setting = BY_NAME[name]
    secret = "--secret " if setting.secret else ""
    how = f": pulumi config set {secret}callerid:{name} VALUE"
    return setting_rules.problem(name, value, setting.type, f"{_EXPLICIT}{name}", how)


def _wrong(name: str, found: _Found) -> str | None:
    return setting_rules.wrong(name, found.value, found.source, BY_NAME[name].type)
