"""Secrets in the wrong place: in each setting, in addresses, in the settings of proxies."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from support.api import Api, Reply, Seen, serve

from callerid.config import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.setting import Setting
    from planted import Planted
    from searched import Search

_LOOKS = 3
"""A secret may look like a key, like words, or like neither."""
_URLS = {
    "with a login": "https://user:{}@host.invalid",
    "with a query": "https://host.invalid/?token={}",
    "in its path": "https://host.invalid/{}",
    "as a port": "https://host.invalid:{}/",
    "as a host": "https://{}",
    "of another kind": "ftp://user:{}@host.invalid",
    "without an end": "http://[::{}",
}
_SHOWN = "as a host"
"""The host that cannot be reached is what an error has to name."""
_PROXIES = {
    "that refuses": "http://user:{secret}@127.0.0.1:{port}",
    "that is not there": "http://user:{secret}@127.0.0.1:9",
    "without a scheme": "user:{secret}@127.0.0.1:{port}",
    "of another kind": "nonsense://user:{secret}@127.0.0.1:{port}",
    "with a wrong port": "http://user:{secret}@127.0.0.1:99999",
    "whose port is a secret": "http://127.0.0.1:{secret}",
}

_OF_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")


class Pasted(NamedTuple):
    """Something that is set wrongly: a setting, by name, or variables that are none of ours."""

    name: str
    settings: dict[str, str]
    variables: dict[str, str]


def pasted(planted: Planted) -> Iterator[Pasted]:
    """Put a secret into each setting, in each look, and into addresses in the ways people do."""
    for setting in SETTINGS:
        place = f"pasted into {setting.name}"
        for number in range(_LOOKS):
            yield _into(setting, place, planted.plant(f"{place} ({number})"))
        for how, url in _URLS.items() if setting.name.endswith("BaseUrl") else ():
            shown = setting.name if how == _SHOWN else None
            canary = planted.plant(f"{place} {how}", setting=shown)
            yield _into(setting, f"{place} {how}", url.format(quote(canary, safe="")))


def _into(setting: Setting, name: str, value: str) -> Pasted:
    return Pasted(name, {setting.name: value}, {})


@contextmanager
def proxies(planted: Planted, search: Search) -> Iterator[list[Pasted]]:
    """Set proxies with a login, good and bad; what comes to the proxy itself is searched after."""
    with serve(_Refusing(planted.at("the reason phrase of a proxy"))) as proxy:
        port = proxy.url.rpartition(":")[2]
        yield [
            _proxy(name, text, port, planted, in_lower_case=bool(number % 2))
            for number, (name, text) in enumerate(_PROXIES.items())
        ]
        if not proxy.seen:
            search.miss("no proxy was asked")
        for seen in proxy.seen:
            search.look("requests of a proxy", str(seen), but=["a proxy"])


class _Refusing(Api):
    """A proxy that wants another login."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self._reason = reason

    def answer(self, seen: Seen) -> Reply:
        self.seen.append(seen)
        return Reply(407, b"", {}, reason=self._reason)


def _proxy(name: str, text: str, port: str, planted: Planted, *, in_lower_case: bool) -> Pasted:
    place = f"a proxy {name}"
    url = text.format(secret=quote(planted.plant(place), safe=""), port=port)
    past = f"user:{planted.plant(f'an exception beside {place}')}@host.invalid"
    variables = {**dict.fromkeys(_OF_PROXIES, url), "NO_PROXY": past}
    spelt = str.lower if in_lower_case else str.upper
    return Pasted(place, {}, {spelt(each): value for each, value in variables.items()})
