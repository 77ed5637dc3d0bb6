"""An API that has canaries in all it says: the sandbox, with more in every reply."""

from __future__ import annotations

import base64
import http.client
import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from support.api import Api, Reply, Seen, serve

from callerid.config import BY_NAME, SETTINGS
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from callerid.sandbox.scenario import Scenario
    from planted import Planted

_JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")
_TOKENS = re.compile(r"[a-z_]*token", re.IGNORECASE)
_FIELDS = ("note", "password")
"""What every object of a reply has, beyond what the sandbox says."""
_WITH_A_TOKEN = ("refresh_token", "id_token", "scope")
"""What an object with a token has besides, in place of what the sandbox says."""
_CLAIMS = (
    *("iss", "azp", "aud", "jti", "scope", "context"),
    *("note", "nonce", "api_token", "password"),
)
"""The claims of a token that nothing is told of; who, where and with which roles is answered."""
_IN = " of "
"""Between a part of a token and the token, in the name of a place."""
_SECONDS = 20.0
_DROPPED = {"host", "content-length", "connection"}


class Spiking(Api):
    """Passes requests on to the sandbox, with the credentials that it knows in place of canaries.

    Every reply gets canaries: as further headers, fields and claims, as passwords, as tokens.
    """

    def __init__(self, planted: Planted, sandbox: Sandbox) -> None:
        """Be in front of a sandbox."""
        super().__init__()
        self.mood: Callable[[Seen, Reply], Reply] | None = None
        """What becomes of each reply; None leaves it as it is."""
        self.at_request: Callable[[], None] | None = None
        """Called while a request is waiting for its reply."""
        self.planted = planted
        self._sandbox = sandbox
        self._paths: dict[str, str] = {}
        self._known: dict[str, str] = {}
        self._canaries: dict[str, str] = {}

    def answer(self, seen: Seen) -> Reply:
        """Answer like the sandbox, but with canaries, and in the present mood."""
        self.seen.append(seen)
        if self.at_request:
            self.at_request()
        reply = self._spiked(self._forwarded(seen), _of_reply(self.platform_of(seen)))
        return self.mood(seen, reply) if self.mood else reply

    def base_url(self, setting: str) -> str:
        """Give this API's base URL as a setting, with a canary in its path."""
        if setting not in self._paths:
            self._paths[setting] = self.planted.words(f"setting {setting}", setting)
        return f"{self.url}/{self._paths[setting]}"

    def platform_of(self, seen: Seen) -> str | None:
        """Tell which platform's base URL a request came to."""
        first = seen.path.removeprefix("/").partition("/")[0]
        asked = {path: BY_NAME[setting].platform for setting, path in self._paths.items()}
        return asked.get(first)

    def disguised(self, place: str, value: str, setting: str | None = None) -> str:
        """Give a canary that this API takes for a credential; a JWT stays one that can be read."""
        if value in self._canaries:
            return self._canaries[value]
        if _JWT.fullmatch(value):
            canary = self._token(place, value)
        else:
            canary = self.planted.plant(place, setting=setting)
        self._known[canary] = value
        self._canaries[value] = canary
        return canary

    def _token(self, place: str, value: str) -> str:
        """Write a token anew, with canaries as further claims and as its signature."""
        header, payload, _ = value.split(".")
        claims = {**_decoded(payload)}
        for name in _CLAIMS:
            claims[name] = self.planted.at(f"claim {name}{_IN}{place}")
        kid = self.planted.at(f"header{_IN}{place}")
        signature = self.planted.words(f"signature{_IN}{place}")
        return ".".join([_json({**_decoded(header), "kid": kid}), _json(claims), signature])

    def _forwarded(self, seen: Seen) -> Reply:
        connection = http.client.HTTPConnection(
            urlsplit(self._sandbox.url).netloc, timeout=_SECONDS
        )
        headers = {k: self._header(v) for k, v in seen.headers.items() if k not in _DROPPED}
        connection.request(seen.method, self._path(seen), self._body(seen), headers)
        response = connection.getresponse()
        kept = ("content-type", "retry-after")
        given = {name: value for name in kept if (value := response.headers.get(name))}
        reply = Reply(response.status, response.read(), given)
        connection.close()
        return reply

    def _path(self, seen: Seen) -> str:
        first, _, rest = seen.path.removeprefix("/").partition("/")
        return f"/{rest}" if first in self._paths.values() else seen.path

    def _header(self, value: str) -> str:
        scheme, _, rest = value.partition(" ")
        if scheme.lower() == "basic":
            pair = base64.b64decode(rest).decode().split(":", 1)
            known = ":".join(self._real(each) for each in pair)
            return f"{scheme} {base64.b64encode(known.encode()).decode()}"
        return f"{scheme} {self._real(rest)}" if rest else self._real(value)

    def _body(self, seen: Seen) -> bytes:
        if "json" in seen.headers.get("content-type", ""):
            return json.dumps(self._deep(json.loads(seen.body))).encode()
        form = parse_qsl(seen.body.decode(), keep_blank_values=True)
        return urlencode([(name, self._real(value)) for name, value in form]).encode()

    def _deep(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._deep(each) for name, each in value.items()}
        return self._real(value) if isinstance(value, str) else value

    def _real(self, value: str) -> str:
        return self._known.get(value, value)

    def _spiked(self, reply: Reply, place: str) -> Reply:
        body = json.dumps(self._more(json.loads(reply.body), place)).encode()
        return Reply(reply.status, body, {**reply.headers, **self.headers()})

    def headers(self) -> dict[str, str]:
        """Make headers that hold canaries."""
        names = ("set-cookie", "server", "via", "x-note", "www-authenticate", "etag")
        return {name: self.planted.at(f"header {name}") for name in names}

    def _more(self, value: Any, place: str, name: str = "") -> Any:
        """Add canaries to what is read from a reply, from which a token is planted as this."""
        if isinstance(value, dict):
            told = {each: self._more(inner, place, each) for each, inner in value.items()}
            names = (*_FIELDS, *(_WITH_A_TOKEN if "access_token" in told else ()))
            more = {key: self.planted.at(f"{key} in {name or 'a reply'}") for key in names}
            return {**told, **more}
        if isinstance(value, list):
            return [self._more(each, place, name) for each in value]
        if isinstance(value, str) and _TOKENS.fullmatch(name) and "type" not in name:
            return self.disguised(f"{name} {place}", value)
        return value


def _of_reply(platform: str | None) -> str:
    return f"of a reply of {platform}"


def sent_to(platform: str | None) -> tuple[str, ...]:
    """Tell how the places of a platform's credentials begin: those given, and those it minted."""
    own = [each.name for each in SETTINGS if each.platform == platform] if platform else []
    tokens = (f"access_token {_of_reply(platform)}", *(f"setting {name}" for name in own))
    parts = ("header", "signature", *(f"claim {each}" for each in _CLAIMS))
    return (
        *(f"pasted into {name}" for name in own),
        *tokens,
        *(f"{part}{_IN}{token}" for part in parts for token in tokens),
    )


@contextmanager
def spiking(planted: Planted, callers: Mapping[str, Scenario]) -> Iterator[tuple[Spiking, Sandbox]]:
    """Serve callers, through an API that has canaries everywhere."""
    with Sandbox.start(callers) as sandbox:
        api = Spiking(planted, sandbox)
        with serve(api):
            yield api, sandbox


def _decoded(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _json(value: dict[str, Any]) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
