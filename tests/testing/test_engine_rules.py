"""The engine's rules, seen from both sides by means of a provider that echoes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.testing import LogLine, PreviewResult, Secret, preview

if TYPE_CHECKING:
    from pathlib import Path


def _run(programs: Path, environ: dict[str, str], functions: str, **config: str) -> PreviewResult:
    settings = {f"echo:{name}": value for name, value in config.items()}
    return preview(
        programs / "echoes",
        config={"functions": functions, **settings},
        secrets={key for key in settings if key.endswith("secret")},
        environ=environ,
        timeout=5,
    )


def test_settings_and_arguments(programs: Path, echo: dict[str, str]) -> None:
    """Stack configuration reaches Configure, secrets wrapped in args and plain in variables."""
    answer = _run(programs, echo, "echo,warning", region="eu", secret="shh")
    assert answer.error is None
    assert answer.invokes[0].result == {
        "args": {"hidden": "s3cret", "list": [1, "two"], "open": 1},
        "preview": True,
        "settings": {"region": "eu", "secret": Secret("shh")},
        "variables": {"echo:config:region": "eu", "echo:config:secret": "shh"},
    }
    assert answer.logs == (LogLine("warning", "the warning"),)


def test_a_setting_that_the_provider_marks(programs: Path, echo: dict[str, str]) -> None:
    """What CheckConfig returns as a secret is one from there on, and plain in variables."""
    answer = _run(programs, echo, "echo", token="shh")
    assert answer.error is None
    result = answer.invokes[0].result or {}
    assert result["settings"] == {"token": Secret("shh")}
    assert result["variables"] == {"echo:config:token": "shh"}
    assert result["args"] == {"hidden": "s3cret", "list": [1, "two"], "open": 1}


@pytest.mark.parametrize(
    ("function", "error"),
    [
        ("refuse", "invocation of echo:index:refuse returned an error: you may not"),
        ("failures", "invoke of echo:index:failures failed: must be closed (open)"),
        ("unknown", 'returned an error: unexpected unknown property value for "later"'),
    ],
)
def test_errors_of_a_call(programs: Path, echo: dict[str, str], function: str, error: str) -> None:
    """What a call comes to is told to the program in the engine's words."""
    result = _run(programs, echo, function)
    assert result.error
    assert error in result.error
    assert result.error.startswith("Program failed with an unhandled exception:")


def test_refused_settings_end_the_run(programs: Path, echo: dict[str, str]) -> None:
    """A CheckConfig failure ends the program at once and is the only error."""
    result = _run(programs, echo, "echo", bad="yes")
    told = "pulumi:providers:echo resource 'default' has a problem: there is no setting bad"
    assert (result.error, result.exports) == (told, {})


def test_failing_configure_is_the_calls_error(programs: Path, echo: dict[str, str]) -> None:
    """A Configure error waits for the first call that needs the provider."""
    result = _run(programs, echo, "echo", refused="yes")
    assert result.error
    assert "invocation of echo:index:echo returned an error: the setting refused" in result.error


def test_logged_error_fails_the_run(programs: Path, echo: dict[str, str]) -> None:
    """A log line of severity error is an error of the run; the answer counts all the same."""
    result = _run(programs, echo, "error")
    assert result.error == "the error"
    assert result.exports["error"]["preview"] is True


def test_open_calls_are_named(programs: Path, echo: dict[str, str]) -> None:
    """A program that waits for a function is stopped, and the error names the function."""
    result = preview(programs / "echoes", config={"functions": "hang"}, environ=echo, timeout=2)
    assert result.error
    assert "was stopped. It was waiting for:" in result.error
    assert "invoke of echo:index:hang" in result.error


@pytest.mark.parametrize(
    ("version", "error", "warning"),
    [
        ("1.2.3", None, None),
        ("9.0.0", None, "the provider echo is expected to have version 9.0.0 or later"),
        ("v1", "'v1' is no semantic version such as 1.2.3", None),
    ],
)
def test_a_wanted_version_is_checked_against_the_provider(
    programs: Path, echo: dict[str, str], version: str, error: str | None, warning: str | None
) -> None:
    """A wanted version is a setting of the provider; an older provider earns a warning."""
    config = {"functions": "echo", "version": version}
    result = preview(programs / "echoes", config=config, environ=echo)
    assert (result.error is None) == (error is None)
    assert (error or "") in (result.error or "")
    assert [
        warning is not None and warning in line.message
        for line in result.logs
        if line.severity == "warning"
    ] == ([True] if warning else [])
    if not error:
        assert result.exports["echo"]["settings"] == {"version": version}


def test_parameterized_package(programs: Path, echo: dict[str, str]) -> None:
    """A package made of another provider and a parameter is configured under its own name."""
    result = preview(programs / "made", config={"made:region": "eu"}, environ=echo)
    assert result.error is None
    assert result.exports["echo"]["settings"] == {"region": "eu", "version": "2.0.0"}


def test_missing_provider(programs: Path) -> None:
    """A provider that is nowhere ends the run, and the error names both places."""
    result = preview(programs / "echoes", config={"functions": "echo"})
    assert result.error
    assert "no pulumi-resource-echo beside" in result.error
    assert "and none on PATH" in result.error


def test_same_urn_twice(programs: Path) -> None:
    """Two resources of one name and type end the run."""
    told = "Duplicate resource URN 'urn:pulumi:dev::twins::tests:index:Twin::twin'"
    assert (preview(programs / "twins").error or "").startswith(told)


def test_denied_default_provider(programs: Path, echo: dict[str, str]) -> None:
    """`pulumi:disable-default-providers` is kept."""
    config = {"functions": "echo", "pulumi:disable-default-providers": '["echo"]'}
    result = preview(programs / "echoes", config=config, environ=echo)
    assert "Default provider for 'echo' disabled." in (result.error or "")


def test_a_provider_that_dies_is_named(programs: Path, echo: dict[str, str]) -> None:
    """What gRPC says of its sockets then is shown to nobody."""
    result = _run(programs, {**echo, "ECHO_FAULT": "dying"}, "echo")
    assert "error: the provider echo ended in the middle of the call" in (result.error or "")


def test_misbehaving_provider_fails_the_run(programs: Path, echo: dict[str, str]) -> None:
    """What a provider leaves on stderr is an error of an otherwise good run."""
    result = _run(programs, {**echo, "ECHO_FAULT": "stderr"}, "echo")
    assert result.exports["echo"]["preview"] is True
    assert result.error == "the provider echo wrote to stderr:\nlast words"
