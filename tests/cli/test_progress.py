"""What a command waits for, as a terminal sees it, and as nobody else does."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from support import bodies, commands
from support.api import Reply, json_reply

from callerid.cli.progress import Progress

if TYPE_CHECKING:
    from support.api import Api

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from support import terminal

_WAITS = """
import time
from callerid.cli.progress import Progress
with Progress({after}) as progress:
    {show}
    time.sleep(0.5)
print("after")
"""


def _seen(after: float, show: str = "progress.show('asking')", **environ: str) -> terminal.Seen:
    program = _WAITS.format(after=after, show=show)
    return terminal.run([sys.executable, "-c", program], commands.environment(**environ))


def test_progress_appears_after_a_second_and_leaves_no_trace() -> None:
    """The line is erased, the cursor shown, and what follows starts where it stood."""
    seen = _seen(0)
    assert " asking" in seen.raw
    assert seen.raw.endswith("\x1b[?25h\r\x1b[1A\x1b[2Kafter\r\n")


def test_the_latest_sentence_is_the_one_shown() -> None:
    """What was waited for before is of no interest."""
    seen = _seen(0.2, "progress.show('first'); progress.show('second')")
    assert "second" in seen.raw
    assert "first" not in seen.raw


def test_a_long_sentence_stays_on_its_line() -> None:
    """It is cut at the width, so that erasing one line erases all; control characters are shown."""
    seen = _seen(0, "progress.show('\\x1b[31m' + 'long ' * 100)")
    shown = [line for line in seen.text.replace("\r", "\n").split("\n") if "long" in line]
    assert shown
    assert all(len(line) <= 80 and "\\x1b[31mlong" in line for line in shown)


@pytest.mark.parametrize("after", [0, 60])
def test_a_short_or_silent_block_shows_no_progress(after: float) -> None:
    """A block without a sentence, or one that is over before anybody wonders, shows nothing."""
    show = "pass" if after == 0 else "progress.show('asking')"
    assert _seen(after, show).raw == "after\r\n"


def test_a_block_ends_with_its_error() -> None:
    """The line goes away before the traceback or the error is told."""
    seen = _seen(0, "progress.show('asking'); time.sleep(0.3); raise SystemExit('told')")
    assert seen.raw.endswith("\x1b[2Ktold\r\n")


def test_a_pipe_costs_nothing() -> None:
    """No thread, nothing written, rich not even imported."""
    program = _WAITS.format(after=0, show="progress.show('asking')")
    done = commands.run_python(f"{program}\nimport sys; print('rich' in sys.modules)")
    assert (done.stdout, done.stderr) == ("after\nFalse\n", "")


def test_a_dumb_terminal_is_left_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could not erase what it shows."""
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Progress(0) as progress:
        progress.show("asking")
    assert capsys.readouterr() == ("", "")


def test_a_terminal_sees_which_try_is_next(api: Api) -> None:
    """Of a failing API the status, the try and the wait; then the answer alone stays."""
    failing = Reply(503, headers={"retry-after": "1"})
    api.on(bodies.ME, failing, Reply(429, headers={"retry-after": "1"}), json_reply(PERSON))
    seen = terminal.run([*commands.CALLERID, "whoami"], commands.environment(**commands.m3ter(api)))
    assert seen.code == 0
    assert "m3ter gets too many requests (HTTP 429): next try in 2 s" in seen.text
    assert "try 2 of 4 in 2 s" in seen.text
    assert seen.raw.partition("\x1b[?25h\r\x1b[1A\x1b[2K")[2].startswith("\x1b[1mwho")


def test_a_terminal_sees_what_is_asked(api: Api) -> None:
    """Of a slow API the request, without ids; never a secret."""
    api.on(bodies.ME, Reply(delay=1.5))
    seen = terminal.run([*commands.CALLERID, "whoami"], commands.environment(**commands.m3ter(api)))
    assert "asking m3ter (GET /organizations/…/users/me)" in seen.text
    assert commands.TOKEN not in seen.raw


PERSON = bodies.person()
