"""The log of the real engine: what the page on secrets says that is in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.pulumi import Cli

    from callerid.sandbox.server import Sandbox

WHOAMI = Path(__file__).parents[1] / "programs" / "whoami"
ENCRYPTED, PLAIN, VARIABLE = "planted-encrypted", "planted-plain", "planted-variable"


def test_the_engine_log_shows_settings_and_no_variables(
    cli: Cli, sandbox: Sandbox, tmp_path: Path
) -> None:
    """At level 9 each setting is in it, encrypted in the file or not; below, none that is."""
    person = sandbox.environment("person")
    project = cli.with_(**person, CSP_API_TOKEN=VARIABLE).project(WHOAMI, tmp_path)
    project.must("config", "set", "callerid:platform", "m3ter")
    project.must("config", "set", "--secret", "callerid:cspClientSecret", ENCRYPTED)
    project.must("config", "set", "callerid:cspClientId", PLAIN)
    full, short = (_log(project, level) for level in (9, 8))
    assert [each in full for each in (ENCRYPTED, PLAIN, VARIABLE)] == [True, True, False]
    assert [each in short for each in (ENCRYPTED, VARIABLE)] == [False, False]


def _log(project: Cli, level: int) -> str:
    done = project.run("preview", "--logtostderr", "--logflow", f"-v={level}")
    assert done.code == 0, done.said
    return done.stderr
