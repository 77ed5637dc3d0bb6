"""What `callerid doctor` says of the way to an API: name, connection, proxy, TLS, clock."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from callerid.asking import certificates
from callerid.cli.doctor_finding import Finding, of_sentence
from callerid.config import BY_NAME, PLATFORM_TITLES, is_loopback
from callerid.setting import setting_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from callerid.asking.proxies import Route
    from callerid.asking.reached import Reached
    from callerid.cli.doctor_finding import Level
    from callerid.config import PlatformConfig

NOTABLE_SKEW_SECONDS, BAD_SKEW_SECONDS = 30.0, 300.0
"""From the first on a clock is worth a word; from the second on good tokens look expired."""
_FAILING = 500
_PROXY_AUTHENTICATION = "407"
_BETWEEN = "Check {variable}; a firewall may be between, or HTTPS_PROXY be needed."
_AUTHORITY = "{trust} Else check {variable}, and this machine's clock."
_OWN_AUTHORITY = "If your company signs certificates, name a PEM file with its authority in {file}."
_SET_AUTHORITY = "Trusted are the authorities of {variables}: see whether your company's is there."
_FAILURES = {
    "machine": (
        "{host} cannot be reached: {detail}.",
        "Check this machine: its network, its firewall, and the limits of processes (ulimit -a).",
    ),
    "name": (
        "The host name {name} is unknown.",
        "Check the network and DNS of this machine, and {variable}.",
    ),
    "connection": ("{host} accepts no connection.", _BETWEEN),
    "sandbox": (
        "{host} accepts no connection.",
        "Check {variable}; if it is the sandbox, start that again: callerid sandbox",
    ),
    "time": ("{host} does not answer: there is no connection in time.", _BETWEEN),
    "silence": ("{host} accepts the connection and then does not answer.", _BETWEEN),
    "certificate": (
        "The TLS certificate of {host} is not trusted: {detail}.",
        _AUTHORITY,
    ),
    "tls": (
        "{host} does not speak TLS, or breaks off the handshake.",
        "Check scheme, host and port in {variable}.",
    ),
    "reply": ("{host} breaks the connection, or does not speak HTTP.", _BETWEEN),
}
"""What to report by what stood in the way, and how to fix it."""
_UNITS = ((2 * 86400, 86400, "days"), (2 * 3600, 3600, "h"), (2 * 60, 60, "min"))


def of_reached(
    platform: PlatformConfig, reached: Reached, environ: Mapping[str, str]
) -> Iterator[Finding]:
    """Report what one request without a credential found out."""
    for sentence in reached.warnings:
        yield of_sentence("network", sentence, platform.name, "note")
    if reached.route.exception:
        yield _past_proxy(platform, reached.route)
    proxy = reached.route.variable if reached.route.proxy else None
    if reached.status is None:
        text, fix = _failure(platform, reached, proxy, environ)
        yield Finding("reachability", "problem", text, fix, platform.name)
    else:
        yield _success(platform, reached, proxy)
        yield _clock(platform, reached.clock_ahead)


def _past_proxy(platform: PlatformConfig, route: Route) -> Finding:
    text = f"It is asked past the proxy of {route.variable}: NO_PROXY has {route.exception}."
    return Finding("network", "ok", text, None, platform.name)


def duration(seconds: float) -> str:
    """Format a time span for people: `40 s`, `29 min`, `5 h`, `182 days`."""
    for least, unit, name in _UNITS:
        if seconds >= least:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:.0f} s"


def _success(platform: PlatformConfig, reached: Reached, proxy: str | None) -> Finding:
    host = _host(platform)
    way = f", through the proxy of {proxy}" if proxy else ""
    if (reached.status or 0) >= _FAILING:
        text = f"{host} is reached{way}, but fails with HTTP {reached.status}."
        fix = "Try again later; the API, or a gateway before it, has trouble."
        return Finding("reachability", "note", text, fix, platform.name)
    if urlsplit(platform.base_url).scheme == "http":
        found = "it is this machine, without TLS"
    else:
        found = "the TLS certificate is trusted" if proxy else "name and TLS certificate are good"
    return Finding("reachability", "ok", f"{host} answers{way}; {found}.", None, platform.name)


def _failure(
    platform: PlatformConfig, reached: Reached, proxy: str | None, environ: Mapping[str, str]
) -> tuple[str, str]:
    """Report what went wrong and what to do, by what stood in the way."""
    if proxy and (reached.hurdle == "proxy" or not reached.connected):
        return _proxy_failure(platform, reached, proxy)
    text, fix = _FAILURES[_hurdle(platform, reached)]
    default = BY_NAME[setting_name(platform.name, "baseUrl")].env[0]
    words = {
        "host": _host(platform),
        "name": urlsplit(platform.base_url).hostname,
        "detail": reached.detail,
        "trust": _trust(environ),
        "variable": (platform.base_url_source or default).removeprefix("environment "),
    }
    return text.format_map(words), fix.format_map(words)


def _trust(environ: Mapping[str, str]) -> str:
    variables = certificates.authorities(environ).variables
    text = _SET_AUTHORITY if variables else _OWN_AUTHORITY
    return text.format(variables=variables, file=certificates.FILE)


def _hurdle(platform: PlatformConfig, reached: Reached) -> str:
    if reached.hurdle == "time":
        return "silence" if reached.connected else "time"
    if reached.hurdle == "connection" and is_loopback(urlsplit(platform.base_url).hostname or ""):
        return "sandbox"
    return reached.hurdle or "reply"


def _proxy_failure(platform: PlatformConfig, reached: Reached, proxy: str) -> tuple[str, str]:
    check = f"Check {proxy}; hosts that are reached without a proxy belong in NO_PROXY."
    if reached.hurdle == "proxy":
        status = f" (HTTP {reached.detail})" if reached.detail else ""
        if reached.detail == _PROXY_AUTHENTICATION:
            check = f"It wants to know who you are: put user name and password into {proxy}."
        return f"The proxy of {proxy} refuses the way to {_host(platform)}{status}.", check
    causes = {
        "machine": reached.detail,
        "name": "its host name is unknown",
        "time": "it does not answer in time",
    }
    cause = causes.get(reached.hurdle or "", "it accepts no connection")
    return f"The proxy of {proxy} cannot be reached: {cause}.", check


def _clock(platform: PlatformConfig, ahead: float | None) -> Finding:
    title, name = PLATFORM_TITLES[platform.name], platform.name
    if ahead is None:
        text = f"{title} does not tell its time, so the clocks cannot be compared."
        return Finding("clock", "note", text, None, name)
    if abs(ahead) <= NOTABLE_SKEW_SECONDS:
        return Finding("clock", "ok", "This machine's clock agrees with the server's.", None, name)
    where = "behind" if ahead > 0 else "ahead of"
    text = f"This machine's clock is {duration(abs(ahead))} {where} the server's."
    fix = "Set the clock, best by NTP: with a wrong one good tokens look expired, or last too long."
    level: Level = "problem" if abs(ahead) > BAD_SKEW_SECONDS else "note"
    return Finding("clock", level, text, fix, name)


def _host(platform: PlatformConfig) -> str:
    return urlsplit(platform.base_url).netloc
