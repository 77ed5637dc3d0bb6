"""`callerid record`: keep answers, replay them without a secret; as processes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.plugin import environment

from callerid.sandbox.server import Sandbox
from callerid.testing import preview

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CALLERID = Path(sys.executable).with_name("callerid")
EXAMPLE = Path(__file__).parents[2] / "examples" / "python"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Give what stands for the real APIs here."""
    with Sandbox.start() as running:
        yield running


def _run(
    folder: Path, *arguments: str, environ: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [CALLERID, *arguments],
        cwd=folder,
        env=environment(environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_record_and_replay(sandbox: Sandbox, tmp_path: Path) -> None:
    """The command's output and exit code are its own; the replay needs no secret."""
    owner = sandbox.environment("owner")
    live = _run(tmp_path, "whoami", "--json", environ=owner)
    done = _run(tmp_path, "record", "--", CALLERID.as_posix(), "whoami", "--json", environ=owner)
    assert (done.returncode, done.stdout) == (0, live.stdout)
    assert done.stderr == (
        "Recorded in recorded.yaml. To replay it without any secret:\n"
        "  callerid sandbox --scenario recorded.yaml --as recorded -- pulumi preview\n"
    )
    replay = ("sandbox", "--scenario", "recorded.yaml", "--as", "recorded", "--")
    done = _run(tmp_path, *replay, CALLERID.as_posix(), "roles", "--json", environ={})
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["displayName"] == "Robin Example"
    assert "org_owner" in answer["roleNames"]
    assert answer["recordedAt"]


def test_doctor_sees_a_replay(sandbox: Sandbox, tmp_path: Path) -> None:
    """It says that nobody answers live, and finds nothing wrong with it."""
    _run(tmp_path, "record", "-o", "x.yaml", environ=sandbox.environment("owner"))
    replay = ("sandbox", "--scenario", "x.yaml", "--as", "x", "--")
    home = {"PULUMI_HOME": str(tmp_path)}
    _run(tmp_path, "install", "pulumi", environ=home)
    done = _run(tmp_path, *replay, CALLERID.as_posix(), "doctor", "--json", environ=home)
    said = [each["text"] for each in json.loads(done.stdout)["findings"]]
    assert done.returncode == 0
    assert any("in a replay of answers recorded at 20" in text for text in said)


def test_a_gate_refuses_recorded_answers(sandbox: Sandbox, tmp_path: Path) -> None:
    """`callerid require` guards pipelines, which are no previews."""
    _run(tmp_path, "record", "-o", "x.yaml", environ=sandbox.environment("owner"))
    gate = (CALLERID.as_posix(), "require", "--any-role", "org_owner")
    replay = ("sandbox", "--scenario", "x.yaml", "--as", "x", "--")
    done = _run(tmp_path, *replay, *gate, environ={})
    assert done.returncode == 1
    assert "recorded answers must not decide what is changed" in done.stderr
    done = _run(tmp_path, *replay, *gate, environ={"CALLERID_ALLOW_RECORDED": "1"})
    assert done.returncode == 0
    assert "are a replay: they were recorded at" in done.stderr


def test_recorded_answers_count_in_previews_but_not_in_updates(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """A preview takes recorded answers, an update does not."""
    _run(tmp_path, "record", "-o", "owner.yaml", environ=sandbox.environment("owner"))
    seen = preview(EXAMPLE, caller=tmp_path / "owner.yaml")
    assert (seen.error, seen.exports["branch"]) == (None, "administrator")
    assert [line.message for line in seen.logs if line.severity == "warning"] != []
    refused = preview(EXAMPLE, caller=tmp_path / "owner.yaml", preview=False)
    assert "recorded answers must not decide what is changed" in str(refused.error)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["-o", "x.txt"], "x.txt cannot be the name of a recording. Name it like owner.yaml."),
        (["-o", "mine.yaml"], "mine.yaml exists and is no recording."),
        (["-o", "mine.yaml/x.yaml"], "mine.yaml/x.yaml cannot be written"),
        (["--", "no-such-command"], "There is no command no-such-command."),
    ],
)
def test_bad_input_is_refused(
    sandbox: Sandbox, tmp_path: Path, arguments: list[str], text: str
) -> None:
    """Said in a line, with nothing written over."""
    (tmp_path / "mine.yaml").write_text("a: 1\n", encoding="utf-8")
    done = _run(tmp_path, "record", *arguments, environ=sandbox.environment("member"))
    assert done.returncode != 0
    assert text in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "mine.yaml").read_text("utf-8") == "a: 1\n"


def test_what_looks_like_a_credential_is_not_written(tmp_path: Path) -> None:
    """It names the place and the way out, and never the text."""
    scenario = tmp_path / "leaky.yaml"
    scenario.write_text(
        "description: a caller with a role that is named like a key\n"
        "extends: person\n"
        "m3ter:\n"
        "  credential: {apiToken: sandbox-leaky}\n"
        "  policies: [{id: p, name: 0123456789abcdef0123456789abcdef}]\n",
        encoding="utf-8",
    )
    sandboxed = ("sandbox", "--scenario", "leaky.yaml", "--as", "leaky", "--")
    command = (CALLERID.as_posix(), "record", "-o", "out.yaml")
    done = _run(tmp_path, *sandboxed, *command, environ={})
    assert done.returncode == 1
    assert "m3ter.policies.0.name: a key: a long run of letters and digits" in done.stderr
    assert "0123456789abcdef" not in done.stderr
    assert not (tmp_path / "out.yaml").exists()
    done = _run(tmp_path, *sandboxed, *command, "--redact", "name", environ={})
    assert (done.returncode, (tmp_path / "out.yaml").exists()) == (0, True)
