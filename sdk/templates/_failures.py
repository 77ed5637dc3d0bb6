# ruff: noqa: INP001 - a text that sdk/generate.py copies into the SDK
"""What is said of a question that failed, and of an answer that a program must not go by.

Under `pulumi.runtime.set_mocks` a test stands in the engine's place, and the hint is one for tests.
Nobody else is told of mocks.
"""

import traceback

import grpc
import pulumi
from pulumi.runtime import mocks, settings

__all__ = ["empty", "own", "told", "unanswered", "unusable"]

_MOCK = "In a test, mend its mock, or take callerid.testing.mock_answers."
_VERSIONS = (
    "plugin and SDK are of different versions: install callerid and pulumi-callerid {0}, and run "
    '"callerid install pulumi".'
)
_KNOWN = "use plain values for the provider's settings, or first update what they come from"
"""The way out of a run that is no preview: there the output form is an error too."""
_FAILED = (
    "{0} could not be asked: {1}: {2}\n"
    "In a test this comes from its mock, the method call of its pulumi.runtime.Mocks."
)


def told(error: Exception, token: str, function: str) -> str | None:
    """Say what to tell of a failure; None where it is an error of the program's own.

    The engine's errors about a function stay as they are. Those about a resource, and those of a
    test's mock, lack a subject.
    """
    text = str(error)
    if isinstance(error, pulumi.RunError) or text.startswith(f"invoke of {token} failed:"):
        return text
    if isinstance(error.__context__, grpc.RpcError):  # what pulumi makes an engine's error from
        return f"{function} could not be asked, for its provider or a resource failed: {text}"
    if _is_of_a_mock(error):
        return _FAILED.format(function, type(error).__name__, text)
    return None


def own(error: BaseException) -> BaseException:
    """Give a program's error as it was raised: pulumi puts its own around some of them."""
    while error.__cause__ is not None and str(error).startswith("While processing input:"):
        error = error.__cause__
    return error


def unanswered(function: str, unknown: str, way_out: str) -> str:
    """Say what is not known yet, so that nobody was asked."""
    run = "preview" if pulumi.runtime.is_dry_run() else "run"
    return f"{function} has no answer: {unknown} not known yet in this {run}; {way_out}."


def empty(function: str, version: str, way_out: str) -> str | None:
    """Say why an answer is empty; None where it is no more than one that lacks everything.

    The engine gives it where it asks nobody, for want of the provider's settings: in a preview, and
    in a run that leaves out the resource that they come from. No plugin does.
    """
    unknown, is_mocked = "callerid's settings are", _is_mocked()
    if pulumi.runtime.is_dry_run():
        return unanswered(function, unknown, way_out) + (f"\n{_MOCK}" if is_mocked else "")
    if is_mocked:
        return None
    return f"{unanswered(function, unknown, _KNOWN)}\nElse {_VERSIONS.format(version)}"


def unusable(function: str, problem: str, version: str) -> str:
    """Say what is wrong with an answer, and where it may come from."""
    hint = _MOCK if _is_mocked() else f"Probably {_VERSIONS.format(version)}"
    return f"The answer to {function} is not usable: {problem}.\n{hint}"


def _is_mocked() -> bool:
    return isinstance(settings.get_monitor(), mocks.MockMonitor)


def _is_of_a_mock(error: Exception) -> bool:
    """Tell whether a test's monitor was answering a function when an error came up."""
    return any(
        frame.f_code.co_name == "Invoke"
        and isinstance(frame.f_locals.get("self"), mocks.MockMonitor)
        for frame, _ in traceback.walk_tb(error.__traceback__)
    )
