"""Replies that atheris makes up: it goes on from those that reach something new in callerid.

    PYTHONPATH=tests python trust/fuzzed.py COUNT SEED

It changes modules while they are imported, and never gives a process back, so it gets one of its
own. `make trust` installs it where there is a wheel of it; elsewhere this is not tried.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from trial import Tried

if TYPE_CHECKING:
    from collections.abc import Iterator

STARTING, OF_EACH = 60.0, 0.5
"""Seconds that it may take to start, and then for each reply, on a slow machine."""
_TOLD = 300
"""How many characters of what it said last are told if it fails."""
_OPTIONS = ("-len_control=0", "-max_len=1024", "-rss_limit_mb=1024")


def tried(count: int, first: int) -> Iterator[Tried]:
    """Judge so many replies, the same ones from the same `first` number; none without atheris."""
    if find_spec("atheris") is None:
        return
    what = "API's replies, made up by what the ones before reached"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    try:
        done = subprocess.run(  # noqa: S603 - this file
            [sys.executable, __file__, str(count), str(first)],
            capture_output=True,
            check=False,
            env=environ,
            text=True,
            timeout=STARTING + OF_EACH * count,
        )
    except subprocess.TimeoutExpired:
        yield Tried(what, 0, ("it did not end",))
        return
    if done.returncode:
        yield Tried(what, 0, (f"it ended with {done.returncode}: {done.stderr[-_TOLD:]!a}",))
        return
    told = json.loads(done.stdout)
    seen = f"{told['seen']}, by atheris, from seed {first}"
    yield Tried(what, told["times"], tuple(told["lost"]), seen)


def main() -> None:
    """Let atheris make up replies until so many are judged; write what came of it, as JSON."""
    import atheris  # noqa: PLC0415 - it is not everywhere

    count, first = map(int, sys.argv[1:])
    with atheris.instrument_imports(include=["callerid"]):
        import askers  # noqa: PLC0415 - now what it imports is watched
        import made_up  # noqa: PLC0415 - as above

        serving = made_up.judging()
        judge = serving.__enter__()
        for who in askers.CREDENTIALS:
            judge.judge(made_up.Made(who, {}))  # so is what is imported for an answer

    choose = made_up.to_judge(judge, count).hypothesis.fuzz_one_input

    def judge_one(data: bytes) -> None:
        choose(data)
        if judge.times >= count:
            told = {"times": judge.times, "lost": judge.lost, "seen": judge.seen()}
            sys.stdout.write(json.dumps(told))
            sys.stdout.flush()
            os._exit(0)

    atheris.Setup([sys.argv[0], f"-seed={first}", *_OPTIONS], judge_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
