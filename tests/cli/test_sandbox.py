"""`callerid sandbox`, as people run it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from support.commands import CALLERID

from callerid.cli import main, sandbox
from callerid.config import PLATFORM_TITLES, SETTINGS
from callerid.sandbox import library
from callerid.sandbox.schema_file import schema_text
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

_SHOW = "import os; print(*sorted(n for n in os.environ if n[:4] in ('CSP_', 'M3TE')))"
_ASK = """
import os, urllib.request, urllib.error
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    opener.open(os.environ["CSP_BASE_URL"] + "/asked")
except urllib.error.HTTPError as error:
    error.close()
"""
_SIZE = """
import os, sys
names = sorted(n for n in os.environ if n[:4] in ('CSP_', 'M3TE'))
print(len(names), *[n for n in names if n.endswith(('TOKEN', 'SECRET'))])
sys.exit(len(names))
"""
_WAIT = """
import signal, sys
codes = {signal.SIGINT: 41, signal.SIGTERM: 42}
signal.pthread_sigmask(signal.SIG_BLOCK, codes)
print("ready", flush=True)
sys.exit(codes[signal.sigwait(codes)])
"""
"""Waits for a signal; one that came just before a sleep would be noticed after it."""


def _environ(**more: str) -> dict[str, str]:
    settings = {name for setting in SETTINGS for name in setting.variables}
    return {name: value for name, value in os.environ.items() if name not in settings} | more


def _call(*args: str) -> Result:
    """Call it in this process: for what starts no server."""
    return CliRunner().invoke(main, ["sandbox", *args])


def _run(*args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [*CALLERID, "sandbox", *args],
        capture_output=True,
        check=False,
        env=_environ(**environ),
        input="from stdin",
        text=True,
        timeout=30,
    )


def _start(*args: str, **environ: str) -> subprocess.Popen[str]:
    """Start it in a session of its own, away from the terminal of whoever runs the tests."""
    return subprocess.Popen(  # noqa: S603 - our own command
        [*CALLERID, "sandbox", *args],
        env=_environ(**environ),
        start_new_session=True,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_list_names_every_caller_and_its_platforms() -> None:
    """`--list` names every caller, its platform and who it is."""
    done = _call("--list")
    assert (done.exit_code, done.stderr) == (0, "")
    rows = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    assert {name: (platforms, text) for name, platforms, text in rows} == {
        name: ("+".join(caller.platforms), caller.description)
        for name, caller in library.built_in().items()
    }
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_list_of_awkward_names(tmp_path: Path) -> None:
    """Long names and texts wrap within 80 columns, and nothing of them moves the cursor."""
    long, text = "caller-" * 20, f"{'word ' * 40}\\x1b[31m"
    for name in (long, "short", "red\x1b[31m"):
        written = f'extends: owner\ndescription: "{text}"\n'
        (tmp_path / f"{name}.yaml").write_text(written, "utf-8")
    for done in (
        _call("--scenario", str(tmp_path), "--list"),
        _call("--scenario", str(tmp_path), "--describe", "short"),
    ):
        assert done.exit_code == 0
        lines = [line for line in done.stdout.splitlines() if long not in line]
        assert max(map(len, lines)) <= 80 or str(tmp_path) in max(lines, key=len)
        assert "\x1b" not in done.stdout
        assert "\\x1b[31m" in done.stdout


@pytest.mark.parametrize("name", library.built_in())
def test_describe_fits_80_columns_and_shows_no_credential(name: str) -> None:
    """`--describe` fits into 80 columns and shows no credential."""
    done = _call("--describe", name)
    caller = library.built_in()[name]
    assert (done.exit_code, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert done.stdout.startswith(f"{name}: {caller.description}\n")
    assert f"{name}.yaml (built in)" in done.stdout
    assert "sandbox-" not in done.stdout
    for platform in caller.platforms:
        assert f"\n\n{PLATFORM_TITLES[platform]}\n" in done.stdout


def test_describe_shows_everything_about_a_caller(tmp_path: Path) -> None:
    """Where it comes from, both platforms, each organization, roles, faults, limits, switches."""
    faults = "[{endpoint: token, status: 503, times: 2}, {endpoint: '*', drop: true, after: 1}]"
    (tmp_path / "me.yaml").write_text(
        "extends: both\n"
        "recordedAt: '2026-03-01T12:00:00Z'\n"
        "m3ter:\n"
        "  userDetails: {dtEndAccess: now+36h}\n"
        "  requestsPerSecond: 5\n"
        f"  faults: {faults}\n"
        "  behaviour: {unauthorizedStatus: 401}\n"
        "csp:\n"
        "  info:\n"
        "    userOrgInfo:\n"
        "      - name: acme\n"
        "        orgRoles: [{name: old, expiresAt: 1577836800000}, {name: odd, expiresAt: soon}]\n"
        "        servicesDef: [{roles: [{name: vast, expiresAt: 1e99}, {name: back,"
        " expiresAt: nowMs-90s}]}]\n",
        "utf-8",
    )
    done = _call("--scenario", str(tmp_path), "--describe", "me")
    facts = [line.strip() for line in done.stdout.splitlines()]
    for fact in (
        "extends        both.yaml (built in), person.yaml (built in)",
        "recorded       2026-03-01T12:00:00Z",
        "who            Ada Lovelace, ada@example.com",
        "principal      a person",
        "signs in with  a ready token (M3TER_API_TOKEN)",
        "organization   3f2b6a0e-6d5c-4f0e-9a51-7c2d90b1e4a8 (Acme Production)",
        "roles          Administrator: ends 36 h after the sandbox starts",
        "also in        64b8e2d7-0c35-4f1a-9e86-a1d7c3f05b29 (Acme Sandbox)",
        "roles          Read Config: never ends",
        "faults         token: status 503, times 2",
        "*: drop, after 1",
        "limits         requestsPerSecond 5",
        "behaviour      unauthorizedStatus 401",
        "signs in with  an API token (CSP_API_TOKEN)",
        "roles          back: ended 90 s before the sandbox starts, not in the token",
        "odd: ends soon, not in the token",
        "old: ended 2020-01-01, not in the token",
        "vast: never ends, not in the token",
    ):
        assert fact in facts


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("app", "principal      a machine"),
        ("app", "csp:org_member: as the token says"),
        ("service-user", "who            deploy-pipeline"),
        ("refused", "roles          refused (HTTP 403)"),
        ("csp-sample", "roles          string: never ends"),
    ],
)
def test_describe_each_kind(name: str, fact: str) -> None:
    """Machines are machines, and what the API refuses is said to be refused."""
    assert fact in _call("--describe", name).stdout


def test_describe_needs_a_caller() -> None:
    """An unknown name is told with the nearest."""
    done = _call("--describe", "ownr")
    assert done.exit_code == 1
    assert "no caller ownr. Did you mean owner?" in done.stderr


def test_the_schema_option_prints_the_scenario_schema() -> None:
    """`--schema` prints the JSON schema of scenario files."""
    done = _call("--schema")
    assert (done.exit_code, done.stdout) == (0, schema_text())


def test_several_callers() -> None:
    """A command runs once per caller under a heading on stderr; the worst exit code is ours."""
    done = _run("--as", "person", "--as", "app", "--as", "owner", "--", sys.executable, "-c", _SIZE)
    assert done.returncode == 4
    assert done.stdout == "3 M3TER_API_TOKEN\n4 CSP_CLIENT_SECRET\n3 CSP_API_TOKEN\n"
    assert done.stderr == (
        "==> person <==\n\n==> app <==\n\n==> owner <==\n\nExit codes: person 3, app 4, owner 3.\n"
    )


def test_several_callers_ask_one_sandbox() -> None:
    """All runs have the same address, and `--verbose` shows the requests of each below it."""
    done = _run("-v", "--as", "owner", "--as", "member", "--", sys.executable, "-c", _ASK)
    asked = "==> {} <==\nGET /asked 404\n\n"
    codes = "Exit codes: owner 0, member 0.\n"
    assert done.stderr == asked.format("owner") + asked.format("member") + codes


def test_one_unknown_caller_stops_them_all() -> None:
    """A name that is not a caller's is told before anything runs."""
    done = _run("--as", "owner", "--as", "membre", "--", sys.executable, "-c", "print('ran')")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no caller membre. Did you mean member? It has: app, both," in done.stderr


def test_a_missing_command_is_reported_once() -> None:
    """What cannot be run for one caller is not tried for the next."""
    done = _run("--as", "owner", "--as", "member", "--", "no-such-command")
    told = "Error: There is no command no-such-command. Check its name and PATH.\n"
    assert (done.returncode, done.stderr) == (127, f"==> owner <==\n{told}")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_after_a_signal_no_further_caller_runs(sent: signal.Signals, code: int) -> None:
    """No further caller follows a run that a signal ended, even if that run ends well."""
    waiting = _WAIT.replace("41", "0").replace("42", "0")
    with _start("--as", "owner", "--as", "member", "--", sys.executable, "-c", waiting) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(sent)
        rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest) == (code, "")
    assert errors == "==> owner <==\n\nExit codes: owner 0.\n"


def test_a_command_runs_as_the_caller_alone() -> None:
    """A command runs as the caller alone, whatever the environment said before."""
    done = _run("--as", "owner", "--", sys.executable, "-c", _SHOW, M3TER_API_KEY="mine")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["CSP_API_TOKEN", "CSP_BASE_URL", "CSP_ORG_ID"]


def test_streams_and_exit_code_pass_through() -> None:
    """stdin, stdout, stderr and the exit code are the command's own, and so are its options."""
    program = "import sys; print(sys.stdin.read()); sys.stderr.write('oh'); sys.exit(7)"
    done = _run("--as", "person", sys.executable, "-c", program)
    assert (done.returncode, done.stdout, done.stderr) == (7, "from stdin\n", "oh")


def test_verbose_shows_what_was_asked() -> None:
    """`--verbose` prints method, path and status to stderr."""
    done = _run("-v", "--as", "owner", "--", sys.executable, "-c", _ASK)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "GET /asked 404\n")


def test_verbose_shows_of_an_id_that_is_none_its_length() -> None:
    """A secret in the wrong variable is in no log; a UUID is shown whole."""
    whoami = ("--", sys.executable, "-c", f"from callerid.cli import main; main({['whoami']!r})")
    done = _run("-v", "--as", "person", *whoami)
    assert "GET /organizations/3f2b6a0e-6d5c-4f0e-9a51-7c2d90b1e4a8/users/me 200" in done.stderr
    done = _run("-v", "--as", "person", *whoami[:-1], _MISPLACED)
    assert "GET /organizations/qz…(16 characters, no UUID)/users/me 403\n" in done.stderr
    assert "qzvexq" not in done.stderr


_MISPLACED = """
import os
os.environ["M3TER_ORG_ID"] = "qzvexqua-jorbin9"
from callerid.cli import main, sandbox
main(["whoami"])
"""


def test_command_not_found() -> None:
    """A command that is not there is 127 and a line that says so."""
    done = _run("--as", "owner", "--", "no-such-command")
    told = "Error: There is no command no-such-command. Check its name and PATH.\n"
    assert (done.returncode, done.stderr) == (127, told)


def test_command_not_executable(tmp_path: Path) -> None:
    """A command that cannot be run is 126 and a line that says why."""
    done = _run("--as", "owner", "--", str(tmp_path))
    told = f"Error: {tmp_path} cannot be run: Permission denied.\n"
    assert (done.returncode, done.stderr) == (126, told)


def test_unknown_caller() -> None:
    """An unknown name is an error that lists the names and says which is nearest."""
    done = _call("--as", "ownr", "--", "true")
    assert done.exit_code == 1
    assert "no caller ownr. Did you mean owner? It has: app, both, csp-sample, expir" in done.stderr


def test_command_without_caller() -> None:
    """A command needs a caller."""
    done = _call("--", "true")
    assert done.exit_code == 2
    assert "Add --as NAME" in done.stderr


_CHOOSE = """
import json, os
from callerid import get_current_user
callers = json.loads(os.environ["TF_VAR_callerid_sandbox"])
print(*sorted(n for n in os.environ if n[:4] in ('CSP_', 'M3TE')), len(callers))
for name, settings in callers.items():
    if name in ("owner", "person"):
        print(get_current_user(**settings).display_name)
"""


def test_a_command_that_chooses_among_callers() -> None:
    """`--all` gives the settings of every caller and the base URLs, and no credential."""
    done = _run("--all", "--", sys.executable, "-c", _CHOOSE, CSP_API_TOKEN="mine")
    count = len(library.built_in())
    assert done.stdout == f"CSP_BASE_URL M3TER_BASE_URL {count}\nGrace Hopper\nAda Lovelace\n"
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("args", [["--all"], ["--all", "--as", "owner", "--", "true"]])
def test_all_callers_are_for_one_command(args: list[str]) -> None:
    """Without a command they are nobody's, and beside `--as` it is unclear who runs it."""
    done = _call(*args)
    assert done.exit_code == 2
    assert "--all runs a COMMAND, and takes no --as" in done.stderr


def test_a_scenario_file_of_ones_own_can_be_used(tmp_path: Path) -> None:
    """`--scenario` replaces the built-in callers; a mistake in it is one line."""
    path = tmp_path / "me.yaml"
    path.write_text("description: nobody", "utf-8")
    done = _call("--scenario", str(tmp_path), "--list")
    assert done.exit_code == 1
    assert done.stderr == f"Error: {path}:1: top level: expected one of m3ter, csp, or several\n"


@pytest.mark.parametrize("library", ["starlette", "uvicorn", "yaml"])
def test_missing_library(library: str) -> None:
    """Without the extra it says what to install, in a line."""
    program = f"import sys; sys.modules[{library!r}] = None; {CALLERID[2]}"
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", program, "sandbox", "--as", "owner", "--", "true"],
        capture_output=True,
        check=False,
        text=True,
        timeout=30,
    )
    told = f'Error: The sandbox needs {library}: pip install "callerid[sandbox]"\n'
    assert (done.returncode, done.stderr) == (1, told)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 41), (signal.SIGTERM, 42)])
def test_signals_reach_the_command(sent: signal.Signals, code: int) -> None:
    """A signal to us goes on to the command, whose exit code stays ours."""
    with _start("--as", "owner", "--", sys.executable, "-c", _WAIT) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(sent)
        assert process.wait(10) == code


def test_killed_command() -> None:
    """A command that a signal ended is 128 and the signal's number, as in a shell."""
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert _run("--as", "owner", "--", sys.executable, "-c", program).returncode == 137


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_serve_until_told_to_stop(sent: signal.Signals) -> None:
    """It says where it listens and what to paste, and ends quietly, at once, with 0."""
    with _start("--as", "service-user", "--verbose", CSP_URL="x") as process:
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        first = next(lines)
        assert "listens on http://127.0.0.1:" in first
        text = first + "".join(_until_last(lines))
        assert "  unset CSP_URL\n" in text
        assert "  export M3TER_API_SECRET=sandbox-m3ter-secret-service-user\n" in text
        began = time.perf_counter()
        process.send_signal(sent)
        rest, errors = process.communicate(timeout=10)
        assert (process.returncode, rest, errors) == (0, "", "")
        assert time.perf_counter() - began < 3


def test_serving_several_names() -> None:
    """Without a command the variables of each of the callers are printed."""
    with _start("--as", "owner", "--as", "person") as process:
        assert process.stdout
        text = "".join(_until_last(iter(process.stdout.readline, "")))
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
    assert "To be owner in another shell" in text
    assert "  export CSP_API_TOKEN=sandbox-csp-api-token-owner\n" in text
    assert "  export M3TER_API_TOKEN=sandbox-m3ter-token-person\n" in text
    assert text.endswith("callerid sandbox --as owner --as person -- pulumi preview\n")


def _until_last(lines: Iterator[str]) -> list[str]:
    found: list[str] = []
    while not found or "in one go" not in found[-1]:
        found.append(next(lines))
    return found


@pytest.mark.parametrize("verbose", [True, False])
def test_requests_are_forgotten(capsys: pytest.CaptureFixture[str], *, verbose: bool) -> None:
    """Printed or not: a sandbox that a team shares may be asked for weeks."""
    with Sandbox.start() as running:
        for _ in range(2):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"{running.url}/asked")  # noqa: S310 - our own
            refused.value.close()
            sandbox._print_requests(running, verbose=verbose)  # noqa: SLF001 - what serving calls
            assert running.requests == []
    assert capsys.readouterr().err == "GET /asked 404\n" * 2 * verbose
