"""The SDK in real programs: preview host, plugin and sandbox, nothing patched."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.sandbox.server import Sandbox, as_caller
from callerid.testing import UNKNOWN, PreviewResult, Secret, preview

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = Path(__file__).parent / "programs"
EXAMPLE = Path(__file__).parents[2] / "examples" / "python"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Give a running sandbox."""
    with Sandbox.start() as running:
        yield running


@pytest.fixture(scope="module")
def forms(sandbox: Sandbox) -> PreviewResult:
    """Run the program that asks in every form."""
    machine = sandbox.environment("service-user")
    result = preview(
        PROGRAMS / "forms",
        config={
            "key": machine["M3TER_API_KEY"],
            "secret": machine["M3TER_API_SECRET"],
            "callerid:platform": "m3ter",
            "callerid:requestTimeoutSeconds": "30",
        },
        environ=as_caller(os.environ, sandbox.environment("person")),
    )
    assert result.error is None
    return result


def _unknown(sandbox: Sandbox, case: str) -> PreviewResult:
    environ = as_caller(os.environ, sandbox.environment("person"))
    return preview(PROGRAMS / "unknowns", config={"case": case}, environ=environ)


def test_the_plain_form_gives_the_whole_answer(forms: PreviewResult) -> None:
    """What the provider said can be exported whole, nested objects and all."""
    asked = next(invoke for invoke in forms.invokes if invoke.args == {})
    assert forms.exports["whole"] == asked.result
    assert forms.exports["organization"] == forms.exports["whole"]["organization"]
    assert forms.exports["shortName"] == "acme-prod"


def test_both_forms_give_the_same_caller(forms: PreviewResult) -> None:
    """Plain, awaited and output: it is always the one whose credential is in the environment."""
    callers = {forms.exports[name] for name in ("awaited", "output")}
    assert callers == {"Ada Lovelace"} == {forms.exports["whole"]["displayName"]}


def test_an_explicit_provider_decides(forms: PreviewResult) -> None:
    """Its credential goes before the environment's, in both forms and both kinds of options."""
    assert forms.exports["explicit"] == "deploy-pipeline"
    assert forms.exports["explicitOutput"] == "deploy-pipeline"
    assert forms.exports["roleNames"] == ["Config Editor", "Meter Uploader"]


def test_a_dependency_that_is_not_there_yet_leaves_the_answer_open(forms: PreviewResult) -> None:
    """`depends_on` reaches the engine, which asks nobody before the resource exists."""
    assert forms.exports["dependent"] is UNKNOWN


def test_settings_reach_the_engine_as_it_takes_them(forms: PreviewResult) -> None:
    """Secrets are marked, numbers are JSON, what is not set is not sent."""
    sent = next(one.inputs for one in forms.resources if one.name == "explicit")
    given = {name: value for name, value in sent.items() if name != "version"}
    assert set(given) == {"m3terApiKey", "m3terApiSecret", "requestTimeoutSeconds"}
    assert isinstance(given["m3terApiKey"], Secret)
    assert isinstance(given["m3terApiSecret"], Secret)
    assert given["requestTimeoutSeconds"] == "45"


def test_configuration_can_be_read(forms: PreviewResult) -> None:
    """`pulumi_callerid.config` reads the stack's configuration, typed, when asked."""
    assert forms.exports["platform"] == "m3ter"
    assert forms.exports["timeout"] == 30


def test_unknown_settings_stop_the_plain_form(sandbox: Sandbox) -> None:
    """The program ends with one sentence that says what to do, and without a traceback."""
    result = _unknown(sandbox, "settings, plain")
    assert result.exports == {}
    assert (
        "get_current_user has no answer: callerid's settings are not known yet in this preview; "
        "use get_current_user_output, or plain values for the provider's settings."
    ) in str(result.error)
    assert "Traceback" not in f"{result.error}{result.output}"


def test_unknown_settings_leave_the_output_form_unknown(sandbox: Sandbox) -> None:
    """Neither an error nor empty values: unknown, whole and in part, and no apply runs."""
    result = _unknown(sandbox, "settings, output")
    assert result.error is None
    assert result.exports == {"caller": UNKNOWN, "whole": UNKNOWN, "roles": UNKNOWN}
    assert [line for line in result.logs if "apply" in line.message] == []
    assert [invoke.result for invoke in result.invokes] == [{}, {}]


def test_an_unknown_argument_stops_the_plain_form(sandbox: Sandbox) -> None:
    """The sentence names the argument as Python does; nobody is asked."""
    result = _unknown(sandbox, "argument, plain")
    assert (
        "get_current_user has no answer: the argument org_id is not known yet in this preview; "
        "use get_current_user_output, or plain values for its arguments."
    ) in str(result.error)
    assert result.invokes == ()


def test_an_unknown_argument_leaves_the_output_form_unknown(sandbox: Sandbox) -> None:
    """As any function of any provider does."""
    result = _unknown(sandbox, "argument, output")
    assert (result.error, result.exports) == (None, {"caller": UNKNOWN})


@pytest.mark.parametrize(
    ("caller", "name", "branch"),
    [
        ("person", "Ada Lovelace", "administrator"),
        ("owner", "Grace Hopper", "administrator"),
        ("member", "Linus Member", "member"),
        ("service-user", "deploy-pipeline", "pipeline"),
    ],
)
def test_the_example_branches_on_the_caller(
    sandbox: Sandbox, caller: str, name: str, branch: str
) -> None:
    """The same program, run by different callers, decides differently."""
    result = preview(EXAMPLE, environ=as_caller(os.environ, sandbox.environment(caller)))
    assert result.error is None
    assert set(result.exports) == {"caller", "organization", "roles", "branch"}
    assert (result.exports["caller"], result.exports["branch"]) == (name, branch)
