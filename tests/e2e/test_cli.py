"""The real Pulumi CLI, end to end: programs that ask callerid, and what they are told."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.pulumi import ENDED

from callerid.launch import PLUGIN_NAME
from callerid.recording.session import Wishes, record
from callerid.sandbox import library
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from support.pulumi import Cli

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "python"
PROGRAMS = Path(__file__).parent / "programs"
DECLARING = PROGRAMS / "declaring"
EXPLICIT = PROGRAMS / "explicit"
GUARDING = PROGRAMS / "guarding"
BAD_PROVIDER = ROOT / "tests" / "programs" / "bad_provider"
VALUES = PROGRAMS / "values"
WHOAMI = ROOT / "tests" / "programs" / "whoami"
OWN = "warning: a warning of the program"
"""What this program itself tells."""
UP = ("up", "--yes", "--skip-preview")


def test_every_kind_of_run(owner: Cli, tmp_path: Path) -> None:
    """The example takes the owner's branch, stores the answers, finds the same ones and goes.

    None of the runs prints a warning or an error of anybody's, as JSON neither.
    """
    project = owner.project(EXAMPLE, tmp_path)
    assert "diagnostics" not in project.json("preview", "--json")
    said = project.must("preview").said
    assert 'branch : "administrator"' in said
    assert 'caller : "Grace Hopper"' in said
    project.must("up", "--yes")
    outputs = project.json("stack", "output", "--json")
    assert (outputs["branch"], outputs["organization"]) == ("administrator", "acme-platform")
    project.must(*UP, "--expect-no-changes")
    project.must("refresh", "--yes")
    project.must("destroy", "--yes")


def test_a_plugin_on_path_would_be_noticed(owner: Cli, tmp_path: Path) -> None:
    """Where one stands on PATH the engine warns in every run, and these tests see it."""
    folder = tmp_path / "ambient"
    folder.mkdir()
    shutil.copy(owner.plugin, folder)
    path = os.pathsep.join([str(folder), owner.environ["PATH"]])
    project = owner.with_(PATH=path).project(WHOAMI, tmp_path)
    using = f"warning: using {PLUGIN_NAME} from $PATH at {folder}"
    project.must("preview", told=[using, OWN])


def test_a_plugin_that_is_not_installed(cli: Cli, tmp_path: Path) -> None:
    """The engine's own advice, which leads nowhere, is the one that troubleshooting explains."""
    empty = cli.with_(PULUMI_HOME=str(tmp_path / "home")).project(WHOAMI, tmp_path)
    done = empty.run("preview")
    page = " ".join((ROOT / "docs" / "troubleshooting.md").read_text("utf-8").split())
    advice = "Could not automatically download and install resource plugin"
    assert done.code != 0
    for text in (advice, "install the plugin using `pulumi plugin install resource callerid v"):
        assert text in done.said
        assert text in page


def test_secret_settings_of_a_provider(cli: Cli, tmp_path: Path, sandbox: Sandbox) -> None:
    """An explicit provider's credential decides, and is nowhere but encrypted in the state."""
    given = sandbox.environment("service-user")
    key, secret = given["M3TER_API_KEY"], given["M3TER_API_SECRET"]
    project = cli.project(EXPLICIT, tmp_path)
    project.must("config", "set", "url", sandbox.url)
    project.must("config", "set", "organization", given["M3TER_ORG_ID"])
    project.must("config", "set", "--secret", "key", given=key)
    project.must("config", "set", "--secret", "secret", given=secret)
    said = project.must(*UP).said
    assert 'name : "deploy-pipeline"' in said
    assert 'source: "provider setting m3terApiKey"' in said
    stored = _provider_in_state(tmp_path)
    assert "ciphertext" in stored["m3terApiKey"]
    assert "ciphertext" in stored["m3terApiSecret"]
    places = [said, *_texts(tmp_path), *_texts(cli.home)]
    assert [place for place in places if key in place or secret in place] == []


def test_whole_answers_are_values(owner: Cli, tmp_path: Path) -> None:
    """A resource keeps one as it was exported, JSON tells the same, and so does the next run."""
    project = owner.project(VALUES, tmp_path)
    project.must(*UP)
    project.must(*UP, "--expect-no-changes")
    outputs = project.json("stack", "output", "--json")
    for form in ("plain", "output"):
        whole = outputs[f"{form}-whole"]
        assert whole["displayName"] == "Grace Hopper"
        assert outputs[f"{form}-kept"] == whole
        assert outputs[f"{form}-org"] == whole["orgId"]
        told = json.loads(outputs[f"{form}-json"])
        assert [each["name"] for each in told["roles"]] == [each["name"] for each in whole["roles"]]
        assert told["role_names"] == whole["roleNames"]


def test_a_refusal_stops_the_preview(owner: Cli, tmp_path: Path) -> None:
    """The CLI prints it whole, without a traceback, and fails."""
    refusal = "error: callerid: grace@example.com (person, VMware Cloud Services) may not run this"
    done = owner.project(GUARDING, tmp_path).fail("preview", told=[refusal, ENDED])
    assert "nearest fix: ask an administrator of the organization for the role Admin" in done.said
    assert "Traceback" not in done.said


def test_a_refusal_that_warns(owner: Cli, tmp_path: Path) -> None:
    """The CLI prints it as a warning, and the program goes on."""
    project = owner.project(GUARDING, tmp_path)
    project.must("config", "set", "onRefusal", "warn")
    said = project.must("preview", told=["warning: callerid: grace@example.com (person"]).said
    assert "allowed: false" in said


def test_unknown_setting(cli: Cli, tmp_path: Path) -> None:
    """A misspelt setting fails the preview with the nearest name, and without its value."""
    project = cli.project(DECLARING, tmp_path)
    project.must("config", "set", "setting", "m3terApiSecrt")
    project.must("config", "set", "value", "value-canary")
    problem = "error: pulumi:providers:callerid resource 'declared' has a problem: callerid has no "
    done = project.fail("preview", told=[f"{problem}provider setting m3terApiSecrt. Did you mean"])
    assert "m3terApiSecrt. Did you mean m3terApiSecret?" in done.said
    assert "value-canary" not in done.said


@pytest.mark.parametrize("form", ["plain", "output", "secret"])
def test_a_wrong_setting_in_python(owner: Cli, tmp_path: Path, form: str) -> None:
    """The SDK's sentence, with Python's name, is all that is said: no line of the SDK's host."""
    project = owner.project(BAD_PROVIDER, tmp_path)
    project.must("config", "set", "form", form)
    done = project.run("preview")
    assert done.code != 0
    told = "provider setting m3ter_base_url must be an https URL (http for a loopback address)"
    diagnostics = done.stdout.partition("Diagnostics:")[2].partition("Resources:")[0].split("\n")
    said = [line.strip() for line in diagnostics if line.strip()]
    assert said == [
        "pulumi:pulumi:Stack (bad_provider-dev):",
        f"error: {told} without query.",
        "error: an unhandled error occurred: program exited with non-zero exit code: 1",
    ]
    assert "Traceback" not in done.said
    assert "KeyboardInterrupt" not in done.said


def test_a_wrong_argument_in_python(owner: Cli, tmp_path: Path) -> None:
    """A set where a list belongs: a sentence, and no traceback."""
    project = owner.project(GUARDING, tmp_path)
    project.must("config", "set", "roles", "a set")
    done = project.run("preview")
    assert done.code != 0
    assert "error: The argument any_roles of require_caller must be a list." in done.said
    assert "Traceback" not in done.said


def test_no_credential(cli: Cli, tmp_path: Path) -> None:
    """Without a credential the preview fails, and says which ones would do."""
    project = cli.project(WHOAMI, tmp_path)
    told = "invocation of callerid:index:getCurrentUser returned an error: callerid has no "
    done = project.run("preview")
    assert (done.code != 0, told in done.said) == (True, True)
    assert "callerid has no credential. For m3ter set m3terApiKey" in done.said


def _provider_in_state(folder: Path) -> dict[str, dict[str, str]]:
    """Read the inputs of the one provider in the one state file below a folder."""
    [file] = (folder / "state").glob(".pulumi/stacks/*/dev.json")
    resources = json.loads(file.read_text(encoding="utf-8"))["checkpoint"]["latest"]["resources"]
    [found] = [each for each in resources if each["urn"].endswith("::machine")]
    inputs: dict[str, dict[str, str]] = found["inputs"]
    return inputs


def _texts(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.read_text(encoding="utf-8", errors="replace") for path in files]


def test_recorded_answers_count_in_previews_alone(
    cli: Cli, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The CLI says on each call whether it previews; an update with a replay fails."""
    file = tmp_path / "recorded.yaml"
    wishes = Wishes(file, "2026-11-22T21:00:00Z")
    record(sandbox.environment("owner"), wishes, lambda _: 0, print)
    with Sandbox.start(library.read([file])) as replay:
        project = cli.with_(**replay.environment("recorded")).project(EXAMPLE, tmp_path)
        replay_of = (
            "warning: callerid: the answers of VMware Cloud Services are a replay: they were"
        )
        said = project.must("preview", told=[replay_of]).said
        assert 'branch : "administrator"' in said
        assert "are a replay: they were recorded at 2026-11-22T21:00:00Z" in said
        done = project.run(*UP)
    assert done.code != 0
    assert "recorded answers must not decide what is changed" in done.said
