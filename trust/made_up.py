"""Replies that hypothesis makes up, in place of good ones of both APIs."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from support import api as scripted
from support import bodies, promised
from support.api import Reply, json_reply
from support.callers import core
from support.clock import HandClock
from support.jwt import jwt
from support.spoilt import JSON, spoilt

from askers import CREDENTIALS, GOOD, KNOWN, LASTING, ROUTES, asks, unknown
from callerid.errors import CalleridError, RefusedError
from callerid.registry import PLATFORMS
from callerid.setting import setting_name
from founded import Served, unfounded
from sentence import inside, wrong_with
from trial import Tried

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from support.api import Api

    from callerid.core import Core

_STATUSES = (
    *(200, 200, 200, 201, 202, 203, 204, 206, 226, 300, 301, 303, 304, 308, 399),
    *(400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 413, 415, 418, 422, 425, 429, 451),
    *(499, 500, 501, 502, 503, 504, 505, 507, 511, 520, 599),
)
_TYPES = (
    *("application/json", "application/problem+json", "text/html", "text/plain; charset=x"),
    *("", "/"),
)
_TOKENS = {"machine": bodies.TOKEN, "token": bodies.AUTHORIZE, "app": bodies.APP_TOKEN}
"""Where tokens come from that have claims."""
_WAITS = ("0", "1", "30", "1e9", "", "soon", "Wed, 21 Oct 2015 07:28:00 GMT", "9" * 400)


_MOST_SECONDS = 10.0
"""What a call may take here, where no time passes between tries."""


class Made(NamedTuple):
    """A reply that is made up: who asks, and what is answered instead of what is good."""

    who: str
    replies: dict[str, Reply]


def _made() -> st.SearchStrategy[Made]:
    """Make up replies: spoilt ones, other JSON, other bytes."""
    pairs = [(who, route) for who, routes in ROUTES.items() for route in routes]
    one = st.sampled_from(pairs).flatmap(
        lambda pair: st.builds(
            lambda body: Made(pair[0], {pair[1]: json_reply(body)}), spoilt(GOOD[pair[1]])
        )
    )
    claims = st.builds(_of_claims, st.sampled_from(list(_TOKENS)), spoilt(LASTING))
    bodies_of_any_kind = JSON.map(_encoded) | st.binary(max_size=64)
    other = st.sampled_from(pairs).flatmap(
        lambda pair: st.builds(
            lambda reply: Made(pair[0], {pair[1]: reply}),
            _replies(spoilt(GOOD[pair[1]]).map(_encoded) | bodies_of_any_kind),
        )
    )
    whole = st.builds(
        _instead_of_all, st.sampled_from(list(CREDENTIALS)), _replies(bodies_of_any_kind)
    )
    return st.one_of(one, one, claims, other, whole)


def _replies(bodies: st.SearchStrategy[bytes]) -> st.SearchStrategy[Reply]:
    """Send bodies with any status and type of content, and with a time to wait."""
    headers = st.fixed_dictionaries(
        {"content-type": st.sampled_from(_TYPES)},
        optional={"retry-after": st.sampled_from(_WAITS) | st.integers(-1, 10**6).map(str)},
    )
    return st.builds(Reply, st.sampled_from(_STATUSES), bodies, headers)


def _encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def _instead_of_all(who: str, reply: Reply) -> Made:
    return Made(who, dict.fromkeys(GOOD, reply))


def _of_claims(who: str, claims: Any) -> Made:
    token = jwt(**claims) if isinstance(claims, dict) else "opaque"
    return Made(who, {_TOKENS[who]: json_reply(bodies.token(token, 60))})


class Judge:
    """Who asks all functions for each reply, and what came of it so far."""

    def __init__(self, api: Api) -> None:
        """Let this API send the replies."""
        self.times, self.calls, self.answered = 0, 0, 0
        self.lost = unknown()
        self._api = api
        self._hand = HandClock()

    def judge(self, made: Made) -> None:
        """Call all functions; what comes of it is an answer that was served, or a sentence.

        Each reply is for a core that has seen no other: a token would outlive the next ones.
        """
        self.times += 1
        served = _serve(self._api, made)
        asked = _core(self._api, self._hand, CREDENTIALS[made.who])
        for name, arguments in asks(made.who):
            self._hand.tick(0 if "ids" in arguments else 86400)
            started = time.monotonic()
            answer, wrong = _called(asked, name, arguments)
            seconds = time.monotonic() - started
            if answer is not None:
                heard = self._heard(made, served)
                wrong = [*promised.broken(name, answer), *unfounded(heard, arguments, answer)]
            wrong += [f"{seconds:.0f} s, without a wait"] if seconds > _MOST_SECONDS else []
            self.calls, self.answered = self.calls + 1, self.answered + (answer is not None)
            self.lost.extend(f"{made.who}, {name}: {each}" for each in wrong)
        asked.close()
        if made.replies and self._asked_for().isdisjoint(made.replies):
            self.lost.append(f"{made.who}: nobody asked for {', '.join(made.replies)}")

    def seen(self) -> str:
        """Tell how many of the calls were answered."""
        return f"{self.calls:,} calls, of which {self.answered:,} were answered"

    def _heard(self, made: Made, served: Mapping[str, Reply]) -> Served:
        asked_for = {each: served[each] for each in self._asked_for() if each in served}
        return Served(KNOWN[made.who], asked_for, frozenset(made.replies), self._hand.now)

    def _asked_for(self) -> set[str]:
        return {each.partition("?")[0] for each in self._api.paths()}


@contextmanager
def judging() -> Iterator[Judge]:
    """Serve replies to a judge."""
    with scripted.serve() as api:
        yield Judge(api)


def asked(count: int, first: int) -> Tried:
    """Answer all functions with so many replies: the same ones from the same `first` number."""
    with judging() as judge:
        seed(first)(to_judge(judge, count))()
    if judge.times != count:
        judge.lost.append(f"{judge.times} replies were made up, and {count} were wanted")
    what = "API's replies, made up, each asked for by all functions"
    return Tried(what, judge.times, tuple(judge.lost), f"{judge.seen()}, from seed {first}")


def to_judge(judge: Judge, count: int) -> Any:
    """Let hypothesis choose so many replies, or make them of what somebody else chooses."""

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(made=_made())
    def check(made: Made) -> None:
        judge.judge(made)

    return check


def _core(api: Api, hand: HandClock, given: dict[str, str]) -> Core:
    basis = {setting_name(each, "baseUrl"): api.url for each in PLATFORMS}
    basis |= {setting_name(each, "orgId"): bodies.ORG for each in PLATFORMS}
    return core({**basis, **given}, hand.clock())


def _serve(api: Api, made: Made) -> dict[str, Reply]:
    machine = {bodies.ME: bodies.machine()} if made.who == "machine" else {}
    good = {route: json_reply(body) for route, body in {**GOOD, **machine}.items()}
    api.seen.clear()
    for route, reply in (served := {**good, **made.replies}).items():
        api.on(route, reply)
    return served


def _called(
    asked: Core, name: str, arguments: dict[str, Any]
) -> tuple[dict[str, Any] | None, list[str]]:
    """Call a function; give the answer, or tell what is wrong with what came in its place."""
    try:
        return asked.call(name, arguments), []
    except RefusedError as error:  # it has a line for each rule
        return None, _refused(str(error))
    except CalleridError as error:
        return None, _reasons(str(error))
    except Exception as error:  # noqa: BLE001 - this is what must not be
        return None, [f"{type(error).__name__}: {error!a}"]


def _refused(text: str) -> list[str]:
    if not text.replace("\n", "").isprintable():
        return [f"{text!a}"]
    return [f"it shows the inside: {text}"] if inside(text) else []


def _reasons(text: str) -> list[str]:
    wrong = wrong_with(text)
    return [wrong] if wrong else []
