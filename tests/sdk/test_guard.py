"""`require_caller` in real programs: who passes, what stops, and what a program can branch on."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pulumi
import pytest
from semver import Version

from callerid.sandbox.server import Sandbox, as_caller
from callerid.testing import UNKNOWN, PreviewResult, preview
from pulumi_callerid import RequireCallerResult, _calls

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = Path(__file__).parent / "programs" / "guarded"
REFUSAL = (
    "callerid: linus@example.com (person, VMware Cloud Services) may not run this in organization "
    "9c8e7d6a-2f41-4b3c-8a90-d15e6f7b0c24 (Acme Platform)\n"
    "  required: any of org_owner, Administrator      held: org_member\n"
    "  credential: environment CSP_API_TOKEN\n"
    "  nearest fix: ask an administrator of the organization for the role org_owner or "
    "Administrator"
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Give a running sandbox."""
    with Sandbox.start() as running:
        yield running


def _run(sandbox: Sandbox, form: str, caller: str = "member") -> PreviewResult:
    environ = as_caller(os.environ, sandbox.environment(caller))
    return preview(PROGRAM, config={"form": form}, environ=environ)


def _names(result: PreviewResult) -> set[str]:
    return {each.name for each in result.resources if each.type == "things:index:Thing"}


@pytest.mark.parametrize("caller", ["person", "owner"])
@pytest.mark.parametrize("form", ["plain", "output"])
def test_who_keeps_the_rules_passes(sandbox: Sandbox, form: str, caller: str) -> None:
    """In both forms, with nothing logged."""
    result = _run(sandbox, form, caller)
    assert (result.error, result.exports) == (None, {"allowed": True})
    assert result.logs == ()


def test_the_plain_form_stops_the_whole_program(sandbox: Sandbox) -> None:
    """Nothing after it is declared; the refusal stands there as it is, without a traceback."""
    result = _run(sandbox, "plain")
    assert str(result.error).startswith(REFUSAL)
    assert "Traceback" not in f"{result.error}{result.output}"
    assert (result.exports, _names(result)) == ({}, set())


def test_the_output_form_stops_what_consumes_it(sandbox: Sandbox) -> None:
    """The run fails with the refusal as it is, and what consumes the answer is not declared."""
    result = _run(sandbox, "output")
    assert REFUSAL in str(result.error)
    assert "guarded" not in _names(result)
    if Version.parse(version("pulumi")).to_tuple() >= (3, 269):  # before, a traceback goes with it
        assert str(result.error).startswith(REFUSAL)
        assert "Traceback" not in f"{result.error}{result.output}"


@pytest.mark.parametrize("form", ["null", "null secret"])
def test_a_rule_that_turns_out_to_be_none_is_an_error(sandbox: Sandbox, form: str) -> None:
    """Pulumi leaves out an argument that is None, and with it the rule, beside another rule."""
    result = _run(sandbox, form, "owner")
    assert str(result.error).startswith("all_roles of require_caller must not be null: a rule that")
    assert "guarded" not in _names(result)


def test_warn_lets_the_program_branch(sandbox: Sandbox) -> None:
    """The engine's log has the refusal, the program the reasons."""
    result = _run(sandbox, "warn")
    assert result.error is None
    assert result.exports["allowed"] is False
    [reason] = result.exports["reasons"]
    assert reason.startswith("Required: any of org_owner, Administrator; held: org_member.")
    assert [(line.severity, line.message) for line in result.logs] == [("warning", REFUSAL)]
    assert _names(result) == {"unguarded"}


def test_warn_in_the_output_form(sandbox: Sandbox) -> None:
    """The answer says no, and is no error."""
    result = _run(sandbox, "warn output")
    assert (result.error, result.exports["later"]) == (None, False)


def test_what_is_to_happen_may_be_awaited(sandbox: Sandbox) -> None:
    """A coroutine is an input like others, and is awaited once."""
    result = _run(sandbox, "warn awaited")
    assert (result.error, result.exports["awaited"]) == (None, False)


@pytest.mark.parametrize("form", ["plain", "warn"])
def test_unknown_settings_never_let_a_program_pass(sandbox: Sandbox, form: str) -> None:
    """The engine asks nobody then; under `warn` too that is no answer."""
    result = _run(sandbox, f"{form}, unknown settings", "owner")
    assert (
        "require_caller has no answer: callerid's settings are not known yet in this preview; use "
        "plain values for the provider's settings: require_caller_output guards only what consumes "
        "it."
    ) in str(result.error)
    assert result.exports == {}


def test_unknown_settings_leave_the_output_form_unknown(sandbox: Sandbox) -> None:
    """What consumes the answer waits for it."""
    result = _run(sandbox, "output, unknown settings", "owner")
    assert (result.error, result.exports) == (None, {"allowed": UNKNOWN})


@pytest.mark.parametrize("allowed", [False, None, "true", 1])
def test_only_a_plain_yes_passes(allowed: object) -> None:
    """Whatever a plugin of another version may answer."""
    fields = dict.fromkeys(("reasons", "role_names", "id", "display_name", "org_id"), "x")
    answer = RequireCallerResult(allowed=allowed, **fields)  # type: ignore[arg-type]
    guard = _calls.Guard("callerid:index:requireCaller", "require_caller", RequireCallerResult, {})
    with pytest.raises(pulumi.RunError, match="did not say that the caller may go on"):
        guard._passed([answer, None])  # noqa: SLF001 - no plugin of ours answers this
    assert guard._passed([answer, "warn"]) is answer  # noqa: SLF001 - as above
    assert not answer


def test_an_answer_is_true_where_it_says_yes() -> None:
    """`if require_caller(…)` reads like a question."""
    fields = dict.fromkeys(("reasons", "role_names", "id", "display_name", "org_id"), "x")
    assert RequireCallerResult(allowed=True, **fields)
