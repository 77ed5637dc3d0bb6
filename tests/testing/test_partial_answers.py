"""A plugin that gives a part of an answer, or nothing: nothing behind it comes about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callerid.testing import UNKNOWN, PreviewResult, preview
from pulumi_callerid._calls import VERSION

PROGRAM = Path(__file__).parent.parent / "sdk" / "programs" / "partial"
FORMS = {
    "roles": "get_user_org_roles",
    "roles_output": "get_user_org_roles",
    "guard": "require_caller",
    "guard_output": "require_caller",
}
INSTALL = (
    f"plugin and SDK are of different versions: install callerid and pulumi-callerid {VERSION}, "
    'and run "callerid install pulumi".'
)
PART = {"allowed": True, "id": "u-1", "display_name": "Grace Hopper"}


def _run(echo: dict[str, str], form: str, answer: object, *, is_preview: bool) -> PreviewResult:
    environ = {**echo, "ECHO_ANSWER": json.dumps(answer)}
    config = {"package": "echo", "form": form}
    return preview(PROGRAM, config=config, environ=environ, preview=is_preview)


@pytest.mark.parametrize("is_preview", [True, False])
@pytest.mark.parametrize("form", FORMS)
def test_a_part_is_no_answer(echo: dict[str, str], form: str, is_preview: bool) -> None:  # noqa: FBT001 - a case
    """In each form, in a preview and in an update."""
    result = _run(echo, form, PART, is_preview=is_preview)
    assert str(result.error).startswith(f"The answer to {FORMS[form]} is not usable: ")
    assert f"display_name stands there instead of displayName.\nProbably {INSTALL}" in str(
        result.error
    )
    assert "mock" not in str(result.error)
    assert "Traceback" not in f"{result.error}{result.output}"
    assert [each.name for each in result.resources if each.name == "behind"] == []


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_no_answer_in_an_update(echo: dict[str, str], form: str) -> None:
    """It would leave out what stands behind a guard; the text begins with the likeliest cause."""
    result = _run(echo, form, {}, is_preview=False)
    assert str(result.error).startswith(
        f"{FORMS[form]} has no answer: callerid's settings are not known yet in this run; use "
        "plain values for the provider's settings, or first update what they come from.\n"
        f"Else {INSTALL}"
    )
    assert "mock" not in f"{result.error}{result.output}"
    assert [each.name for each in result.resources if each.name == "behind"] == []


@pytest.mark.parametrize("form", ["roles_output", "guard_output"])
def test_nothing_is_unknown_in_a_preview(echo: dict[str, str], form: str) -> None:
    """There the engine says so that settings are not known yet."""
    result = _run(echo, form, {}, is_preview=True)
    assert result.error is None
    assert result.resource("behind").inputs == {"name": UNKNOWN}
