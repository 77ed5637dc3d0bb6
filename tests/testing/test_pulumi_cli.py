"""The Pulumi CLI and the preview host say the same of the same program."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from callerid.testing import PreviewResult, Secret, events, preview, pulumi_cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from callerid.sandbox.server import Sandbox

    Caller = Callable[[str], dict[str, str]]

needs_cli = pytest.mark.skipif(not pulumi_cli.find_cli(), reason="no pulumi CLI")


def _masked(value: Any) -> Any:
    """Take the values out of secrets, as the CLI does."""
    if isinstance(value, Secret):
        return Secret("[secret]")
    if isinstance(value, dict):
        return {name: _masked(each) for name, each in value.items()}
    return [_masked(each) for each in value] if isinstance(value, list) else value


def _resources(result: PreviewResult) -> list[Any]:
    return sorted((each.urn, each.type, each.custom) for each in result.resources)


@needs_cli
@pytest.mark.parametrize("name", ["whoami", "explicit"])
def test_host_and_cli_give_the_same_results(
    programs: Path, sandbox: Sandbox, caller: Caller, name: str
) -> None:
    """Exports, resources, warnings and success are the same in both."""
    variables = sandbox.environment("service-user")
    config = {
        "url": sandbox.url,
        "key": variables["M3TER_API_KEY"],
        "secret": variables["M3TER_API_SECRET"],
        "organization": variables["M3TER_ORG_ID"],
    }
    secrets = {"key", "secret"}
    environ = caller("owner")
    ours = preview(programs / name, config=config, secrets=secrets, environ=environ)
    theirs = pulumi_cli.preview(programs / name, config=config, secrets=secrets, environ=environ)
    assert (ours.error, theirs.error) == (None, None)
    assert _masked(dict(ours.exports)) == theirs.exports
    assert _resources(ours) == _resources(theirs)
    assert ours.logs == theirs.logs


@needs_cli
@pytest.mark.parametrize("name", ["whoami", "raising", "exiting"])
def test_host_and_cli_give_the_same_errors(programs: Path, name: str) -> None:
    """A failed read, an exception and an exit code are the same error in both."""
    ours = preview(programs / name)
    theirs = pulumi_cli.preview(programs / name)
    assert _places(ours.error) == _places(theirs.error)
    assert ours.exports == theirs.exports
    assert sorted(ours.output.split()) == sorted(theirs.output.split())


def _places(error: str | None) -> str:
    """Forget the folder of the copy."""
    assert error
    return re.sub(r'File "[^"]*/(\w+/__main__.py)"', r"\1", error)


@needs_cli
def test_a_cli_preview_leaves_nothing_behind(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caller: Caller
) -> None:
    """The copy, the state and the CLI's home are gone, the program folder is untouched."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = sorted(path.name for path in (programs / "whoami").iterdir())
    pulumi_cli.preview(programs / "whoami", environ=caller("owner"))
    assert list(tmp_path.iterdir()) == []
    assert sorted(path.name for path in (programs / "whoami").iterdir()) == before


def test_a_missing_cli_is_an_error(programs: Path) -> None:
    """Without a CLI it is an error, never a silent pass."""
    assert pulumi_cli.find_cli({"PATH": ""}) is None
    with pytest.raises(FileNotFoundError, match="no pulumi CLI"):
        pulumi_cli.preview(programs / "whoami", environ={"PATH": ""})


def test_failing_cli(programs: Path, tmp_path: Path) -> None:
    """A CLI that fails before the preview is the run's error, in its last words."""
    fake = tmp_path / "pulumi"
    fake.write_text("#!/bin/sh\necho 'error: no disk'\nexit 255\n", encoding="utf-8")
    fake.chmod(0o755)
    result = pulumi_cli.preview(programs / "whoami", environ={"PATH": str(tmp_path)})
    assert result.error == "pulumi stack init failed: error: no disk"
    assert replace(result, error=None, logs=()) == PreviewResult(exports={})


def test_event_log() -> None:
    """The event log gives exports with marks, warnings, errors and output; debug lines do not."""
    stack = "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev"
    signature = '"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"'
    state = f'"type": "pulumi:pulumi:Stack", "urn": "{stack}"'
    outputs = f'{{"key": {{{signature}, "ciphertext": "[secret]"}}}}'
    lines = [
        '{"diagnosticEvent": {"severity": "warning", "message": "careful\\n"}}',
        '{"diagnosticEvent": {"severity": "debug", "message": "noise\\n"}}',
        '{"diagnosticEvent": {"severity": "info#err", "message": "printed\\n\\n"}}',
        '{"diagnosticEvent": {"severity": "error", "message": "bad\\n"}}',
        f'{{"resOutputsEvent": {{"metadata": {{"new": {{{state}, "outputs": {outputs}}}}}}}}}',
        f'{{"resOutputsEvent": {{"metadata": {{"new": {{{state}, "outputs": {{}}}}}}}}}}',
    ]
    result = events.read("\n".join(lines))
    assert result.exports == {"key": Secret("[secret]")}
    assert [line.severity for line in result.logs] == ["warning", "error"]
    assert (result.error, result.output) == ("bad", "printed\n")
