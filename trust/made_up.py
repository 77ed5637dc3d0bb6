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
from support.spoilt import CLAIMS, INFO, JSON, M3TER, spoilt

from callerid.config import BY_NAME
from callerid.errors import CalleridError, RefusedError
from callerid.registry import PLATFORMS
from callerid.setting import setting_name
from sentence import inside, wrong_with
from trial import Tried

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from support.api import Api

    from callerid.core import Core

RULES: dict[str, dict[str, Any]] = {
    "getCurrentUser": {},
    "getUserOrgRoles": {},
    "requireCaller": {
        "anyRoles": ["reader", "org_owner"],
        "principalTypes": ["user", "serviceUser"],
        "minRoleSecondsLeft": 1,
    },
}
"""The functions, and what each is called with."""
CREDENTIALS: dict[str, dict[str, str]] = {
    "person": {"m3terApiToken": "opaque"},
    "machine": {"m3terApiKey": "key", "m3terApiSecret": "secret"},
    "member": {"cspAccessToken": "opaque"},
    "token": {"cspApiToken": "token"},
    "app": {"cspClientId": "app", "cspClientSecret": "secret"},
}
"""Who asks, by a name of ours, and the settings of each."""
ROUTES: dict[str, list[str]] = {
    "person": [each for each in M3TER if each != bodies.MACHINE_POLICIES],
    "machine": [bodies.TOKEN, bodies.MACHINE_POLICIES],
    "member": [bodies.INFO],
    "token": [bodies.AUTHORIZE, bodies.INFO],
    "app": [bodies.APP_TOKEN],
}
"""What each asks for."""
_LASTING = {**CLAIMS, "exp": 4_000_000_000}
"""Claims that have not ended when the clock has been turned on by years."""
GOOD: dict[str, Any] = {
    **M3TER,
    bodies.INFO: INFO,
    bodies.TOKEN: bodies.token("opaque", 60),
    bodies.AUTHORIZE: bodies.token("opaque", 60),
    bodies.APP_TOKEN: bodies.token(jwt(**_LASTING), 60),
}
_STATUSES = (
    *(200, 200, 200, 201, 202, 203, 204, 206, 226, 300, 301, 303, 304, 308, 399),
    *(400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 413, 415, 418, 422, 425, 429, 451),
    *(499, 500, 501, 502, 503, 504, 505, 507, 511, 520, 599),
)
_TYPES = (
    *("application/json", "application/problem+json", "text/html", "text/plain; charset=x"),
    *("", "/"),
)
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
    claims = st.builds(_of_claims, st.sampled_from(["machine", "app"]), spoilt(_LASTING))
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
    route = bodies.TOKEN if who == "machine" else bodies.APP_TOKEN
    return Made(who, {route: json_reply(bodies.token(token, 60))})


def unknown(platforms: Iterable[str] = PLATFORMS) -> list[str]:
    """Tell which platforms nobody here calls."""
    known = {BY_NAME[name].platform for given in CREDENTIALS.values() for name in given}
    return [
        f"nobody calls {each}: CREDENTIALS, ROUTES and GOOD in trust/made_up.py lack it"
        for each in platforms
        if each not in known
    ]


class Judge:
    """Who asks all functions for each reply, and what came of it so far."""

    def __init__(self, api: Api) -> None:
        """Let this API send the replies."""
        self.times, self.answered = 0, 0
        self.lost = unknown()
        self._api = api
        self._hand = HandClock()
        self._cores = {who: _core(api, self._hand, each) for who, each in CREDENTIALS.items()}

    def judge(self, made: Made) -> None:
        """Call all functions; what comes of it is an answer or a sentence."""
        self.times += 1
        _serve(self._api, made)
        for name, arguments in RULES.items():
            self._hand.tick(86400)
            started = time.monotonic()
            wrong, right = _judged(self._cores[made.who], name, arguments)
            seconds = time.monotonic() - started
            wrong += [f"{seconds:.0f} s, without a wait"] if seconds > _MOST_SECONDS else []
            self.answered += right
            self.lost.extend(f"{made.who}, {name}: {each}" for each in wrong)

    def seen(self) -> str:
        """Tell how many of the calls were answered."""
        return f"{self.times * len(RULES):,} calls, of which {self.answered:,} were answered"

    def close(self) -> None:
        """Leave the API."""
        for each in self._cores.values():
            each.close()


@contextmanager
def judging() -> Iterator[Judge]:
    """Serve replies to a judge."""
    with scripted.serve() as api:
        judge = Judge(api)
        yield judge
        judge.close()


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


def _serve(api: Api, made: Made) -> None:
    machine = {bodies.ME: bodies.machine()} if made.who == "machine" else {}
    api.seen.clear()
    for route, body in {**GOOD, **machine}.items():
        api.on(route, made.replies.get(route, json_reply(body)))


def _judged(asked: Core, name: str, arguments: dict[str, Any]) -> tuple[list[str], bool]:
    """Call a function; tell what is wrong with what came of it, and whether that is an answer."""
    try:
        answer = asked.call(name, arguments)
    except RefusedError as error:  # it has a line for each rule
        return _refused(str(error)), False
    except CalleridError as error:
        return _reasons(str(error)), False
    except Exception as error:  # noqa: BLE001 - this is what must not be
        return [f"{type(error).__name__}: {error!a}"], False
    return [*promised.broken(name, answer), *_unfounded(answer)], True


def _refused(text: str) -> list[str]:
    if not text.replace("\n", "").isprintable():
        return [f"{text!a}"]
    return [f"it shows the inside: {text}"] if inside(text) else []


def _unfounded(answer: Mapping[str, Any]) -> list[str]:
    """Tell where a guard allows without a role that was asked for, or refuses without a reason."""
    if "allowed" not in answer:
        return []
    wanted = RULES["requireCaller"]["anyRoles"]
    is_held = not {*wanted}.isdisjoint(answer["roleNames"])
    founded = is_held and not answer["reasons"] if answer["allowed"] else answer["reasons"]
    return [] if founded else [f"allowed is {answer['allowed']}: {answer!a}"]


def _reasons(text: str) -> list[str]:
    wrong = wrong_with(text)
    return [wrong] if wrong else []
