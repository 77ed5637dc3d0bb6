"""The doors to the outside: what came from anywhere goes out as text that no terminal obeys."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import bodies, commands
from support.api import json_reply
from support.plugin import spawn

import callerid
from callerid import errors
from callerid.cli.console import json_text, quoted, say_styled
from callerid.config import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.api import Api

PROVIDER = Path(callerid.__file__).parent
HOSTILE = "a\x1b[2J\x07\x7f\x9b\u202e\u2028\u2066\u200f\U000e0041\nError: forged"
"""Erases a screen, rings, is DEL and C1, turns a line, separates lines, hides, and forges one."""

_SURROGATES = 0xD800 >> 11
WRITES = {
    *("abort", "echo", "echo_via_pager", "mkstemp", "print", "print_exc", "secho", "set_details"),
    *("critical", "debug", "error", "exception", "fail", "info", "warning", "write"),
    *("write_bytes", "write_text", "writelines"),
    *("Log", "dump", "log", "print_exception", "send_message"),
}
"""The last name of a call that may send something out of the process."""
NO_WRITES = {
    "client.info",
    "yaml.dump",
    "plain_text.warning",
    "self.fail",
    "dynamic.write",
    "values.write",
}
"""Calls that are only called alike: they return a value, or raise one of click's errors."""
DOORS = {
    "asking/once.py": {"LOG.debug": "through the lines of `frontends/log.py`"},
    "asking/tokens.py": {"LOG.debug": "as above"},
    "asking/wire.py": {"self._plain.write": "a request, to the API"},
    "asking/transport.py": {"LOG.debug": "as above"},
    "frontends/log.py": {"LOG.debug": "as above", "os.write": "those lines, formatted"},
    "library.py": {"LOG.warning": "through `Wording`, which makes it printable"},
    "cli/asking.py": {"sys.exit": "numbers"},
    "cli/preview.py": {"sys.exit": "numbers"},
    "cli/record.py": {"sys.exit": "numbers"},
    "cli/sandbox.py": {"sys.exit": "numbers"},
    "cli/streams.py": {"sys.exit": "the system's words for an error"},
    "cli/console.py": {
        "click.echo": "the door of text and of JSON",
        "console().print": "the door of lines and reports",
        "out.print": "the door of tables, whose cells are lines",
    },
    "frontends/pulumi/engine.py": {"log": "the text of `failures`"},
    "frontends/terraform/server.py": {"stream.send_message": "messages of `methods`, or none"},
    "deriving.py": {"file.write_text": "at development time, a file of ours"},
    "frontends/launchers.py": {"made.write_bytes": "a launcher"},
    "frontends/memory.py": {"os.write": "constant"},
    "frontends/process.py": {
        "os.write": "the line that the host waits for",
        "sys.exit": "the system's words for an error",
    },
    "frontends/pulumi/__main__.py": {"sys.exit": "the name of one of our modules"},
    "frontends/terraform/__main__.py": {"sys.exit": "constant"},
    "frontends/pulumi/schema.py": {"print": "at development time, the schema"},
    "frontends/terraform/schema.py": {"print": "at development time, the schema"},
    "sandbox/schema.py": {"print": "at development time, the schema"},
    "frontends/pulumi/server.py": {"context.abort": "the text of `failures`, or of `lacking`"},
    "frontends/terraform/certificate.py": {
        "os.write": "to a pipe within the process",
        "certificate.write_bytes": "for OpenSSL, in a folder that is gone right after",
        "file.write_bytes": "as above",
    },
    "frontends/terraform/tool.py": {"(folder / 'main.tf.json').write_text": "constant"},
    "recording/file.py": {"mkstemp": "the recording", "opened.write": "the recording"},
    "recording/session.py": {"write": "the recording"},
    "recording/forwarder.py": {"self.wfile.write": "an API's reply, passed on"},
    "sandbox/hangup.py": {"scope['state']['transport'].abort": "cuts a connection"},
    "testing/copied.py": {"file.write_text": "the project's file, copied for a run"},
    "testing/engine.py": {"context.abort": "to the tested program, an error of ours"},
    "testing/mocking.py": {"_LOG.warning": "a warning of ours, for a test"},
    "testing/monitor.py": {"context.abort": "to the tested program, an error of ours"},
    "testing/program.py": {
        "sys.exit": "constant, or a number",
        "sys.stderr.write": "constant",
        "pulumi.log.error": "the program's own traceback, to the host that runs it",
    },
    "testing/stopping.py": {
        "engine_pb2_grpc.EngineStub(channel).Log": "where a program hung, to the host that runs it",
    },
    "testing/pytest_plugin.py": {"pytest.fail": "the text of an error of ours"},
}
"""Every write of the package, and why what came from outside does no harm there."""


def _writes() -> Iterator[tuple[str, str]]:
    for file in sorted(PROVIDER.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                last = name.rpartition(".")[2]
                if (last in WRITES and name not in NO_WRITES) or _says_why_it_exits(last, node):
                    yield file.relative_to(PROVIDER).as_posix(), name


def _says_why_it_exits(name: str, call: ast.Call) -> bool:
    """Tell an exit that may print a text, which is one of anything but numbers that stand there."""
    if name not in {"exit", "SystemExit"}:
        return False
    given = [each.body if isinstance(each, ast.IfExp) else each for each in call.args]
    return not all(isinstance(each, ast.Constant) and type(each.value) is int for each in given)


def test_every_write_is_listed() -> None:
    """A new one goes through a door, or is listed with the reason; what is gone is off it."""
    found = set(_writes())
    listed = {(file, name) for file, names in DOORS.items() for name in names}
    assert sorted(found - listed) == []
    assert sorted(listed - found) == []


def _harmless(text: str) -> bool:
    """Whether a terminal only shows it: nothing in it but what is printable, and line breaks."""
    return all(each.isprintable() or each == "\n" for each in text)


def test_json_is_equal_and_printable() -> None:
    """For every character there is, alone and in names, half surrogates among them."""
    everything = "".join(chr(each) for each in range(sys.maxunicode) if each >> 11 != _SURROGATES)
    for value in (everything, {HOSTILE: [HOSTILE, "\ud800", 1.5, None]}):
        text = json_text(value, indent=2)
        same, harmless = json.loads(text) == value, _harmless(text)
        assert same
        assert harmless
    assert json_text("Löwe 獅子 🦁") == '"Löwe 獅子 🦁"'


@pytest.mark.parametrize("command", ["whoami", "roles", "require"])
@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_a_hostile_name_is_shown(api: Api, command: str, options: list[str]) -> None:
    """Names and roles of an answer, in lines, tables and JSON, whose value stays what it is."""
    info = bodies.info({"name": f"role-{HOSTILE}", "displayName": HOSTILE}, displayName=HOSTILE)
    info["user"].update(firstName=HOSTILE, email=None)
    api.on(bodies.INFO, json_reply(info))
    rule = ["--principal-type", "user"] if command == "require" else []
    done = commands.call(command, *rule, *options, **commands.csp(api))
    assert done.exit_code == 0
    assert "forged" in done.stdout
    assert _harmless(done.output)
    assert "\nError: forged" not in done.output
    if options:
        assert json.loads(done.stdout)["displayName"] == HOSTILE


@pytest.mark.parametrize(
    "words",
    [
        [HOSTILE],
        [f"--{HOSTILE}"],
        ["whoami", f"--{HOSTILE}"],
        ["whoami", HOSTILE],
        ["whoami", "--platform", HOSTILE],
        ["sandbox", "--scenario", HOSTILE, "--list"],
        ["sandbox", "--as", HOSTILE, "--", "true"],
        ["sandbox", "--as", "person", "--", HOSTILE],
        ["sandbox", "--describe", HOSTILE],
        ["preview", HOSTILE],
        ["record", "--output", f"{HOSTILE}.yaml"],
        ["install", "terraform", "--mirror", HOSTILE, "--uninstall"],
        ["completion", HOSTILE],
    ],
    ids=lambda words: " ".join(ascii(word)[1:-1][:9] for word in words),
)
def test_the_command_line_is_shown(words: list[str]) -> None:
    """Words that are repeated in an error, by click or by us."""
    done = commands.call(*words, PULUMI_HOME="")
    assert done.output
    assert _harmless(done.output)


@pytest.mark.parametrize(
    "text",
    [
        f"description: x\n{json.dumps(HOSTILE)}: 1\n",
        f"description: x\nm3ter: {{{json.dumps(HOSTILE)}: 1}}\n",
        f"description: x\n{json.dumps(HOSTILE)}: 1\n{json.dumps(HOSTILE)}: 2\n",
        f"extends: {json.dumps(HOSTILE)}\n",
        f"extends: {json.dumps(HOSTILE + '.yaml')}\n",
        f"description: !{HOSTILE[:4]!r} x\n",
    ],
)
def test_a_scenarios_mistake_is_one_line(tmp_path: Path, text: str) -> None:
    """A key or a name in it can neither obey nor begin a line."""
    file = tmp_path / "me.yaml"
    file.write_text(text, "utf-8")
    done = commands.call("sandbox", "--scenario", str(file), "--list")
    assert done.exit_code == 1
    assert _harmless(done.output)
    assert len(done.output.splitlines()) == 1


@pytest.mark.parametrize("words", [["--list"], ["--describe", "me"]], ids=" ".join)
def test_a_scenarios_texts_are_shown(tmp_path: Path, words: list[str]) -> None:
    """What a file says about its caller."""
    hostile = json.dumps(HOSTILE)
    file = tmp_path / "me.yaml"
    file.write_text(f"extends: person\ndescription: {hostile}\n", "utf-8")
    done = commands.call("sandbox", "--scenario", str(file), *words)
    assert done.exit_code == 0
    assert "forged" in done.output
    assert _harmless(done.output)


def test_a_listing_of_hostile_files(tmp_path: Path) -> None:
    """The names of files are the names of callers."""
    file = tmp_path / "\x1b[2J\u202e.yaml"
    file.write_text("extends: person\n", "utf-8")
    for words in (["--list"], ["--describe", file.stem]):
        done = commands.call("sandbox", "--scenario", str(tmp_path), *words)
        assert done.exit_code == 0
        assert _harmless(done.output)


def test_the_engine_is_told_harmless_texts() -> None:
    """Reasons of CheckConfig, refusals of functions, arguments, settings and resources."""
    with spawn() as plugin:
        reasons = [each.reason for each in plugin.check_config(**{HOSTILE: "x"}).failures]
        told = [plugin.refusal(HOSTILE)[1], plugin.refusal("getCurrentUser", **{HOSTILE: 1})[1]]
    assert len(reasons) == 1
    for text in (*reasons, *told):
        assert "forged" in text
        assert _harmless(text)
        assert "\nError: forged" not in text


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_no_reason_repeats_a_value(name: str) -> None:
    """Whatever a setting is set to."""
    with spawn() as plugin:
        for failure in plugin.check_config(**{name: f"{{{HOSTILE}"}).failures:
            assert _harmless(failure.reason)
            assert "forged" not in failure.reason


@pytest.mark.parametrize("kind", [each for each in vars(errors).values() if isinstance(each, type)])
def test_every_error_is_printable(kind: Any) -> None:
    """As an exception too, for scripts that print it."""
    if issubclass(kind, errors.CalleridError):
        assert _harmless(str(kind(HOSTILE)))


def test_a_record_of_the_log_cannot_be_forged() -> None:
    """What begins at the margin is a record of ours."""
    script = (
        "from callerid.frontends import log\n"
        "log.to_stderr()\n"
        f"log.LOG.debug('api path=%s', {HOSTILE!r})\n"
        "try: {}['']\n"
        "except KeyError as error: log.bug(error)\n"
    )
    lines = commands.run_python(script).stderr.splitlines()
    assert sum(" callerid " in line for line in lines) == 2
    assert all(" callerid " in line or line.startswith("    ") for line in lines)
    assert _harmless("".join(lines))


def test_styles_pass_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    """A report of previews is coloured by us alone."""
    say_styled(f"\x1b[31mred\x1b[0m {HOSTILE}")
    assert capsys.readouterr().out.startswith("red a\\x1b[2J\\x07")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
@pytest.mark.parametrize("text", ["plain", "two words", "it's", HOSTILE, "\udcff"])
def test_a_word_for_a_shell_is_printable(text: str) -> None:
    """And it is the same word when it is pasted."""
    assert quoted(text).isprintable()
    pasted = subprocess.run(  # noqa: S603 - a shell, which is what the word is for
        ["/bin/bash", "-c", f"printf %s {quoted(text)}"], capture_output=True, check=True
    )
    assert pasted.stdout == text.encode(errors="surrogateescape")
