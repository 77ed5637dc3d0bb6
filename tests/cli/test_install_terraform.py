"""`callerid install terraform`, as a person runs it; the tool is a stand-in."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from support import terraform

import callerid
from callerid.cli import install_terraform, main
from callerid.frontends.semver import semver

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
VERSION = semver(callerid.__version__)
PACKAGE = Path(terraform.HOST, "callerid", "callerid", VERSION, "linux_amd64")
DECLARATION = f"""\
      source  = "callerid/callerid"
      version = "{VERSION}"
"""
EXPLICIT = "[DEBUG] Explicit provider installation configuration is set"


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep this machine's tools and home folder out of the tests."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "TF_CLI_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "home").mkdir()


def _run(*args: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["install", "terraform", *args])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout, done.stderr


def _mirror(path: Path, includes: str = "") -> str:
    return (
        "[TRACE] Selected provider installation method cliconfig.ProviderInstallation"
        f'FilesystemMirror("{path}") with includes [{includes}] and excludes []'
    )


def test_install_and_uninstall(tmp_path: Path) -> None:
    """Each says what it did and where, and the first what to write and to run next."""
    terraform.stand_in(tmp_path / "bin")
    package = tmp_path / "home" / ".terraform.d" / "plugins" / PACKAGE
    own = tmp_path / "home" / ".local" / "share" / "callerid" / "terraform" / VERSION
    code, out, err = _run()
    assert (code, err) == (0, "")
    assert out.startswith(f"Installed {package}\nInstalled {own}\n")
    assert DECLARATION in out
    assert 'Then run "terraform init", and commit the lock file' in out
    assert '"terraform init -upgrade"' in out
    assert _run("--uninstall") == (0, f"Removed {package}\nRemoved {own}\n", "")
    said = "There is nothing of callerid in the folders of Terraform and OpenTofu.\n"
    assert _run("--uninstall") == (0, said, "")


def test_on_windows_the_lock_file_needs_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package there is one machine's own: with the command that adds its hash."""
    terraform.stand_in(tmp_path / "bin")
    assert "providers lock" not in _run()[1]
    monkeypatch.setattr(install_terraform, "WINDOWS", True)
    root = tmp_path / "home" / ".terraform.d" / "plugins"
    wanted = f'terraform providers lock "-fs-mirror={root}" -platform=linux_amd64 callerid/callerid'
    assert wanted in _run()[1].splitlines()


def test_opentofu_is_asked_instead(tmp_path: Path) -> None:
    """It has another host, and Terraform need not be there; removing needs neither."""
    tofu = terraform.stand_in(tmp_path / "bin", "tofu", host="other.example")
    code, out, err = _run("--tofu")
    assert (code, err) == (0, "")
    assert "/other.example/callerid/callerid/" in out
    assert '"tofu init -upgrade"' in out
    tofu.unlink()
    assert _run("--uninstall")[1].count("Removed ") == 2


@pytest.mark.parametrize(("args", "name"), [((), "terraform"), (("--tofu",), "tofu")])
def test_without_the_tool_nothing_is_done(tmp_path: Path, args: tuple[str], name: str) -> None:
    """One sentence, the way out, and exit code 1."""
    code, out, err = _run(*args)
    assert (code, out) == (1, "")
    assert err.startswith(f"Error: There is no {name} on PATH, and only ")
    assert list((tmp_path / "home").iterdir()) == []


def test_a_failure_is_one_sentence(tmp_path: Path) -> None:
    """No traceback."""
    terraform.stand_in(tmp_path / "bin")
    (tmp_path / "home" / ".terraform.d").write_text("a file in the way")
    code, _, err = _run()
    assert code == 1
    assert err.startswith("Error: The provider cannot be written into ")


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It installs all the same."""
    terraform.stand_in(tmp_path / "bin")
    monkeypatch.setattr("callerid.sandbox.extra.find_spec", {"msgpack": 1}.get)
    code, out, err = _run()
    assert (code, "Installed" in out) == (0, True)
    assert err == (
        "Not in this environment yet: cryptography, grpclib. "
        'Run: pip install "callerid[terraform]"\n'
    )


def test_an_override_is_reported(tmp_path: Path) -> None:
    """The tool starts what developers put elsewhere."""
    log = (
        "[INFO] Loading CLI configuration from /home/ada/.terraformrc",
        EXPLICIT,
        f"[DEBUG] Provider {terraform.HOST}/callerid/callerid is overridden by dev_overrides",
    )
    terraform.stand_in(tmp_path / "bin", log=log)
    code, _, err = _run()
    assert code == 0
    assert err.startswith(
        "/home/ada/.terraformrc has dev_overrides for callerid/callerid: Terraform starts what is "
        "in that folder, not what was installed now.\n"
    )


def test_settings_that_hide_the_folder_are_reported(tmp_path: Path) -> None:
    """With the block that shows it again."""
    root = tmp_path / "home" / ".terraform.d" / "plugins"
    file = "[INFO] Loading CLI configuration from /home/ada/.tofurc"
    terraform.stand_in(tmp_path / "bin", "tofu", log=(file, EXPLICIT))
    code, _, err = _run("--tofu")
    assert code == 0
    assert err.startswith(
        "/home/ada/.tofurc says where OpenTofu looks for providers, so it does not look into "
        f"{root}.\nMerge this into its provider_installation block:\n"
    )
    assert f'    path    = "{root}"\n    include = ["{terraform.HOST}/callerid/callerid"]\n' in err


def test_only_the_files_that_say_so_are_named(tmp_path: Path) -> None:
    """Others may hold credentials, and are of no interest here."""
    files = [tmp_path / name for name in ("main.tfrc", "credentials.tfrc.json")]
    for file, text in zip(files, ("provider_installation {\n  direct {}\n}\n", "{}"), strict=True):
        file.write_text(text)
    log = [f"[INFO] Loading CLI configuration from {file}" for file in files]
    terraform.stand_in(tmp_path / "bin", log=[*log, EXPLICIT])
    assert _run()[2].startswith(f"{files[0]} says where Terraform looks")


def test_settings_that_name_the_folder_are_fine(tmp_path: Path) -> None:
    """Nothing is left to do."""
    root = tmp_path / "home" / ".terraform.d" / "plugins"
    terraform.stand_in(tmp_path / "bin", log=(EXPLICIT, _mirror(root)))
    assert _run()[::2] == (0, "")


def test_a_mirror_for_a_team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of any name, by its full path; nothing goes into the home folder."""
    terraform.stand_in(tmp_path / "bin")
    monkeypatch.chdir(tmp_path)
    root = tmp_path / 'my "mirror"'
    code, out, err = _run("--mirror", root.name)
    assert (code, err) == (0, "")
    assert out.count(f"Wrote {root}/{terraform.HOST}/callerid/callerid/{VERSION}/") == 4
    quoted = str(root).replace('"', '\\"')
    assert (
        f'    path    = "{quoted}"\n    include = ["{terraform.HOST}/callerid/callerid"]\n' in out
    )
    assert f'    exclude = ["{terraform.HOST}/callerid/callerid"]\n' in out
    assert f'pip install "callerid[terraform]=={callerid.__version__}"' in out
    assert list((tmp_path / "home").iterdir()) == []
    assert _run("--mirror", root.name, "--uninstall")[1].count("Removed ") == 4
    assert list(root.iterdir()) == []
    said = f"There is nothing of callerid in {root.name}.\n"
    assert _run("--mirror", root.name, "--uninstall")[1] == said


def test_a_mirror_is_no_file(tmp_path: Path) -> None:
    """Wrong usage is exit code 2."""
    (tmp_path / "file").touch()
    assert _run("--mirror", str(tmp_path / "file"))[0] == 2


@pytest.mark.usefixtures("nobody")
def test_without_a_home_folder_one_sentence_says_so(tmp_path: Path) -> None:
    """Installing and removing need one; a mirror for a team does not."""
    terraform.stand_in(tmp_path / "bin")
    said = (
        "Error: There is no home folder for the provider's launcher: HOME is not set, and the "
        "system does not know this user. Set HOME to a folder.\n"
    )
    assert _run() == (1, "", said)
    assert _run("--uninstall") == (1, "", said)
    assert _run("--mirror", str(tmp_path / "mirror"))[0] == 0
