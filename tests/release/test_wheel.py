"""The wheels, installed where nothing else of this repository is."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from release.environment import check
from support import bodies, commands
from support.api import json_reply

from callerid import __version__

if TYPE_CHECKING:
    from release.environment import Environment
    from support.api import Api

ROOT = Path(__file__).parents[2]
EXTRAS = ["pulumi", "pulumi_callerid", "starlette", "uvicorn", "yaml"]
"""Modules that no command needs which asks a real API."""


@pytest.fixture(params=["lean", "full"])
def made(request: pytest.FixtureRequest) -> Environment:
    """Give each environment in turn."""
    found: Environment = request.getfixturevalue(request.param)
    return found


def test_everything_required_is_there(made: Environment) -> None:
    """Pip finds nothing missing, and nothing of the wrong version."""
    assert check(made).strip() == "No broken requirements found."


def test_the_source_tree_is_absent(made: Environment) -> None:
    """What is imported is the wheel, and no path leads to the repository."""
    where = made.ask("import callerid, sys; print(callerid.__file__, *sys.path, sep='\\n')")
    imported, *paths = where.splitlines()
    assert Path(imported).is_relative_to(made.libraries)
    assert not any(Path(path).resolve().is_relative_to(ROOT) for path in paths if path)


def test_the_wheels_command_prints_its_version(made: Environment) -> None:
    """`callerid --version`."""
    assert made.say("callerid", "--version") == f"callerid, version {__version__}\n"


def test_the_wheels_command_prints_the_schema(made: Environment) -> None:
    """`callerid schema` gives the bytes of schema.json."""
    assert made.say("callerid", "schema") == (ROOT / "schema.json").read_text(encoding="utf-8")


def test_the_plugin_starts(made: Environment, tmp_path: Path) -> None:
    """The launcher's plugin prints its port, and ends when it is told to."""
    made.say("callerid", "install", "pulumi", PULUMI_HOME=str(tmp_path))
    [launcher] = tmp_path.glob("plugins/resource-callerid-v*/pulumi-resource-callerid*")
    with subprocess.Popen(  # noqa: S603 - our own plugin
        [launcher],
        cwd=made.work,
        env=made.variables(),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        process.terminate()
        _, said = process.communicate(timeout=30)
    assert 0 < port < 65536
    assert said == ""
    assert process.returncode == 0 or sys.platform == "win32"


def test_the_wheels_command_installs_the_plugin(made: Environment, tmp_path: Path) -> None:
    """`callerid install pulumi` puts a launcher into the engine's cache, and takes it back."""
    home = tmp_path / "pulumi"
    made.say("callerid", "install", "pulumi", PULUMI_HOME=str(home))
    assert list(home.glob("plugins/resource-callerid-v*/pulumi-resource-callerid*"))
    assert not (made.work / ".pulumi").exists()
    made.say("callerid", "install", "pulumi", "--uninstall", PULUMI_HOME=str(home))
    assert not list(home.glob("plugins/resource-callerid-v*"))


def test_whoami_needs_no_extra(lean: Environment, api: Api) -> None:
    """People and pipelines get their answer from the wheel with its bare dependencies."""
    api.on(bodies.ME, json_reply(bodies.person()))
    answer = json.loads(lean.say("callerid", "whoami", "--json", **commands.m3ter(api)))
    assert answer["displayName"] == "Ada Lovelace"


def test_a_script_needs_no_extra(lean: Environment, api: Api) -> None:
    """Nor does the library, whose types came along."""
    api.on(bodies.ME, json_reply(bodies.person()))
    program = "import callerid; print(callerid.get_current_user().display_name)"
    assert lean.say("python", "-c", program, **commands.m3ter(api)) == "Ada Lovelace\n"
    assert (lean.libraries / "callerid" / "py.typed").is_file()


def test_the_extras_are_absent(lean: Environment) -> None:
    """The environment without extras really has none of their modules."""
    found = f"from importlib.util import find_spec; print(*filter(find_spec, {EXTRAS}))"
    assert lean.ask(found) == ""


def test_a_missing_sandbox_is_reported(lean: Environment) -> None:
    """Without its extra the sandbox says which one to install."""
    done = lean.run("callerid", "sandbox", "--list")
    assert done.returncode == 1
    assert 'pip install "callerid[sandbox]"' in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_preview_host_is_reported(lean: Environment) -> None:
    """Without its extra the preview says which one to install."""
    done = lean.run("callerid", "preview", ".")
    assert done.returncode == 1
    assert 'pip install "callerid[testing]"' in done.stderr
    assert "Traceback" not in done.stderr


def test_the_sandbox_lists_its_callers(full: Environment) -> None:
    """The callers' files came along."""
    listed = [line.split()[0] for line in full.say("callerid", "sandbox", "--list").splitlines()]
    files = (ROOT / "provider" / "callerid").rglob("sandbox/callers/*.yaml")
    assert listed == sorted(file.stem for file in files)


def test_a_command_runs_as_a_caller(full: Environment) -> None:
    """`callerid sandbox --as owner -- callerid whoami --json`, both from the wheel."""
    whoami = ("--", "callerid", "whoami", "--json")
    answer = json.loads(full.say("callerid", "sandbox", "--as", "owner", *whoami))
    assert answer["displayName"] == "Grace Hopper"


def test_a_program_is_previewed(full: Environment) -> None:
    """`callerid preview` runs a copy of the example with the SDK's wheel."""
    shutil.copytree(ROOT / "examples" / "python", full.work / "example")
    shown = full.say("callerid", "preview", "example", "--as", "owner", "--json")
    assert '"administrator"' in shown
    assert '"Grace Hopper"' in shown


def test_the_sdk_is_the_wheel(full: Environment) -> None:
    """The SDK in the environment is the built one, of the plugin's version."""
    asked = "from pulumi_callerid import _calls as c; print(c.__file__, c.VERSION, sep='\\n')"
    file, version = full.ask(asked).splitlines()
    assert Path(file).is_relative_to(full.libraries)
    assert version == __version__
