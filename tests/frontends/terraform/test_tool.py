"""The tool in its own words: asked without what would change the answer, whatever it does."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest
from support import terraform

from callerid.errors import ConfigurationError
from callerid.frontends.terraform import tool
from callerid.frontends.terraform.tool_log import Sources, sources

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
CANARY = "canary-token-7f3a"
MIRROR = """\
provider_installation {
  filesystem_mirror {
    path    = "/srv/a \\"b\\""
    include = ["callerid/*"]
  }
  filesystem_mirror {
    path    = "/srv/others"
    include = ["acme/*"]
  }
  filesystem_mirror {
    path    = "/srv/not"
    exclude = ["*/callerid/callerid"]
  }
  direct {}
}
"""
OVERRIDE = """\
provider_installation {
  dev_overrides {
    "callerid/callerid" = "/srv/mine"
  }
  direct {}
}
"""
AS_JSON = json.dumps({"provider_installation": [{"filesystem_mirror": [{"path": "/srv/c"}]}]})


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep this machine's settings of the tools out of the tests."""
    environ = terraform.environment(tmp_path / "home")
    for name in set(os.environ) - set(environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()


def _ask(name: str, **more: str) -> tool.Tool:
    folder = str(Path(terraform.REAL[name]).parent) if name in terraform.REAL else ""
    path = os.pathsep.join([folder, os.environ["PATH"]])
    return tool.ask(name, {**os.environ, "PATH": path, **more})


def test_a_real_tool_tells_who_it_is(name: str, tmp_path: Path) -> None:
    """As `version -json` has it, and its first folder is in the home folder."""
    asked = _ask(name)
    done = terraform.run(name, tmp_path, dict(os.environ), "version", "-json")
    said = json.loads(done.stdout)
    assert (asked.version, asked.platform) == (said["terraform_version"], said["platform"])
    assert asked.host.count(".") >= 1
    assert asked.executable == Path(terraform.REAL[name])
    assert not asked.sources.explicit
    assert not asked.sources.overridden
    assert asked.sources.files == ()
    vendor, first, *_ = asked.sources.folders
    assert vendor == Path("terraform.d/plugins")
    assert first == Path.home() / ".terraform.d" / "plugins"


@pytest.mark.parametrize(
    ("settings", "overridden", "folders"),
    [
        (MIRROR, False, ['/srv/a "b"']),
        (OVERRIDE, True, []),
        (AS_JSON, False, ["/srv/c"]),
        ("provider_installation {\n  direct {}\n}\n", False, []),
    ],
)
def test_a_real_tool_tells_what_its_settings_say(
    name: str,
    tmp_path: Path,
    settings: str,
    overridden: bool,  # noqa: FBT001 - a parameter of the test
    folders: list[str],
) -> None:
    """Mirrors that may have this provider, in order, or a folder of developers."""
    file = tmp_path / "my settings.tfrc"
    file.write_text(settings, encoding="utf-8")
    found = _ask(name, TF_CLI_CONFIG_FILE=str(file)).sources
    assert found == Sources((file,), True, overridden, tuple(map(Path, folders)))  # noqa: FBT003 - all fields in order


def test_a_real_tool_reads_the_settings_of_its_user(name: str) -> None:
    """Of the home folder, where no variable leads elsewhere."""
    file = Path.home() / ".terraformrc"
    file.write_text(OVERRIDE, encoding="utf-8")
    found = _ask(name).sources
    assert found.files == (file,)
    assert found.overridden


def test_a_file_of_settings_may_be_named_from_here(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tool is asked in another folder."""
    (tmp_path / "dev.tfrc").write_text(OVERRIDE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = _ask(name, TF_CLI_CONFIG_FILE="./dev.tfrc").sources
    assert found.files == (tmp_path / "dev.tfrc",)
    assert found.overridden


def test_variables_of_the_tool_change_nothing(name: str, tmp_path: Path) -> None:
    """A log elsewhere, other arguments, another folder for data, a file that is not there."""
    odd = {
        "TF_CLI_ARGS": "-no-such-flag",
        "TF_DATA_DIR": str(tmp_path / "data"),
        "TF_LOG": "OFF",
        "TF_LOG_PATH": str(tmp_path / "log"),
        "TF_WORKSPACE": "other",
        "TF_CLI_CONFIG_FILE": str(tmp_path / "none"),
    }
    plain = _ask(name)
    asked = _ask(name, **odd)
    assert asked._replace(sources=plain.sources) == plain
    assert asked.sources.folders == plain.sources.folders
    assert not (tmp_path / "log").exists()
    assert not (tmp_path / "data").exists()


def test_of_a_log_of_another_kind_nothing_is_known() -> None:
    """No folder is taken for one that the tool looks in."""
    said = sources("[INFO] hello\n", "h.example", Path.cwd())
    assert said == Sources((), False, False, ())  # noqa: FBT003 - all fields in order


@pytest.mark.parametrize("noted", ["terraform.d/plugins", "/where/asked/terraform.d/plugins"])
def test_a_folder_of_the_project_is_not_where_the_tool_was_asked(noted: str) -> None:
    """That one is gone by the time that anybody looks into it; newer OpenTofu notes it whole."""
    log = (
        f"[DEBUG] ignoring non-existing provider search directory {noted}\n"
        "[DEBUG] will search for provider plugins in /home/ada/.terraform.d/plugins\n"
    )
    project, home = sources(log, "h.example", Path("/where/asked")).folders
    assert project == Path("terraform.d", "plugins")
    assert home == Path("/home/ada/.terraform.d/plugins")


def test_an_override_of_another_host_is_none_of_ours() -> None:
    """The same name on another host is another provider."""
    line = "[DEBUG] Provider other.example/callerid/callerid is overridden by dev_overrides\n"
    assert not sources(line, "h.example", Path.cwd()).overridden
    assert sources(line, "other.example", Path.cwd()).overridden


def test_a_tool_that_is_not_there_is_named() -> None:
    """With the way out."""
    with pytest.raises(ConfigurationError, match=r"^There is no tofu on PATH, and only OpenTofu"):
        tool.ask("tofu", {"PATH": ""})


@POSIX
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("exit 3", r'version" failed \(exit 3\)\. Try it by hand to see why\.$'),
        (
            'printf "\\033[31mError: \\033[0mbad settings\\n" >&2; exit 1',
            r'version" failed \(exit 1\): Error: bad settings\. Try it',
        ),
        ("sleep 60", r'version" gave no answer within 1 s\. Try it by hand\.$'),
        ("sleep 60 & sleep 60", r'version" gave no answer within 1 s\.'),
        ("echo '{}'", 'providers" printed nothing that callerid can read'),
        ("echo 'provider[h.example/callerid/callerid]'", 'version -json" printed nothing that'),
        (
            (
                'echo \'{"terraform_version": "1", "platform": "../up"}\'; '
                "[ $1 = version ] || echo 'provider[h.example/callerid/callerid]'"
            ),
            'version -json" printed nothing that',
        ),
    ],
)
def test_a_tool_that_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    """It fails, hangs with its children, or prints something else: one sentence each."""
    monkeypatch.setattr(tool, "SECONDS", 1.0)
    terraform.program(tmp_path / "bin" / "terraform", text)
    begun = time.monotonic()
    with pytest.raises(ConfigurationError, match=said):
        tool.ask("terraform", {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"})
    assert time.monotonic() - begun < 10


@POSIX
def test_a_tool_that_is_no_executable(tmp_path: Path) -> None:
    """The system's own reason is told."""
    file = tmp_path / "terraform"
    file.write_bytes(b"\x7fELF")
    file.chmod(0o755)
    with pytest.raises(ConfigurationError, match=r"terraform cannot be started: .+ Check it, and"):
        tool.ask("terraform", {"PATH": str(tmp_path)})


@POSIX
def test_a_tool_gets_no_credential(tmp_path: Path) -> None:
    """Nor does it look for a newer version of itself."""
    seen = tmp_path / "seen"
    answering = terraform.stand_in(tmp_path / "other")
    text = f'env >>{seen}; pwd >>{seen}; exec {answering} "$@"'
    terraform.program(tmp_path / "bin" / "terraform", text)
    environ = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "M3TER_API_TOKEN": CANARY}
    assert tool.ask("terraform", environ).host == terraform.HOST
    text = seen.read_text()
    assert CANARY not in text
    assert text.count("CHECKPOINT_DISABLE=1") == 2
    assert str(Path.cwd()) not in text.splitlines()
