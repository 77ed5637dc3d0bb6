"""APIs that mean harm: replies that are made up, bytes that are no reply, TLS that is none."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest
from support import attack, hostile

import fuzzed
import made_up
from callerid.asking.clock import Clock
from callerid.errors import CalleridError, ConfigurationError
from sentence import wrong_with
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from support.hostile import Case

SECONDS, OVERTIME = 2.0, 1.0
"""How long an answer may take, and how much later it has to have ended."""
OF_EACH = 2
"""How many cases of a family the short form takes; the tests of asking try all of them."""


class Ended(NamedTuple):
    """How a case ended: what is wrong with that, after how many seconds."""

    wrong: str | None
    seconds: float


def tried(scale: Scale) -> Iterator[Tried]:
    """Ask APIs that send anything: a right answer or one clear sentence, and in time."""
    first = scale.of(short=17, whole=secrets.randbelow(10**6))
    yield made_up.asked(scale.of(short=50, whole=5_000), first)
    yield from fuzzed.tried(scale.of(short=50, whole=5_000), first)
    for family, cases in hostile.BYTES.items():
        chosen = cases[: scale.of(short=OF_EACH, whole=len(cases))]
        yield _line(family, [_wire(each, scale) for each in chosen])
    every = [
        each
        for cases in hostile.BYTES.values()
        for each in cases[: scale.of(short=1, whole=len(cases))]
    ]
    for title, given in attack.SIGNING_IN.items():
        yield _line(
            f"the token endpoint of {title}", [_token(each, scale, given) for each in every]
        )
    tls = hostile.tls()
    chosen_tls = tls[: scale.of(short=OF_EACH, whole=len(tls))]
    yield _line("TLS", [_tls(each, scale) for each in chosen_tls])


def _line(family: str, ended: list[Ended]) -> Tried:
    lost = tuple(each.wrong for each in ended if each.wrong)
    seen = f"at most {max(each.seconds for each in ended):.1f} s, where {SECONDS:g} s are the limit"
    return Tried(f"APIs on the wire: {family}", len(ended), lost, seen)


def _wire(case: Case, scale: Scale) -> Ended:
    return _end(case, scale, lambda clock: attack.ask(case.talk, SECONDS, clock))


def _token(case: Case, scale: Scale, given: Mapping[str, str]) -> Ended:
    """Let a case be what comes of asking for a token: it is none, even where it is good JSON."""
    none = case._replace(told=case.told or "access_token is missing")
    return _end(none, scale, lambda clock: attack.ask(case.talk, SECONDS, clock, given))


def _tls(tls: hostile.TlsCase, scale: Scale) -> Ended:
    with pytest.MonkeyPatch.context() as patch:
        return _end(tls.case, scale, lambda clock: attack.ask_over_tls(tls, SECONDS, patch, clock))


def _end(case: Case, scale: Scale, ask: Callable[[Clock], str]) -> Ended:
    """Ask, in the whole form with the waits between tries, and judge what came of it."""
    clock = attack.IMPATIENT if scale is Scale.SHORT else Clock()
    started = time.monotonic()
    wrong = _wrong(case, lambda: ask(clock))
    seconds = time.monotonic() - started
    if seconds > SECONDS + OVERTIME:
        wrong = f"ended after {seconds:.1f} s"
    return Ended(f"{case.name}: {wrong}" if wrong else None, seconds)


def _right(case: Case) -> tuple[str, ...]:
    """Give what may be told: what breaks is tried again, and the limit may come before the last."""
    is_tried_again = case.told in (hostile.BROKE, hostile.NO_TLS)
    return (case.told, hostile.LATE) if is_tried_again else (case.told,)


def _wrong(case: Case, ask: Callable[[], str]) -> str | None:
    try:
        answer = ask()
    except ConfigurationError as error:
        return f"nothing was asked: {error}"
    except CalleridError as error:
        if not case.told:
            return f"no answer: {error}"
        if not any(each in str(error) for each in _right(case)):
            return f"it is not told that {case.told}: {error}"
        return wrong_with(str(error))
    except Exception as error:  # noqa: BLE001 - this is what must not be
        return f"{type(error).__name__}"
    return None if (case.told, answer) == ("", attack.ADA) else "an answer that is none"
