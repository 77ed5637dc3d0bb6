"""What every command keeps that asks an API: secrets, signals, silence on pipes."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from support import bodies, commands
from support.api import Reply, json_reply

if TYPE_CHECKING:
    from support.api import Api

COMMANDS = (["whoami"], ["roles"], ["require", "--any-role", "org_owner"])


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_no_secret_comes_out(api: Api, command: list[str], options: list[str]) -> None:
    """Neither credential nor token nor password nor a reply's body, in answers and in errors."""
    info = bodies.info({"name": "org_owner"})
    info["user"]["password"] = "canary-password-7f3a"
    api.on(bodies.INFO, json_reply(info))
    environ = {**commands.csp(api), "CSP_CLIENT_SECRET": "canary-secret-7f3a"}
    good = commands.call(*command, *options, **environ)
    assert good.exit_code == 0
    assert "Grace" in good.stdout
    assert "CSP_CLIENT_SECRET is half a pair" in good.stderr
    api.on(bodies.INFO, Reply(400, b"canary-body-7f3a"))
    bad = commands.call(*command, *options, **environ)
    assert bad.exit_code == 1
    assert "7f3a" not in good.output + bad.output


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_pipe_sees_no_progress_and_no_escape_codes(api: Api, command: list[str]) -> None:
    """Nothing of a slow and failing API shows; colours that are asked for everywhere neither."""
    again = Reply(503, headers={"retry-after": "1"})
    api.on(bodies.INFO, again, json_reply(bodies.info({"name": "org_owner", "expiresAt": 1})))
    colours = {"FORCE_COLOR": "1", "TTY_COMPATIBLE": "1", "CLICOLOR_FORCE": "1"}
    done = commands.run(*command, **commands.csp(api), **colours, TERM="xterm")
    assert "\x1b" not in done.stdout + done.stderr
    assert "try 2" not in done.stderr
    assert api.paths().count(bodies.INFO) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM for a process to catch")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_command_without_output(api: Api, number: signal.Signals) -> None:
    """A shell's exit code, at once, though the API hangs."""
    api.on(bodies.ME, Reply(delay=12))
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*commands.CALLERID, "whoami"],
        env=commands.environment(**commands.m3ter(api)),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 20
    while not api.seen and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(number)
    assert process.communicate(timeout=10) == ("", "")
    assert process.returncode == 128 + number
