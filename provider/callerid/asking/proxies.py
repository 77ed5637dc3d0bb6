"""Which way a request takes, through a proxy or past it, by the variables of the environment.

NO_PROXY is read as Go reads it, so that callerid and the engine take the same way:
<https://pkg.go.dev/golang.org/x/net/http/httpproxy>. What Go skips in silence is told here.
"""

from __future__ import annotations

import os
import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.request import getproxies

import httpx

from callerid.config import is_loopback
from callerid.shown import masked, shown_name

_SCHEMES = ("https", "all")
"""Plain HTTP is spoken to this machine alone, past every proxy."""
_EXCEPTIONS = "no"
"""What NO_PROXY is called here, as HTTPS_PROXY is `https`."""
_HTTPS = 443
_WITH_PORT = r"(?:\[(?P<inner>[^\[\]]*)\]|(?P<host>[^:\[\]]*)):(?P<port>[^:\[\]]*)"
_PORT = r"[1-9][0-9]{0,4}|"
_NAME = r"[a-z0-9._~-]+"
_LIKE_AN_ADDRESS = r"[0-9A-Fa-f:.\[\]/*]{1,60}"
"""What is shown whole; anything else may be a secret in the wrong place."""
_MAPPED = IPv6Network("::ffff:0:0/96")
_MAPPED_BITS = 96


class Route(NamedTuple):
    """The way to one host, and what decided it."""

    proxy: str | None = None
    """The proxy's URL, which may hold a password; None leads to the host itself."""
    variable: str = ""
    """The name of the variable that has a proxy; empty if none has."""
    exception: str = ""
    """The entry of NO_PROXY by which the way leads past that proxy."""
    unreadable: tuple[str, ...] = ()
    """A sentence for each entry of NO_PROXY that can mean no host."""


class _Target(NamedTuple):
    name: str
    port: str
    address: IPv4Address | IPv6Address | None


def route(base_url: str) -> Route:
    """Decide the way to a URL's host: to a loopback address always the direct one."""
    url = httpx.URL(base_url)
    found = next((each for each in map(_variable, _SCHEMES) if each.value), None)
    if found is None or is_loopback(url.host):
        return Route()
    name = url.raw_host.decode()
    target = _Target(name, str(url.port or _HTTPS), _address(name))
    exceptions, unreadable = _variable(_EXCEPTIONS), list[str]()
    for number, entry in enumerate(map(str.strip, exceptions.value.split(",")), 1):
        covers = _covers(entry.lower(), target)
        if covers:
            return Route(None, found.name, shown_name(entry), tuple(unreadable))
        if covers is None:
            unreadable.append(_skipped(entry, number, exceptions.name))
    return Route(found.value, found.name, "", tuple(unreadable))


class _Variable(NamedTuple):
    name: str
    value: str


def _variable(what: str) -> _Variable:
    """Read a variable, of its spellings the one that Go reads: in upper case, unless it is empty.

    Without it the system's settings are asked, on macOS and Windows.
    """
    lower = f"{what}_proxy"
    name = next((each for each in (lower.upper(), lower) if os.environ.get(each)), None)
    if name:
        return _Variable(name, os.environ[name])
    return _Variable("the system's settings", getproxies().get(what, ""))


def _skipped(entry: str, number: int, variable: str) -> str:
    shown = entry if re.fullmatch(_LIKE_AN_ADDRESS, entry) else masked(entry)
    return (
        f"callerid skips entry {number} of {variable}, {shown}, which means no host. "
        "Write a host, .domain, *.domain, host:port, an address, or a network such as 10.0.0.0/8 "
        "or fd00::/8, with commas between."
    )


def _covers(entry: str, target: _Target) -> bool | None:
    """Return whether an entry means a target; None if it can mean none at all."""
    if entry in {"", "*"}:
        return entry == "*"
    if "/" in entry:
        network = _network(entry)
        return None if network is None else _is_in(target.address, network)
    split = re.fullmatch(_WITH_PORT, entry)
    port = split["port"] if split else ""
    host = (split["inner"] or split["host"]) if split else entry
    if not host or not _is_port(port):
        return None
    address = _address(host)
    means = _is_within(host, target) if address is None else address == target.address
    return means and port in {"", target.port}


def _is_in(address: IPv4Address | IPv6Address | None, network: IPv4Network | IPv6Network) -> bool:
    return address is not None and address in network


def _is_port(text: str) -> bool:
    return bool(re.fullmatch(_PORT, text))


def _is_within(domain: str, target: _Target) -> bool | None:
    """Return whether a target is a host or domain, written `host`, `.domain` or `*.domain`."""
    domain = _in_ascii(domain.removeprefix("*") if domain.startswith("*.") else domain)
    if not re.fullmatch(_NAME, domain):
        return None
    if target.address is not None:
        return False
    return target.name.endswith(f".{domain.removeprefix('.')}") or target.name == domain


def _in_ascii(name: str) -> str:
    if name.isascii():
        return name
    start = "." if name.startswith(".") else ""
    try:
        return start + httpx.URL(f"//{name.removeprefix('.')}").raw_host.decode()
    except (httpx.InvalidURL, UnicodeError):  # the latter by bytes that are no UTF-8
        return name


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address, without a zone; one of IPv4 that is written as IPv6 becomes IPv4."""
    try:
        address = ip_address("" if "%" in text else text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network(text: str) -> IPv4Network | IPv6Network | None:
    address, _, length = text.partition("/")
    if not (length.isascii() and length.isdecimal()) or "%" in address:
        return None
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        mapped = network.network_address.ipv4_mapped
        return ip_network((str(mapped), network.prefixlen - _MAPPED_BITS))
    return network
