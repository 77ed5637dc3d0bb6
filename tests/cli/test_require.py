"""`callerid require`, the gate of a pipeline."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support import bodies, commands
from support.api import json_reply

if TYPE_CHECKING:
    from support.api import Api


@pytest.fixture
def environ(api: Api) -> dict[str, str]:
    """Script a person with two roles, one of them expired; give the variables of that person."""
    roles = (
        {"name": "org_member", "expiresAt": None},
        {"name": "org_owner", "expiresAt": 1609459200},
    )
    api.on(bodies.INFO, json_reply(bodies.info(*roles)))
    return commands.csp(api)


@pytest.mark.parametrize(
    "rules",
    [
        ["--any-role", "org_owner", "--any-role", "org_member"],
        ["--all-role", "org_member", "--min-role-seconds", "60"],
        ["--principal-type", "serviceUser", "--principal-type", "user"],
        ["--org-id", bodies.ORG],
        ["--min-token-seconds", "60"],
        ["--any-role", "org_member", "--platform", "csp", "--org", bodies.ORG],
    ],
)
def test_an_allowed_caller_gets_one_line_and_exit_code_0(
    environ: dict[str, str], rules: list[str]
) -> None:
    """One line that says who and where, and exit code 0."""
    done = commands.call("require", *rules, **environ)
    told = f"Grace may run this in organization {bodies.ORG}.\n"
    assert (done.exit_code, done.stdout, done.stderr) == (0, told, "")


@pytest.mark.parametrize(
    ("rules", "required"),
    [
        (["--any-role", "org_owner"], "org_owner"),
        (["--all-role", "org_member", "--all-role", "org_owner"], "org_owner"),
        (["--principal-type", "serviceUser"], "a machine (serviceUser)"),
        (["--email", "ada@example.com"], "e-mail address ada@example.com"),
        (["--org-id", "another"], "organization …(7 characters, no UUID)"),
        (["--min-token-seconds", "99999"], "an access token good for 99999 s"),
    ],
)
def test_a_refused_caller_gets_the_reasons_and_exit_code_1(
    environ: dict[str, str], rules: list[str], required: str
) -> None:
    """The refusal as it stands on stderr, nothing on stdout, exit code 1."""
    done = commands.call("require", *rules, **environ)
    assert (done.exit_code, done.stdout) == (1, "")
    first, *rest = done.stderr.splitlines()
    assert first.startswith("callerid: Grace (person, VMware Cloud Services) may not run this in ")
    assert any(line.startswith("  required: ") and required in line for line in rest)
    assert rest[-1].startswith("  nearest fix: ")


def test_a_refusal_that_only_warns(environ: dict[str, str]) -> None:
    """It is told on stderr, and the pipeline goes on."""
    done = commands.call("require", "--any-role", "org_owner", "--on-refusal", "warn", **environ)
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.startswith("warning: Grace (person")


@pytest.mark.parametrize(
    ("options", "allowed", "code"),
    [
        (["--any-role", "org_member"], True, 0),
        (["--any-role", "org_owner"], False, 1),
        (["--any-role", "org_owner", "--on-refusal", "warn"], False, 0),
    ],
)
def test_json_is_the_answer_whether_allowed_or_not(
    environ: dict[str, str], options: list[str], allowed: object, code: int
) -> None:
    """The answer on stdout, allowed or not; the exit code is the gate."""
    done = commands.call("require", "--json", *options, **environ)
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["allowed"]) == (code, allowed)
    assert bool(answer["reasons"]) is not allowed
    assert answer["roleNames"] == ["org_member"]


@pytest.mark.parametrize("options", [[], ["--json"], ["--on-refusal", "warn"]])
def test_an_api_that_fails_refuses_the_caller(api: Api, options: list[str]) -> None:
    """Exit code 1, also where a refusal would only warn."""
    environ = commands.csp(api)
    api.on(bodies.INFO, json_reply({}, 403))
    done = commands.call("require", "--any-role", "org_owner", *options, **environ)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: VMware Cloud Services refuses ")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ([], "Without a rule everybody would pass. Give at least one of --all-role, --any-role,"),
        (["--org", bodies.ORG, "--json"], "Without a rule"),
        (["--on-refusal", "warn"], "Without a rule"),
        (["--min-role-seconds", "60"], "Add --all-role or --any-role."),
        (["--min-token-seconds", "-1"], "--min-token-seconds"),
        (["--min-token-seconds", "nan"], "minTokenSecondsLeft of requireCaller must be a number"),
        (["--any-role", ""], "--any-role must not be empty: nobody would keep such a rule."),
        (["--principal-type", "robot"], "'robot' is not one of 'user', 'serviceUser'."),
        (["--principal-type", "service-user"], "Did you mean serviceUser?"),
        (["--on-refusal", "shrug"], "--on-refusal"),
        (["org_owner"], "unexpected extra argument"),
    ],
)
def test_wrong_use_is_exit_code_2(
    api: Api, environ: dict[str, str], options: list[str], error: str
) -> None:
    """And nothing is asked, so that a mistake is found without a credential."""
    done = commands.call("require", *options, **environ)
    assert (done.exit_code, done.stdout, api.seen) == (2, "", [])
    assert error in done.stderr


def test_zero_seconds_are_a_rule(environ: dict[str, str]) -> None:
    """A figure of 0 is not the same as none."""
    done = commands.call("require", "--min-token-seconds", "0", **environ)
    assert done.exit_code == 0
