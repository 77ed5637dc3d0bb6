"""A fleet: many plugins at once, against an organization that answers few requests a second."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from support.fleet import Sailed, Size, sail

from outcome import NAME
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUESTS = 2
"""What an answer takes: a token, and who it is."""
MOST_REQUESTS = 10
"""How many requests a process may make, all in all; one that waits as it is told makes six."""
FIRST, LATER = 3 / 4, 1.5
"""How much of the fleet may be turned away again within a second: `FIRST`, and in the k-th second,
from that of the last start on, no more than `LATER / k`.

Half of the fleet starts in a second. As the first window is of one second, and the wait anywhere in
it, six in ten are turned away again in the second of the last start. As windows double, a process
asks once while its age does: about `1 / k` of all in the k-th second. Both are raised, for machines
that are busy; besides, chance may add the root of how many there are, and twice that from a second
to the next.
"""


def tried(scale: Scale) -> Iterator[Tried]:
    """Start the fleet: all are answered, at the rate that is allowed, and not in waves."""
    processes = scale.of(short=12, whole=200)
    size = Size(processes, within=2.0, per_second=scale.of(short=6, whole=20))
    sailed = sail(size, {})
    lost = [*_unanswered(sailed)]
    lost += _unserved(sailed, size)
    lost += _waves(sailed)
    lost += _hammering(sailed)
    lost += [] if sailed.turned_away.total() else ["nothing was tried: nobody was turned away"]
    longest = max(each.seconds for each in sailed.ended)
    away, asked = sailed.turned_away.total(), len(sailed.arrivals)
    seen = (
        f"{size.per_second} requests a second together; longest wait {longest:.1f} s; "
        f"{asked} requests, of which {away} were turned away"
    )
    what = "plugins at once, at an API that limits their rate"
    yield Tried(what, processes, tuple(lost), seen)


def _unanswered(sailed: Sailed) -> Iterator[str]:
    """Tell what came in place of the right answer."""
    for each in sailed.ended:
        if each.error:
            yield f"{each.error} (after {each.seconds:.1f} s)"
        elif each.name != NAME:
            yield f"a wrong answer: {each.name}"


def _unserved(sailed: Sailed, size: Size) -> Iterator[str]:
    """Tell where more or fewer requests were served than the answers take."""
    served = len(sailed.arrivals) - sailed.turned_away.total()
    if served != size.processes * REQUESTS:
        yield f"{served} requests were served, and the answers take {size.processes * REQUESTS}"


def _hammering(sailed: Sailed) -> Iterator[str]:
    """Tell where requests are made on and on, in no wave."""
    asked, processes = len(sailed.arrivals), len(sailed.ended)
    if asked > processes * MOST_REQUESTS:
        yield f"{asked} requests of {processes} processes"


def _waves(sailed: Sailed) -> Iterator[str]:
    """Tell the seconds in which too many asked again, or far more than just before."""
    away, begun = sailed.turned_away_again, sailed.begun
    last = max(begun)
    for second in sorted(away):
        processes, nth = sum(each <= second for each in begun), max(second - last, 0) + 1
        before, now, chance = away[second - 1], away[second], sqrt(processes)
        if now > min(FIRST, LATER / nth) * processes + chance:
            yield f"{now} of {processes} processes were turned away again within a second"
        elif nth > 2 and now > before + 2 * chance:  # noqa: PLR2004 - two take in starts
            yield f"{now} processes were turned away within a second, {before} in the one before"
