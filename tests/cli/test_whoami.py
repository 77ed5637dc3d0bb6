"""`callerid whoami`, as people and pipelines run it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support import bodies, callers, commands
from support.api import json_reply

if TYPE_CHECKING:
    from support.api import Api


def test_whoami_describes_a_person(api: Api) -> None:
    """A name and a value a line: who, of which kind, where, by which credential."""
    api.on(bodies.ME, json_reply(bodies.person()))
    done = commands.call("whoami", **commands.m3ter(api))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "who           Ada Lovelace",
        "kind          person",
        "e-mail        ada@example.com",
        f"id            {bodies.ADA}",
        "platform      m3ter",
        f"organization  Acme ({bodies.ORG})",
        "credential    environment M3TER_API_TOKEN",
    ]


def test_whoami_describes_a_machine(api: Api) -> None:
    """What the API does not tell has no line; an organization without a name has its id."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    done = commands.call("whoami", **commands.m3ter(api))
    assert done.stdout.splitlines() == [
        "who           deploy",
        "kind          machine",
        f"id            {bodies.ADA}",
        "platform      m3ter",
        f"organization  {bodies.ORG}",
        "credential    environment M3TER_API_TOKEN",
    ]


def test_platform_and_organization_are_options(api: Api) -> None:
    """`--platform` settles which of two credentials counts, `--org` beats the environment."""
    api.on(bodies.INFO, json_reply(bodies.info()))
    environ = {**commands.m3ter(api), **commands.csp(api), "CSP_ORG_ID": "another"}
    undecided = commands.call("whoami", **environ)
    assert undecided.exit_code == 1
    assert "more than one platform" in undecided.stderr
    done = commands.call("whoami", "--platform", "csp", "--org", bodies.ORG, **environ)
    assert done.exit_code == 0
    assert "username      grace@example.com\n" in done.stdout
    assert "platform      VMware Cloud Services\n" in done.stdout


def test_json_is_the_functions_own_answer_byte_for_byte(api: Api) -> None:
    """Indented, sorted by name, UTF-8 and line feeds, whatever the locale; nothing on stderr."""
    api.on(bodies.ME, json_reply(bodies.person(firstName="Zoë 🚀", lastName="\x1b[31m")))
    environ = commands.m3ter(api)
    core = callers.core({"m3terBaseUrl": api.url, "m3terOrgId": bodies.ORG, "m3terApiToken": "x"})
    answer = core.call("getCurrentUser", {})
    core.close()
    answer["credentialSource"] = "environment M3TER_API_TOKEN"
    done = commands.run("whoami", "--json", **environ, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    written = json.dumps(answer, indent=2, ensure_ascii=False, sort_keys=True)
    assert done.stdout == f"{written}\n"
    assert '"firstName": "Zoë 🚀"' in done.stdout


def test_names_from_outside_are_shown_not_obeyed(api: Api) -> None:
    """Control characters are written out, brackets and colons are no markup, nothing is cut."""
    name = "[red]x[/red] :smile: \x1b[2J\r\n\u202eend" + "long " * 100
    api.on(bodies.ME, json_reply(bodies.person(firstName=name)))
    done = commands.call("whoami", **commands.m3ter(api))
    first = done.stdout.splitlines()[0]
    assert first.startswith(r"who           [red]x[/red] :smile: \x1b[2J\r\n\u202eendlong")
    assert first.count("long") == 100


def test_a_name_that_the_locale_cannot_write_is_escaped(api: Api) -> None:
    """No traceback where stdout is ASCII."""
    api.on(bodies.ME, json_reply(bodies.person(firstName="Zoë", lastName="")))
    done = commands.run("whoami", **commands.m3ter(api), PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("who           Zo\\xeb\n")


def test_a_failed_call_is_exit_code_1_and_nothing_on_stdout(api: Api) -> None:
    """The error's own text, also with `--json`."""
    api.on(bodies.ME, json_reply({}, 401))
    for options in ([], ["--json"]):
        done = commands.call("whoami", *options, **commands.m3ter(api))
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.startswith("Error: m3ter refused the bearer token (HTTP 401).\nCheck ")


def test_without_a_credential() -> None:
    """Exit code 1 and the sentence of the house."""
    done = commands.call("whoami")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: callerid has no credential. For m3ter set ")


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (["--platform", "aws"], "'aws' is not one of 'm3ter', 'csp'."),
        (["--platform", "m3tr"], "'m3tr' is not one of 'm3ter', 'csp'. Did you mean m3ter?"),
        (["--org", ""], "The argument orgId of getCurrentUser must be left out"),
        (["--org", ".."], "An organization id cannot be dots alone. Check --org."),
        (["--jsn"], "No such option"),
    ],
)
def test_wrong_use_is_exit_code_2(api: Api, args: list[str], error: str) -> None:
    """And nothing is asked."""
    done = commands.call("whoami", *args, **commands.m3ter(api))
    assert (done.exit_code, done.stdout, api.seen) == (2, "", [])
    assert error in done.stderr


def test_warnings_about_settings_come_first(api: Api) -> None:
    """On stderr, before what goes wrong."""
    api.on(bodies.ME, json_reply(bodies.person()))
    environ = {**commands.m3ter(api), "M3TER_API_KEY": "canary-key"}
    done = commands.call("whoami", **environ)
    assert done.exit_code == 0
    assert done.stderr.startswith("warning: m3ter: environment M3TER_API_KEY is half a pair.")


def test_whoami_imports_neither_grpc_nor_pulumi(api: Api) -> None:
    """Neither gRPC, nor the sandbox's libraries, nor pulumi."""
    api.on(bodies.ME, json_reply(bodies.person()))
    program = (
        "import sys; from callerid.cli import main\n"
        "try: main(['whoami'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'grpc', 'google.protobuf', 'yaml', 'starlette', 'uvicorn', 'pulumi'}"
        ".intersection(sys.modules)), file=sys.stderr)"
    )
    done = commands.run_python(program, **commands.m3ter(api))
    assert (done.returncode, done.stderr) == (0, "[]\n")
