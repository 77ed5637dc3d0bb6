"""`callerid doctor` in an environment, and what it found."""

from __future__ import annotations

import json
import socket
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from callerid.cli.doctor import command

if TYPE_CHECKING:
    from collections.abc import Mapping


OTHER = "64b8e2d7-0c35-4f1a-9e86-a1d7c3f05b29"
"""Another organization of an app."""

CANARIES = {
    "M3TER_API_TOKEN": "sandbox-Zq7#xKv9!Wj2$pRt5",
    "M3TER_API_KEY": "sandbox-Hn4%bYc8&Lf3*gUs6",
    "M3TER_API_SECRET": "sandbox-Xd1(mQe7)Vi0+kOz9",
    "CSP_ACCESS_TOKEN": "Jw5~aTf2:Ry8;hNp4@Cb6",
    "CSP_CLIENT_SECRET": "sandbox-Ug3<lEo7>Ms1|vKx5",
    "CSP_API_TOKEN": "sandbox-Bi9?dPq4{Gz6}cWh2",
}
"""Secrets whose parts cannot be in any sentence."""

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")

PROXY_PASSWORD = "Sv8^nJr3=Fy7_tAk1"


def run(environ: Mapping[str, str], *args: str) -> tuple[int, str]:
    """Run it in this environment: exit code, and stdout. Whatever happens stderr is empty."""
    done = CliRunner().invoke(command, args, env=dict(environ))
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert done.stderr == ""
    assert_width(done.stdout)
    return done.exit_code, done.stdout


def findings(environ: Mapping[str, str]) -> list[dict[str, str]]:
    """Run it with --json, and give its findings; `ok` and the exit code agree with them."""
    done = CliRunner().invoke(command, ["--json"], env=dict(environ))
    document = json.loads(done.stdout)
    found: list[dict[str, str]] = document["findings"]
    assert set(document) == {"findings", "ok"}
    assert all({"topic", "level", "text"} <= set(each) for each in found)
    assert document["ok"] == all(each["level"] != "problem" for each in found)
    assert done.exit_code == (0 if document["ok"] else 1)
    return found


def told(found: list[dict[str, str]], topic: str, platform: str | None = None) -> tuple[str, ...]:
    """Find the one finding about a topic: its level, text and fix, as far as it has them."""
    [one] = [e for e in found if e["topic"] == topic and e.get("platform") in (None, platform)]
    return tuple(one[name] for name in ("level", "text", "fix") if name in one)


def levels(found: list[dict[str, str]], platform: str) -> dict[str, str]:
    """Give the level of each topic of a platform."""
    return {each["topic"]: each["level"] for each in found if each.get("platform") == platform}


def problems(found: list[dict[str, str]]) -> list[str]:
    """Give the topics of what is wrong."""
    return [each["topic"] for each in found if each["level"] == "problem"]


def assert_width(text: str) -> None:
    """Only what cannot be broken, such as a path, may be wider than 80 columns."""
    wide = [line for line in text.splitlines() if len(line) > 80]
    assert [line for line in wide if " " in line.strip()] == []


def port_of_nobody() -> int:
    """Give a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def key_at(base_url: str) -> dict[str, str]:
    """Set a key of m3ter, and where to ask with it."""
    return {"M3TER_API_KEY": "key", "M3TER_API_SECRET": "secret", "M3TER_BASE_URL": base_url}


def secrets_in(text: str) -> list[str]:
    """Find the canaries of which six characters in a row are in a text."""
    secrets = {
        name: value.removeprefix("sandbox-")
        for name, value in {**CANARIES, "HTTPS_PROXY": PROXY_PASSWORD}.items()
    }
    return [
        name
        for name, value in secrets.items()
        if any(value[at : at + 6] in text for at in range(len(value) - 5))
    ]
