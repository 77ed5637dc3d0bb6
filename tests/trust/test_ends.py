"""What the trials call a bad end of a command or a preview; silence proves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

import ends
import faults_of_api
import faults_of_disk
import faults_of_machine
import faults_of_plugin
import served
import steps
from callerid.testing.host import ENDING_SECONDS
from ends import Command, Done, says
from work import RECORD

PLACE = Path()
COMMAND = Command(("whoami",), says("deploy-pipeline"), answers=1, writes=False)
USAGE = "Usage: callerid [OPTIONS]\nTry 'callerid --help' for help.\n\n"
SENTENCE = "callerid has no credential."


@pytest.mark.parametrize(
    "done",
    [
        Done(ends.HUNG, "", "it did not end within 30 s."),
        Done(-11, "", ""),
        Done(-9, "deploy-pipeline", "Error: It was killed."),
        Done(1, "", ""),
        Done(1, "", "\n"),
        Done(1, "", "Error: "),
        Done(1, "deploy-pipeline", "no sentence"),
        Done(1, "", "Error: A line.\n" * 9),
        Done(1, "", "Error: OSError(28)."),
        Done(0, "", ""),
        Done(0, "somebody else", ""),
        Done(0, "deploy-pipeline", "Traceback (most recent call last):"),
        Done(0, "deploy-pipeline", "", COMMAND.limit + 0.1),
    ],
)
def test_a_bad_end_is_a_loss(done: Done) -> None:
    """A hang, a signal, silence, many lines, the inside, and success without its work."""
    assert list(ends.wrong(COMMAND, done, PLACE))


@pytest.mark.parametrize(
    "done",
    [
        Done(0, "who  deploy-pipeline\n", "", COMMAND.limit),
        Done(1, "", f"Error: {SENTENCE}\n"),
        Done(
            2,
            "",
            f"{USAGE}Error: {SENTENCE}",
        ),
    ],
)
def test_a_good_end_is_none(done: Done) -> None:
    """The work done, or one sentence, in click's form too."""
    assert not list(ends.wrong(COMMAND, done, PLACE))


def test_what_writes_nothing_does_its_work_where_nothing_can_be_written(tmp_path: Path) -> None:
    """A sentence is no excuse there."""
    environ = {"CALLERID_PLATFORM": "m3ter"}
    [told] = ends.unwritten(COMMAND, tmp_path, environ)
    assert told.startswith("whoami: it writes nothing, and ended with 1")
    assert list(ends.unwritten(COMMAND._replace(writes=True), tmp_path, environ)) == []


@pytest.mark.parametrize(
    ("done", "is_good"),
    [
        (Done(1, "plugin  wrong  fix: callerid install pulumi", ""), True),
        (Done(1, "", f"Error: {SENTENCE}"), True),
        (Done(1, "", ""), False),
        (Done(1, "Traceback (most recent call last):", ""), False),
        (Done(1, "plugin  wrong", "Exception ignored: MemoryError"), False),
        (Done(-6, "plugin  wrong", ""), False),
    ],
)
def test_a_report_may_be_of_what_is_wrong(done: Done, *, is_good: bool) -> None:
    """On stdout, as doctor prints it, and without anything of the inside."""
    reporting = COMMAND._replace(reports=True)
    assert (not list(ends.wrong(reporting, done, PLACE))) == is_good


@pytest.mark.parametrize(
    ("done", "is_good"),
    [
        (Done(1, "engine: a host\n  error: It could not\n    be started\n", ""), True),
        (Done(1, "", f"Error: {SENTENCE}"), True),
        (Done(1, "engine: a host\n", f"Error: {SENTENCE}"), True),
        (Done(1, "", ""), False),
        (Done(1, "engine: a host\n", ""), False),
        (Done(1, "  error: \n", ""), False),
        (Done(1, "  error: OSError(24)\n", ""), False),
        (Done(1, "  error: It could not.\n  error: OSError(24)\n", ""), False),
        (Done(1, "  error: It could not.\n", "Exception ignored: MemoryError"), False),
    ],
)
def test_a_preview_says_in_its_report_why_it_failed(done: Done, *, is_good: bool) -> None:
    """On stdout, after `error:`, and each as clearly as on stderr."""
    preview = COMMAND._replace(diagnoses=True)
    assert (not list(ends.wrong(preview, done, PLACE))) == is_good


@pytest.mark.parametrize(
    ("command", "code", "before", "after", "is_good"),
    [
        (RECORD, 1, b"kept", b"kept", True),
        (RECORD, 0, b"kept", b"anew", True),
        (COMMAND, 0, b"kept", b"kept", True),
        (RECORD, 1, b"kept", b"", False),
        (RECORD, 1, b"kept", b"ke", False),
        (RECORD, 1, b"", b"", False),
        (COMMAND, 0, b"kept", b"", False),
    ],
)
def test_a_recording_that_a_full_disk_destroys_is_a_loss(
    command: Command, code: int, before: bytes, after: bytes, *, is_good: bool
) -> None:
    """One that fails leaves the earlier one as it was; where there is none, nothing is tried."""
    lost = list(faults_of_disk.harmed(command, Done(code, "", ""), before, after))
    assert (not lost) == is_good


@pytest.mark.parametrize("printed", ["", "{}", '{"displayName": "x"}', "no JSON"])
def test_an_answer_that_is_none_is_told(printed: str) -> None:
    """It is printed as JSON, and names the caller."""
    assert faults_of_machine.answered(Done(0, printed, ""), PLACE)


@pytest.mark.parametrize(
    ("code", "stdout", "stderr"),
    [
        (0, "", ""),
        (1, "", ""),
        (-11, "", ""),
        (0, "who", ""),
        (1, "", "error: "),
        (0, "", SENTENCE),
    ],
)
def test_a_preview_without_an_answer_or_an_error_is_a_loss(
    code: int, stdout: str, stderr: str
) -> None:
    """Exit code 0 needs the caller's name, and any other one an error."""
    assert list(faults_of_plugin.told("now", code, stdout, stderr))


LATE = """\
engine: callerid's preview host
  error: the program did not end within 8 s and was stopped.
    The program was here:
      File "{}", line 9, in <module>
        me = callerid.get_current_user()
    {}
"""
MAIN = faults_of_plugin.PROGRAM / "__main__.py"
STOPPED = "the provider callerid did not answer Cancel: it hangs, or is stopped."


@pytest.mark.parametrize(
    ("path", "said", "is_good"),
    [
        (MAIN, STOPPED, True),
        (MAIN, "the provider exited prematurely. This is always a bug in the provider.", False),
        (MAIN, "the provider callerid ended with exit code -9, not 0.", False),
        (MAIN, "Traceback (most recent call last)", False),
        ("/lib/asyncio/base_events.py", STOPPED, False),
    ],
)
def test_what_follows_the_lines_of_the_program_is_judged(
    path: Path | str, said: str, *, is_good: bool
) -> None:
    """As are these lines: they are its own. Nobody is blamed for being killed."""
    stdout = LATE.format(path, said)
    assert (not list(faults_of_plugin.told("now", 1, stdout, ""))) == is_good


def test_a_preview_that_ends_late_is_a_loss() -> None:
    """The user's limit, the seconds that an end may take, and one more are what there is."""
    limit = faults_of_plugin.LIMIT + ENDING_SECONDS + 1
    assert list(faults_of_plugin.in_time("now", limit)) == []
    assert list(faults_of_plugin.in_time("now", limit + 0.1))


def test_a_question_that_is_struck_too_early_is_a_loss() -> None:
    """Before its token is there, the question itself has not been asked."""
    assert list(faults_of_api.unmet(0, 1, "now"))
    assert list(faults_of_api.unmet(1, 1, "now")) == []


@pytest.mark.parametrize("step", [steps.ASKING, faults_of_api.MINTED])
def test_an_api_that_answers_all_the_same_is_a_loss(step: str) -> None:
    """If nothing fails, the question is answered, at either of its requests."""
    fault = faults_of_api.Fault("left alone", lambda _: None, lambda _: None)
    lost = list(faults_of_api.at(step, served.plugin, fault, steps.slow_caller()))
    assert lost[-1].endswith("answered, and nobody can have been asked")
