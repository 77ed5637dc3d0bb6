"""A real program, the real SDK, the real provider; callerid's engine in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.testing import UNKNOWN, LogLine, Secret, preview

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from callerid.sandbox.server import Sandbox

    Caller = Callable[[str], dict[str, str]]


def test_results_of_a_program_come_back_as_plain_values(programs: Path, caller: Caller) -> None:
    """Exports, Invokes and log lines of an unchanged program come back as plain values."""
    result = preview(programs / "whoami", environ=caller("owner"), config={"greeting": "Hi"})
    assert result.error is None
    assert result.exports["greeting"] == "Hi, Grace Hopper"
    assert "org_owner" in result.exports["roles"]
    assert result.exports["nested"] == {"preview": True, "list": [1, 2.5, None]}
    assert result.exports["secret"] == {"inner": Secret("hush")}
    assert [each.token.rpartition(":")[2] for each in result.invokes] == [
        "getCurrentUser",
        "getUserOrgRoles",
    ]
    assert result.invokes[0].result
    assert result.invokes[0].result["displayName"] == "Grace Hopper"
    assert result.logs == (LogLine("warning", "a warning of the program"),)
    assert (result.resources, result.output) == ((), "")


def test_explicit_providers(programs: Path, sandbox: Sandbox, caller: Caller) -> None:
    """An explicit provider has its own settings; unknown ones mean `{}` and no question asked."""
    variables = sandbox.environment("service-user")
    sandbox.requests.clear()
    config = {
        "url": sandbox.url,
        "key": variables["M3TER_API_KEY"],
        "secret": variables["M3TER_API_SECRET"],
        "organization": variables["M3TER_ORG_ID"],
    }
    result = preview(
        programs / "explicit", config=config, secrets={"key", "secret"}, environ=caller("owner")
    )
    assert result.error is None
    assert result.exports == {
        "id": UNKNOWN,
        "name": "deploy-pipeline",
        "nobody": {},
        "nothing": UNKNOWN,
    }
    assert {each.name for each in result.resources} == {"known", "unknown"}
    known = next(each for each in result.resources if each.name == "known")
    assert known.inputs["m3terApiKey"] == Secret(config["key"])
    assert sorted(bool(each.result) for each in result.invokes) == [False, True]
    assert not [each for each in sandbox.requests if "csp" in each.path]


def test_pending_dependencies(programs: Path, caller: Caller) -> None:
    """A function that depends on a resource to be created is unknown; on a component it is not."""
    result = preview(programs / "pending", environ=caller("person"))
    assert result.error is None
    assert result.exports == {"after_empty": "Ada Lovelace", "after_full": UNKNOWN}
    assert {each.name: each.custom for each in result.resources} == {
        "empty": False,
        "full": False,
        "child": True,
    }
    child = next(each for each in result.resources if each.name == "child")
    assert child.urn == ("urn:pulumi:dev::pending::tests:index:Group$tests:index:Thing::child")
    assert child.inputs == {"size": 1}


def test_a_secret_in_plain_text(caller: Caller, tmp_path: Path) -> None:
    """The plugin warns of the stack's file, as under the CLI; the answers stay plain values."""
    given = caller("service-user")
    names = {"m3terApiKey": "M3TER_API_KEY", "m3terApiSecret": "M3TER_API_SECRET"}
    names |= {"m3terOrgId": "M3TER_ORG_ID", "m3terBaseUrl": "M3TER_BASE_URL"}
    settings = [f"  callerid:{name}: {given[variable]}" for name, variable in names.items()]
    text = "\n".join(["config:", *settings, ""])
    (tmp_path / "Pulumi.dev.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "Pulumi.yaml").write_text("name: plain\nruntime: python\n", encoding="utf-8")
    (tmp_path / "__main__.py").write_text(_ASKING, encoding="utf-8")
    result = preview(tmp_path, environ={})
    assert (result.error, result.exports) == (None, {"name": "deploy-pipeline"})
    [line] = result.logs
    assert line.severity == "warning"
    assert line.message.startswith("callerid: the secret of m3terApiKey and m3terApiSecret is in ")
    assert given["M3TER_API_SECRET"] not in line.message


_ASKING = """
import pulumi
import pulumi_callerid as callerid

pulumi.export("name", callerid.get_current_user().display_name)
"""


def test_no_credential(programs: Path) -> None:
    """A failing read is the program's error, with the engine's and the SDK's words around it."""
    result = preview(programs / "whoami")
    told = "invocation of callerid:index:getCurrentUser returned an error: callerid has no"
    assert result.error
    assert f"Exception: invoke of callerid:index:getCurrentUser failed: {told}" in result.error
    assert result.invokes[0].error
    assert result.invokes[0].error.startswith(told)


def test_raising_program(programs: Path) -> None:
    """An exception is the run's error, its traceback begins in the program."""
    result = preview(programs / "raising")
    assert result.error
    first, second, third, *_, last = result.error.splitlines()
    assert first == "Program failed with an unhandled exception:"
    assert second == "Traceback (most recent call last):"
    assert third.startswith(f'  File "{programs / "raising" / "__main__.py"}", line 14')
    assert last == "ValueError: something is wrong in here"
    assert result.exports == {"before": 1}


def test_exiting_program(programs: Path) -> None:
    """An exit code is the run's error; what the program printed is kept."""
    result = preview(programs / "exiting")
    assert result.error == "an unhandled error occurred: program exited with non-zero exit code: 3"
    assert result.output == "to stdout\nto stderr\n"


def test_endless_program(programs: Path) -> None:
    """A program that never ends is stopped, and the error says that it is its own doing."""
    result = preview(programs / "endless", timeout=1)
    assert result.error
    assert "did not end within 1 s and was stopped. No call to the engine" in result.error


def test_an_update_makes_up_no_custom_resource(programs: Path, caller: Caller) -> None:
    """Played as an update, no custom resource is made up."""
    result = preview(programs / "pending", environ=caller("person"), preview=False)
    assert result.error
    assert "tests:index:Thing 'child' is to be created; callerid's preview host" in result.error
