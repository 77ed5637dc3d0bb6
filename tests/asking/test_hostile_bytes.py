"""What a hostile API sends, byte for byte: the right answer or one clear sentence, in time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from support import hostile
from support.attack import ADA, ask, ask_over_tls

from callerid.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.hostile import Case, TlsCase

CASES = [case for cases in hostile.BYTES.values() for case in cases]
TLS = hostile.tls()


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_each_form_of_bytes(case: Case) -> None:
    """What no reply may be is told; what a reply may be is answered."""
    _judge(case, lambda seconds: ask(case.talk, seconds))


@pytest.mark.parametrize("tls", TLS, ids=lambda tls: str(tls.case.name))
def test_each_form_of_tls(tls: TlsCase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody but who holds a good certificate for the name is asked."""
    _judge(tls.case, lambda seconds: ask_over_tls(tls, seconds, monkeypatch))


def _judge(case: Case, asked: Callable[[float], str]) -> None:
    seconds = 0.5 if case.until_late else 20
    answer = told = ""
    started = time.monotonic()
    try:
        answer = asked(seconds)
    except ApiError as error:
        told = str(error)
    assert time.monotonic() - started < seconds + 1
    assert case.told in told
    assert answer == ("" if case.told else ADA)
