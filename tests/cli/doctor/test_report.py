"""`callerid doctor` as a whole: its report, and what is never in it."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from support.api import json_reply
from support.bodies import ORG, TOKEN, person, token
from support.doctor import (
    CANARIES,
    POSIX,
    PROXY_PASSWORD,
    assert_width,
    findings,
    key_at,
    levels,
    port_of_nobody,
    problems,
    run,
    secrets_in,
    told,
)

from callerid.cli.doctor import command
from callerid.sandbox import library

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.api import Api

    from callerid.sandbox.server import Sandbox


NAMES = sorted(library.built_in())

UNWELL = {"outage", "refused"}
"""Those of them whose question who they are gets no answer."""


@pytest.mark.parametrize("name", NAMES)
def test_every_caller_of_the_sandbox(sandbox: Sandbox, name: str) -> None:
    """Each platform of each caller: reached, signed in, its organization known, and answered."""
    found = findings(sandbox.environment(name))
    platforms = library.built_in()[name].platforms
    for platform in platforms:
        seen = levels(found, platform)
        assert {"reachability", "clock", "token", "organization", "caller"} <= set(seen)
    two = ["credential"] if len(platforms) > 1 else []
    assert problems(found) == two + ["caller"] * (name in UNWELL)


def test_the_report_of_a_healthy_caller(sandbox: Sandbox) -> None:
    """What a person reads: which credential, where, how long, who."""
    code, text = run(sandbox.environment("owner"))
    words = " ".join(text.split())
    assert code == 0
    for said in (
        "ok credential CSP_API_TOKEN is used: the API token.",
        f"ok base URL {sandbox.url} (CSP_BASE_URL)",
        "ok clock This machine's clock agrees with the server's.",
        "accepted the API token; the access token is good for 30 min.",
        "ok API token It belongs to organization 9c8e7d6a-2f41-4b3c-8a90-d15e6f7b0c24",
        "and ends in 182 days, at 20",
        "9c8e7d6a-2f41-4b3c-8a90-d15e6f7b0c24 (CSP_ORG_ID), the token's own.",
        "The API answers as Grace Hopper (person).",
        "What Pulumi.yaml, a provider block or an explicit provider sets is not seen here.",
    ):
        assert said in words
    assert text.splitlines()[-1].startswith("Nothing is wrong")


def test_names_from_outside_do_not_move_the_cursor(api: Api) -> None:
    """Nor are they taken for markup."""
    api.on(TOKEN, json_reply(token("opaque", 18000)))
    me = person(firstName="[red]\x1b[2J", lastName="\nok")
    api.on(f"GET /organizations/{ORG}/users/me", json_reply(me))
    _, text = run({**key_at(api.url), "M3TER_ORG_ID": ORG})
    assert "[red]\\x1b[2J" in text
    assert "\x1b" not in text


def test_no_secret_in_any_case(sandbox: Sandbox) -> None:
    """Accepted, refused, ignored, half, unreachable, in the wrong place: not six characters."""
    nobody = f"http://127.0.0.1:{port_of_nobody()}"
    here = {"M3TER_BASE_URL": sandbox.url, "CSP_BASE_URL": sandbox.url}
    token = CANARIES["CSP_API_TOKEN"]
    proxy = f"http://me:{PROXY_PASSWORD}@127.0.0.1:1"
    cases: list[dict[str, str]] = [
        sandbox.environment("canary"),
        sandbox.environment("canary-csp"),
        {**CANARIES, **here},
        {**CANARIES, "M3TER_BASE_URL": nobody, "CSP_BASE_URL": "https://callerid.invalid"},
        {**CANARIES, "M3TER_API_KEY": "", "CALLERID_PLATFORM": token, "HTTPS_PROXY": proxy},
        *({name: value, **here} for name, value in CANARIES.items()),
        {**sandbox.environment("owner"), "CSP_ORG_ID": token},
        {**sandbox.environment("owner"), "CSP_BASE_URL": f"https://me:{token}@x.example"},
        {**sandbox.environment("owner"), "CSP_CLIENT_ID": "x", "CSP_CLIENT_SECRET": token},
    ]
    for environ in cases:
        for args in ((), ("--json",)):
            done = CliRunner().invoke(command, args, env=environ)
            assert secrets_in(done.output) == []
            assert "eyJ" not in done.output


def test_json_is_the_same_bytes_each_time(sandbox: Sandbox) -> None:
    """Stable keys in a stable order."""
    first, second = (run_json(sandbox.environment("app")) for _ in range(2))
    assert first == second
    assert first.startswith("{\n")


def run_json(environ: Mapping[str, str]) -> str:
    """Run it with --json, and give what it prints."""
    return CliRunner().invoke(command, ["--json"], env=dict(environ)).stdout


def test_a_bug_is_a_finding(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """The rest is told all the same, and there is no traceback."""

    def fail(*_: Any) -> None:
        message = "canary"
        raise RuntimeError(message)

    monkeypatch.setattr("callerid.cli.doctor_platform.reach", fail)
    found = findings(sandbox.environment("person"))
    assert problems(found) == ["token"]
    assert "callerid internal error (RuntimeError" in told(found, "token", "m3ter")[1]
    assert "canary" not in json.dumps(found)
    assert told(found, "Python")[0] == "ok"


def test_wrong_usage() -> None:
    """An unknown option is exit code 2."""
    assert CliRunner().invoke(command, ["--jsn"]).exit_code == 2


@POSIX
def test_a_terminal_gets_a_coloured_report(sandbox: Sandbox, tmp_path: Path) -> None:
    """Colours for those who want them, the same words for everybody, no line over 80."""
    from support import terminal  # noqa: PLC0415 - there is none on Windows

    argv = [sys.executable, "-c", "from callerid.cli.doctor import command; command()"]
    environ = {**sandbox.environment("service-user"), "PULUMI_HOME": str(tmp_path), "PATH": ""}
    seen = terminal.run(argv, environ)
    plain = terminal.run(argv, {**environ, "NO_COLOR": "1"})
    assert (seen.code, plain.code) == (0, 0)
    assert "\x1b[32m" in seen.raw
    assert not re.search(r"\x1b\[[\d;]*m", plain.raw)
    assert _report(seen.text) == _report(plain.text)
    assert "  ok      token        m3ter accepted the API key" in seen.text
    assert_width(seen.text)


def _report(text: str) -> str:
    """Leave out what was shown before it, and is gone from the screen."""
    return text[text.index("settings\n") :]
