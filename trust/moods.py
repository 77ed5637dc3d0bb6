"""How an API answers when it does not answer well, with a canary wherever it says something."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from support.api import Reply, Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from planted import Planted

    Answering = Callable[[Seen, Reply], Reply]

_REFUSALS = (400, 401, 403, 404, 422, 429, 500)
_REDIRECTS = (302, 307)
_JSON = {"content-type": "application/json"}
CHOSEN = ("403 to", "an echo", "a page to", "a redirect (302)", "objects", "other names")
"""How the names of those begin that are tried through the tools too, which take their time."""
_WORDS = ("message", "error", "error_description", "metadata", "details", "moduleCode")


@dataclass(frozen=True)
class Mood:
    """A way to answer; `tokens` tells whether it is for requests of tokens, or for all others."""

    name: str
    answering: Answering
    tokens: bool

    def __call__(self, seen: Seen, reply: Reply) -> Reply:
        """Answer so, or let the reply be."""
        return self.answering(seen, reply) if self.is_for(seen) else reply

    def is_for(self, seen: Seen) -> bool:
        """Return whether a request is of the kind that is answered so."""
        return asks_for_a_token(seen) == self.tokens


def asks_for_a_token(seen: Seen) -> bool:
    """Tell requests of tokens from questions."""
    return seen.method == "POST"


def moods(planted: Planted) -> Iterator[Mood]:
    """Give all of them; each has canaries of its own."""
    for tokens, what in ((False, "a question"), (True, "a request of a token")):
        told = {**_refusals(planted, what), **_no_json(planted, what), **_spoilt(planted, what)}
        for name, answering in told.items():
            yield Mood(f"{name} to {what}", answering, tokens)
    for name, body in _odd_tokens(planted).items():
        yield Mood(f"a token reply that is {name}", _always(_json(body)), tokens=True)


def _always(reply: Reply) -> Answering:
    return lambda _, __: reply


def _json(body: Any, status: int = 200, reason: str | None = None, **headers: str) -> Reply:
    return Reply(status, json.dumps(body).encode(), {**_JSON, **headers}, reason=reason)


def _refusals(planted: Planted, what: str) -> dict[str, Answering]:
    """Refuse, with canaries in the body, the headers, and the phrase behind the status."""
    told: dict[str, Answering] = {}
    for status in _REFUSALS:
        place = f"the {status} to {what}"
        canary = planted.at(place)
        body = {**dict.fromkeys(_WORDS, canary), canary: [canary], "code": {"inner": canary}}
        headers = {"www-authenticate": f'Bearer realm="{canary}"', "x-error": canary}
        reason = planted.at(f"the reason phrase of {place}")
        retry = {"retry-after": canary} if status == 429 else {}  # noqa: PLR2004 - HTTP
        told[f"{status}"] = _always(_json(body, status, reason, **headers, **retry))
    for status in _REDIRECTS:
        canary = planted.words(f"the redirect {status} of {what}")
        target = f"https://{canary}:{canary}@{canary[:30]}.invalid/{canary}?token={canary}"
        told[f"a redirect ({status})"] = _always(_json({}, status, location=target))
    return {**told, "an echo": _echo}


def _echo(seen: Seen, _: Reply) -> Reply:
    """Refuse, and repeat the whole request, as debugging gateways do."""
    told = {"message": str(seen.headers), "error": seen.body.decode(), "details": seen.path}
    headers = {f"x-amzn-remapped-{name}": value for name, value in seen.headers.items()}
    return _json({**told, "headers": seen.headers}, 403, **headers)


def _no_json(planted: Planted, what: str) -> dict[str, Answering]:
    """Send what is no JSON: pages, texts, nothing but a beginning."""
    page = planted.at(f"the page sent to {what}")
    text = planted.at(f"the text sent to {what}")
    kind = planted.at(f"the content type sent to {what}").replace("%", "")
    html = f"<html><title>{page}</title>{page}".encode()
    return {
        "a page": _always(Reply(200, html, {"content-type": "text/html"})),
        "a page with 403": _always(Reply(403, html, {"content-type": "text/html"})),
        "a text": _always(Reply(200, text.encode(), {"content-type": f"text/{kind}"})),
        "a text with 401": _always(Reply(401, text.encode(), {"content-type": "text/plain"})),
        "a beginning": lambda _, reply: Reply(200, reply.body[: len(reply.body) // 2], _JSON),
        "a broken reply": lambda _, reply: Reply(200, reply.body, _JSON, cut=len(reply.body) // 2),
    }


def _spoilt(planted: Planted, what: str) -> dict[str, Answering]:
    """Send JSON of other types than those that are known, and with names that are not."""
    wrong = planted.at(f"a value of a wrong type in the answer to {what}")
    named = planted.at(f"a name sent to {what}")
    text = planted.at(f"a text in the answer to {what}")
    shapes: dict[str, Callable[[Any], Any]] = {
        "lists for values": lambda _: [wrong],
        "objects for values": lambda _: {wrong: wrong},
        "texts for values": lambda value: value if isinstance(value, str) else text,
    }
    told: dict[str, Answering] = {name: _leaves(change) for name, change in shapes.items()}
    told["other names"] = lambda _, reply: _json({named: json.loads(reply.body)}, reply.status)
    told["a list"] = _always(_json([wrong]))
    told["one text"] = _always(_json(wrong))
    return told


def _leaves(change: Callable[[Any], Any]) -> Answering:
    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: changed(each) for name, each in value.items()}
        return [changed(each) for each in value] if isinstance(value, list) else change(value)

    return lambda _, reply: _json(changed(json.loads(reply.body)), reply.status)


def _odd_tokens(planted: Planted) -> dict[str, Any]:
    """Write the replies that a token cannot be taken from, or that is no use."""
    canary = planted.at("an odd token reply")
    return {
        "without a token": {"token": canary, "expires_in": 1800},
        "an object": {"access_token": {"is": canary}, "expires_in": 1800},
        "without an end": {"access_token": canary, "expires_in": canary},
        "over": {"access_token": canary, "expires_in": -1},
        "of several lines": {"access_token": f"{canary}\r\nx: {canary}", "expires_in": 1800},
        "beyond ASCII": {"access_token": f"{canary}\u00e9\u2028", "expires_in": 1800},
        "of another kind": {"access_token": canary, "token_type": canary, "expires_in": 1800},
        "nothing that can be read": {
            "access_token": f"{canary}.{canary}.{canary}",
            "expires_in": 1800,
        },
    }
