"""A fleet: many plugins at once, against an organization that answers few requests a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.fleet import Sailed, Size, sail

from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUESTS = 2
"""What an answer takes: a token, and who it is."""
MOST_REQUESTS = 10
"""How many requests a process may make, all in all; one that waits as it is told makes six."""
WAVE = 10
"""How many requests more than twice those of the second before are a wave."""


def tried(scale: Scale) -> Iterator[Tried]:
    """Start the fleet: all are answered, at the rate that is allowed, and not in waves."""
    processes = scale.of(short=12, whole=200)
    size = Size(processes, within=2.0, per_second=scale.of(short=6, whole=20))
    sailed = sail(size, {})
    lost = [f"{each.error} (after {each.seconds:.1f} s)" for each in sailed.ended if each.error]
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
    """Tell the seconds in which many more were turned away, again, than in the one before."""
    away = sailed.turned_away_again
    for second in sorted(away)[1:]:
        before, now = away[second - 1], away[second]
        if now > WAVE + 2 * before:
            yield f"{now} requests were turned away within a second, {before} in the one before"
