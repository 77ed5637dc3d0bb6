"""What `callerid doctor` finds without the network: settings, and which credential wins."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from callerid import config as settings
from callerid.asking import certificates
from callerid.cli.doctor_finding import Finding, of_sentence
from callerid.config import BY_NAME, FLOWS, PLATFORM_TITLES, SETTINGS, SIBLINGS, Flow
from callerid.errors import ConfigurationError, printable_line
from callerid.nearest import nearest_name
from callerid.setting import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from callerid.cli.doctor_finding import Level
    from callerid.config import Config, Credential, Given, PlatformConfig

PROXY_VARIABLES = ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_PROXIES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_PLAIN_PROXY = "HTTP_PROXY"
CERTIFICATE_VARIABLES = (certificates.FILE, certificates.FOLDER, *certificates.BUNDLES)
_UNSET = "Unset the one that you do not mean."
_PREFIXES = tuple({f"{name.split('_')[0]}_" for each in settings.SETTINGS for name in each.env})
_NEAR = 0.8
"""How alike two names must be: the variables that a platform's own SDK reads must be like none."""
_NOT_SEEN = "What Pulumi.yaml, a provider block or an explicit provider sets is not seen here."


def of_settings(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Report what is set, what is not read, and which platform is asked."""
    given = settings.given(environ)
    if given:
        names = ", ".join(each.variable for each in given)
        yield Finding("settings", "ok", f"The environment sets {names}. {_NOT_SEEN}")
    else:
        text = f"The environment sets nothing for callerid: there is no credential. {_NOT_SEEN}"
        yield Finding("settings", "problem", text, _first_answer())
    if config.problem:
        yield of_sentence("settings", _bare(config.problem), None)
    yield from _unread(given, environ)
    yield from _network(environ)
    if given:
        yield from _choice(config)


def of_platform(
    platform: PlatformConfig, config: Config, given: tuple[Given, ...]
) -> Iterator[Finding]:
    """Report which credential of a platform wins, which lose, and where its API is."""
    others = any(each.credential for each in config.platforms if each is not platform)
    wanted = config.platform == platform.name or bool(platform.credential) or not others
    level: Level = "problem" if wanted else "note"
    yield from _credential(platform, config, given, level)
    if _is_about(platform, given, "OrgId"):
        yield of_sentence("organization", _bare(platform.problem or ""), platform.name, level)
    yield from _base_url(platform, given, level)


def variables(flow: Flow) -> str:
    """Name the variables that a way to authenticate needs."""
    return " and ".join(BY_NAME[name].env[0] for name in flow.settings)


def used(credential: Credential) -> str:
    """Name the variables that a credential came from."""
    return credential.whole.removeprefix("environment ")


def name_of(flow: Flow) -> str:
    """Name what a way to authenticate needs: `API token`."""
    return flow.title.removeprefix("the ")


def _first_answer() -> str:
    extra = [] if find_spec("uvicorn") else ['  pip install "callerid[sandbox]"']
    ways = [f"  {_ways(flow)}" for flow in FLOWS]
    return "\n".join(
        [
            "The shortest way to a first answer needs no account:",
            *extra,
            "  callerid sandbox --as person -- callerid whoami",
            f"With an account, set one of ({_titles()}):",
            *ways,
        ]
    )


def _titles() -> str:
    """Explain the names of platforms that are no words of their own."""
    titles = PLATFORM_TITLES.items()
    return ", ".join(f"{name}: {title}" for name, title in titles if name != title)


def _ways(flow: Flow) -> str:
    return f"{variables(flow):<35} {flow.platform} {name_of(flow)}"


def _unread(given: tuple[Given, ...], environ: Mapping[str, str]) -> Iterator[Finding]:
    """Find variables that lose to another name of theirs, are another tool's, or look misspelt."""
    for each in given:
        for loser in [name for name in each.ignored if name in each.setting.env]:
            text = f"{each.variable} is used; {loser} is ignored."
            yield Finding("settings", "note", text, _UNSET)
    set_already = {each.setting.name for each in given}
    missing = [each.env[0] for each in SETTINGS if each.name not in set_already]
    for name, setting in SIBLINGS.items():
        if setting not in set_already and environ.get(name, "").strip():
            text = f"{name} is another tool's variable, which callerid does not read."
            yield Finding("settings", "note", text, f"Set {BY_NAME[setting].env[0]}.")
    known = {name for setting in SETTINGS for name in setting.variables}
    in_files = {f"{name}{FILE}": name for name in known}
    for name in sorted(set(environ) & in_files.keys() - known):
        text = f"callerid does not read {name}: only a secret can be in a file."
        yield Finding("settings", "note", text, f"Set {in_files[name]}.")
    for name in sorted(set(environ) - known - SIBLINGS.keys() - in_files.keys()):
        if name.startswith(_PREFIXES) and (near := nearest_name(name, missing, _NEAR)):
            text = f"callerid does not read {printable_line(name)}."
            yield Finding("settings", "note", text, f"If you mean {near}, rename it.")


def _network(environ: Mapping[str, str]) -> Iterator[Finding]:
    wanted = [each for name in PROXY_VARIABLES for each in (name.lower(), name)]
    found = [name for name in (*wanted, *CERTIFICATE_VARIABLES) if environ.get(name)]
    if found:
        text = f"For the network it sets {', '.join(found)}; their values are not shown."
        yield Finding("settings", "ok", text)
    for name in PROXY_VARIABLES:
        other = name.lower()
        if environ.get(name) and environ.get(other) not in {None, "", environ[name]}:
            text = f"{name} and {other} differ: callerid and the engine read the first."
            yield Finding("settings", "note", text, "Set both to the same, or unset one.")
    yield from _unread_for_network(environ)


def _unread_for_network(environ: Mapping[str, str]) -> Iterator[Finding]:
    if environ.get(_PLAIN_PROXY) and not any(map(environ.get, _PROXIES)):
        text = f"{_PLAIN_PROXY} is for plain http; the APIs are asked by https, so it is not read."
        yield Finding("settings", "note", text, f"If there is a proxy to pass, set {_PROXIES[1]}.")
    ours = [name for name in (certificates.FILE, certificates.FOLDER) if environ.get(name)]
    others = [name for name in certificates.BUNDLES if environ.get(name)]
    read = ours or others[:1]
    values = {environ[name] for name in read}
    if unread := [name for name in others if environ[name] not in values]:
        text = f"Not read: {', '.join(unread)}; {' and '.join(read)} is set."
        yield Finding("settings", "note", text)


def _choice(config: Config) -> Iterator[Finding]:
    """Report whether the platform to ask is clear, in the words of the error otherwise raised."""
    usable = [each for each in config.platforms if each.credential]
    if config.platform or len(usable) == 1:
        return
    if not usable:
        if not any(each.problem for each in config.platforms):
            text = "None of these settings is a credential."
            yield Finding("credential", "problem", text, _first_answer())
        return
    try:
        config._replace(problem=None).choose()
    except ConfigurationError as error:
        yield of_sentence("credential", str(error), None)


def _credential(
    platform: PlatformConfig, config: Config, given: tuple[Given, ...], level: Level
) -> Iterator[Finding]:
    title, name = PLATFORM_TITLES[platform.name], platform.name
    if platform.credential:
        flow = platform.credential.flow
        are = "are" if len(flow.settings) > 1 else "is"
        text = f"{used(platform.credential)} {are} used: {flow.title}."
        yield Finding("credential", "ok", text, platform=name)
        for warning in _warnings(config, given, name):
            found = of_sentence("credential", _bare(warning), name, "note")
            yield found if found.fix else replace(found, fix=_UNSET)
    elif platform.problem and not any(_is_about(platform, given, each) for each in _PLACES):
        for half in platform.problem.splitlines():
            yield of_sentence("credential", _bare(half), name, level)
    elif config.platform == name:
        ways = "\n".join(f"  {variables(flow)}" for flow in FLOWS if flow.platform == name)
        text = f"CALLERID_PLATFORM asks for {title}, which has no credential."
        yield Finding("credential", "problem", text, f"Set one of:\n{ways}", name)
    else:
        yield Finding("credential", "note", "There is none, so this API is not asked.", None, name)


def _warnings(config: Config, given: tuple[Given, ...], name: str) -> list[str]:
    ours = [each.variable for each in given if each.setting.platform == name]
    return [each for each in config.warnings if any(variable in each for variable in ours)]


def _base_url(
    platform: PlatformConfig, given: tuple[Given, ...], level: Level
) -> Iterator[Finding]:
    found = _find(given, f"{platform.name}BaseUrl")
    if _is_about(platform, given, "BaseUrl"):
        yield of_sentence("base URL", _bare(platform.problem or ""), platform.name, level)
    else:
        where = found.variable if found else "the default"
        text = f"{_without_path(platform.base_url)} ({where})"
        yield Finding("base URL", "ok", text, platform=platform.name)


def _without_path(url: str) -> str:
    """Leave out a path, which no API of ours has: it may be anything."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{'/…' if parts.path else ''}"


_PLACES = ("BaseUrl", "OrgId")
"""What the names of settings end with that say where to ask, and about which organization."""


def _is_about(platform: PlatformConfig, given: tuple[Given, ...], place: str) -> bool:
    found = _find(given, f"{platform.name}{place}")
    return bool(found and (platform.problem or "").startswith(f"environment {found.variable} "))


def _find(given: tuple[Given, ...], name: str) -> Given | None:
    return next((each for each in given if each.setting.name == name), None)


def _bare(sentence: str) -> str:
    """Leave out what is clear here: the platform is the heading."""
    for title in PLATFORM_TITLES.values():
        sentence = sentence.removeprefix(f"{title}: ")
    return sentence
