"""Patience: when another try is made, and how long the wait before it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.clock import START, HandClock

from callerid.asking.retry import Patience, retry_after_seconds
from callerid.errors import Answered, ApiError, RateLimitedError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable


def patience(
    hand: HandClock, seconds: float = 60, tell: Callable[[str], None] | None = None
) -> Patience:
    """Start the patience of one request."""
    clock = hand.clock()
    return Patience("m3ter", clock.deadline(seconds), clock, tell)


@pytest.mark.parametrize("status", [200, 204, 302, 400, 401, 403, 404, 409, 413])
def test_final_statuses_are_not_tried_again(status: int) -> None:
    """The answer stands, and no time passes."""
    hand = HandClock()
    assert not patience(hand).after_status(Answered(status), None)
    assert hand.sleeps == []


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_four_tries_on_transient_statuses_with_full_jitter(status: int) -> None:
    """Three waits, each anywhere in its window, then the error."""
    hand = HandClock(chance=0.5)
    patient = patience(hand)
    for _ in range(3):
        assert patient.after_status(Answered(status), None)
    with pytest.raises(UnreachableError, match=rf"m3ter is failing \(HTTP {status}\)"):
        patient.after_status(Answered(status), None)
    assert hand.sleeps == [0.25, 0.5, 1.0]


@pytest.mark.parametrize("status", [501, 505, 599])
def test_other_server_errors_are_final(status: int) -> None:
    """An API that cannot do it will not do it a second later."""
    with pytest.raises(UnreachableError):
        patience(HandClock()).after_status(Answered(status), None)


def test_network_errors_share_the_four_tries() -> None:
    """A broken connection and a 503 are the same weather."""
    hand = HandClock(chance=0)
    patient = patience(hand)
    error = UnreachableError("no route")
    patient.after_failure(error)
    assert patient.after_status(Answered(503), None)
    patient.after_failure(error)
    with pytest.raises(UnreachableError, match="no route"):
        patient.after_failure(error)


def test_rate_limits_are_waited_out_over_a_doubling_window() -> None:
    """1, 2, 4, 8, 16, 16 … seconds, as many as the deadline allows."""
    hand = HandClock(chance=0.99)
    patient = patience(hand, seconds=60)
    for _ in range(6):
        assert patient.after_status(Answered(429), None)
    with pytest.raises(RateLimitedError, match="too many requests"):
        patient.after_status(Answered(429), None)
    assert hand.sleeps == [pytest.approx(0.99 * window) for window in (1, 2, 4, 8, 16, 16)]


def test_retry_after_is_honoured_with_a_little_jitter() -> None:
    """Never before the time named, and not the whole fleet at the same instant."""
    hand = HandClock(chance=0.5)
    assert patience(hand).after_status(Answered(503), "7")
    assert hand.sleeps == [7.25]


def test_retry_after_past_the_deadline_fails_at_once_and_says_when() -> None:
    """Nobody waits for what cannot come."""
    hand = HandClock()
    with pytest.raises(RateLimitedError) as caught:
        patience(hand, seconds=60).after_status(Answered(429, "r-1"), "120")
    assert str(caught.value) == (
        "m3ter gets too many requests (HTTP 429, request r-1). "
        "Try again in 120 s, after 2027-01-15T08:02:00Z."
    )
    assert hand.sleeps == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        (" 12 ", 12.0),
        ("Fri, 15 Jan 2027 08:00:30 GMT", 30.0),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("\u0663", None),
        ("\u00b2", None),
        ("9" * 400, 365 * 86400.0),
    ],
)
def test_retry_after_in_both_forms(header: str | None, seconds: float | None) -> None:
    """RFC 9110: seconds or a date; anything else is as good as none."""
    assert retry_after_seconds(header, START) == seconds


def test_no_wait_reaches_past_the_deadline() -> None:
    """A backoff that would outlast the call is not begun."""
    hand = HandClock(chance=0.9)
    with pytest.raises(ApiError):
        patience(hand, seconds=0.3).after_failure(UnreachableError("down"))
    assert hand.sleeps == []


def test_every_wait_is_reported_before_it_begins() -> None:
    """What is wrong, which try comes next, and when; nothing where there is no wait."""
    hand = HandClock(chance=0.5)
    told: list[tuple[str, int]] = []
    patient = patience(hand, tell=lambda text: told.append((text, len(hand.sleeps))))
    assert not patient.after_status(Answered(200), None)
    assert patient.after_status(Answered(503, "r-1"), "2")
    assert patient.after_status(Answered(429), None)
    patient.after_failure(UnreachableError("no route"))
    patient.after_failure(UnreachableError("no route"))
    with pytest.raises(UnreachableError):
        patient.after_failure(UnreachableError("no route"))
    assert told == [
        ("m3ter is failing (HTTP 503): try 2 of 4 in 3 s", 0),
        ("m3ter gets too many requests (HTTP 429): next try in 1 s", 1),
        ("m3ter cannot be reached: try 3 of 4 in 1 s", 2),
        ("m3ter cannot be reached: try 4 of 4 in 1 s", 3),
    ]
