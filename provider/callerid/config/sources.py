"""Where settings come from, and the rules by which they become a configuration.

Nothing here asks the network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callerid import setting_rules
from callerid.config.chosen import Config, Credential, PlatformConfig
from callerid.config.given import values
from callerid.config.table import (
    BY_NAME,
    DEFAULT_TIMEOUT_SECONDS,
    ENGINE_KEYS,
    FLOWS,
    PLATFORM_TITLES,
    SETTINGS,
    bare_base_url,
    organization_id,
)
from callerid.errors import ConfigurationError
from callerid.nearest import MOST_NAMED, nearest
from callerid.replay import ALLOW_RECORDED
from callerid.secret import SecretStr
from callerid.setting import setting_name
from callerid.shown import shown_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from callerid.registry import PlatformName
    from callerid.setting import Flow, Setting


class Naming(NamedTuple):
    """What texts call an explicit setting.

    `source` names it; `how` ends the sentence that asks for one plain value.
    """

    source: Callable[[Setting], str]
    how: Callable[[Setting], str]


def _config_set(setting: Setting) -> str:
    secret = "--secret " if setting.secret else ""
    return f": pulumi config set {secret}callerid:{setting.name} VALUE"


PROVIDER = Naming(lambda setting: f"provider setting {setting.name}", _config_set)
"""Of a Pulumi provider: `provider setting requestTimeoutSeconds`."""
KEYWORD = Naming(lambda setting: f"argument {setting.python_name}", lambda _: ".")
"""Of a call in Python: `argument request_timeout_seconds`."""
SNAKE_CASE = Naming(lambda setting: f"provider setting {setting.python_name}", lambda _: ".")
"""Of a provider whose settings are in snake_case: `provider setting request_timeout_seconds`."""


def check(settings: Mapping[str, object], naming: Naming = PROVIDER) -> dict[str, str]:
    """Report what is wrong with explicit settings: a sentence by the name of each that is.

    Missing credentials and organizations are no failure here: only the function that needs one
    can tell that it does.
    """
    more = [name for name in settings if not _is_known(name)][MOST_NAMED:]
    told = settings.keys() - set(more)
    found = {name: _problem(name, settings[name], naming) for name in settings if name in told}
    problems = {name: problem for name, problem in found.items() if problem}
    if more:
        problems[more[0]] = f"There are {len(more):,} more settings that callerid does not have."
    return problems


def load(
    settings: Mapping[str, object], environ: Mapping[str, str], naming: Naming = PROVIDER
) -> Config:
    """Combine explicit settings and the environment by the rules of the house.

    Credentials count as a set: one explicit credential setting of a platform switches off every
    credential variable of that platform. Everything else falls back one by one.

    Raises:
        ConfigurationError: an explicit setting is unknown or wrong.
    """
    problems = check(settings, naming)
    if problems:
        raise ConfigurationError("\n".join(problems.values()))
    explicit = {
        name: setting_rules.plain(name, value)
        for name, value in settings.items()
        if name in BY_NAME
    }
    found = {
        name: _Found(value, naming.source(BY_NAME[name]))
        for name, value in explicit.items()
        if value
    }
    return _Sources(found, environ).config(allow_recorded=environ.get(ALLOW_RECORDED) == "1")


class _Found(NamedTuple):
    """A value and where it was found: `provider setting x` or `environment X`.

    `in_file`: the value is the name of the file that holds it. `ignored` is the first other source
    that would do.
    """

    value: str
    source: str
    in_file: bool = False
    ignored: str | None = None


class _Sources:
    """Explicit settings and the environment, side by side, while a configuration is made."""

    def __init__(self, explicit: Mapping[str, _Found], environ: Mapping[str, str]) -> None:
        self._explicit = explicit
        self._environ = {
            setting.name: found for setting in SETTINGS if (found := _first_set(setting, environ))
        }
        self._warnings: list[str] = []

    def config(self, *, allow_recorded: bool) -> Config:
        platforms = tuple(self._platform(name) for name in PLATFORM_TITLES)
        problem = self._problem("platform") or self._problem("requestTimeoutSeconds")
        timeout = self._value("requestTimeoutSeconds")
        return Config(
            platforms=platforms,
            platform=self._value("platform"),
            timeout_seconds=float(timeout) if timeout and not problem else DEFAULT_TIMEOUT_SECONDS,
            problem=problem,
            warnings=tuple(self._warnings),
            allow_recorded=allow_recorded,
        )

    def _platform(self, name: PlatformName) -> PlatformConfig:
        base_url, org_id = setting_name(name, "baseUrl"), setting_name(name, "orgId")
        credential, problem = self._credential(name)
        return PlatformConfig(
            name=name,
            base_url=bare_base_url(name, self._value(base_url) or BY_NAME[base_url].default or ""),
            org_id=organization_id(name, self._value(org_id) or "") or None,
            credential=credential,
            problem=self._problem(base_url) or self._problem(org_id) or problem,
            base_url_source=self._source(base_url),
            org_source=self._source(org_id),
            half_given=problem if _only(self._explicit, _credential_names(name)) else None,
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
        names = _credential_names(platform)
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
        used = {name: found[name] for name in winner.settings}
        told = [_told(name, each) for name, each in used.items()]
        if wrong := [problem for _, problem in told if problem]:
            return None, "\n".join(wrong)
        credential = Credential(
            winner,
            tuple(SecretStr(value) for value, _ in told),
            tuple(each.source for each in used.values()),
        )
        self._warnings += [
            f"{each.source} is used; {each.ignored} is ignored."
            for each in used.values()
            if each.ignored
        ]
        self._warnings += [
            f"{credential.source} is used; {found[loser.settings[0]].source} is ignored."
            for loser in losers
        ]
        self._warnings += halves
        return credential, None


def _credential_names(platform: str) -> list[str]:
    return [name for flow in FLOWS if flow.platform == platform for name in flow.settings]


def _only(found: Mapping[str, _Found], names: Iterable[str]) -> dict[str, _Found]:
    return {name: found[name] for name in names if name in found}


def _are(found: Mapping[str, _Found], what: str) -> str:
    sources = " and ".join(each.source for each in found.values())
    return f"{sources} {'is' if len(found) == 1 else 'are'} {what}"


def _first_set(setting: Setting, environ: Mapping[str, str]) -> _Found | None:
    found = values(setting, environ)
    if not found:
        return None
    first, *others = found
    lost = [f"environment {each}" for each in others if each in setting.files]
    in_file = first in setting.files
    return _Found(found[first], f"environment {first}", in_file, lost[0] if lost else None)


def _told(name: str, found: _Found) -> tuple[str, str | None]:
    """Return the value of a credential's setting, read from its file if need be; or the problem."""
    if not found.in_file:
        return found.value, _wrong(name, found)
    from callerid.config import secret_file  # noqa: PLC0415 - most secrets are in no file

    try:
        text = secret_file.read(found.value)
    except (OSError, ValueError) as error:
        return "", _unusable(found, secret_file.why(error))
    value = setting_rules.plain(name, text)
    if not value:
        return "", _unusable(found, "it holds nothing")
    return value, _wrong(name, found._replace(value=value))


def _unusable(found: _Found, why: str) -> str:
    hint = "Name one that holds the secret alone."
    return f"{found.source} names no file that can be used: {why}. {hint}"


def _half_pair(flow: Flow, found: Mapping[str, _Found]) -> str:
    there = next(found[name].source for name in flow.settings if name in found)
    missing = next(name for name in flow.settings if name not in found)
    title = PLATFORM_TITLES[flow.platform]
    return f"{title}: {there} is half a pair. Set {BY_NAME[missing].ways} too."


def _is_known(name: str) -> bool:
    return name in BY_NAME or name in ENGINE_KEYS or name.startswith("__")


def _problem(name: str, value: object, naming: Naming) -> str | None:
    if not _is_known(name):
        shown = shown_name(name)
        return f"callerid has no provider setting {shown}.{nearest(name, BY_NAME)}"
    if name not in BY_NAME:
        return None
    setting = BY_NAME[name]
    source, how = naming.source(setting), naming.how(setting)
    return setting_rules.problem(name, value, setting.type, source, how)


def _wrong(name: str, found: _Found) -> str | None:
    return setting_rules.wrong(name, found.value, found.source, BY_NAME[name].type)
