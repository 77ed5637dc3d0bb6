"""Secrets in files: a variable that ends in `_FILE` names one, as containers mount them."""

from __future__ import annotations

import errno
import os
import socket
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest
from support import commands

from callerid.config import SETTINGS, Config, given, load
from callerid.config.secret_file import MOST_BYTES
from callerid.config.secret_file import why as said_of
from callerid.errors import ConfigurationError
from callerid.sandbox.environment import as_caller
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECRET = "canary-of-the-content"
TOKEN, FILE = "CSP_API_TOKEN", "CSP_API_TOKEN_FILE"


def _used(config: Config, platform: str | None = None) -> tuple[str, list[str]]:
    """Give the source of the credential that counts, and its values."""
    credential = config.choose(platform).credential
    assert credential
    return credential.source, [each.get_secret_value() for each in credential.values]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox for all tests."""
    with Sandbox.start() as running:
        yield running


def test_a_file_is_read_where_no_codec_can_be_loaded(tmp_path: Path) -> None:
    """For want of a descriptor, after which Python would never ask for the codec again."""
    file = tmp_path / "secret"
    file.write_bytes(b"\xef\xbb\xbfs-3\n")
    done = commands.run_python(
        "import sys; sys.modules['encodings.utf_8_sig'] = None\n"
        "from callerid.asking import strict_json\n"
        "from callerid.config import secret_file\n"
        f"print(secret_file.read({str(file)!r}), strict_json.loads(b'\\xef\\xbb\\xbf[\"\\xff\"]'))"
    )
    assert (done.stdout, done.stderr) == ("s-3 ['\ufffd']\n", "")


def test_every_secret_has_a_file_of_its_own(tmp_path: Path) -> None:
    """Derived from the table, and for no other setting."""
    assert {each.name for each in SETTINGS if each.files} == {
        each.name for each in SETTINGS if each.secret
    }
    environ = {}
    for name in (file for each in SETTINGS for file in each.files):
        (tmp_path / name).write_text(f"{name} value\n", encoding="utf-8")
        environ[name] = str(tmp_path / name)
    ready = _used(load({}, environ), "m3ter")
    assert ready == ("environment M3TER_API_TOKEN_FILE", ["M3TER_API_TOKEN_FILE value"])
    key = {name: file for name, file in environ.items() if name != "M3TER_API_TOKEN_FILE"}
    assert _used(load({}, key), "m3ter") == (
        "environment M3TER_API_KEY_FILE",
        ["M3TER_API_KEY_FILE value", "M3TER_API_SECRET_FILE value"],
    )
    app = {"CSP_CLIENT_ID": "app", "CSP_CLIENT_SECRET_FILE": environ["CSP_CLIENT_SECRET_FILE"]}
    assert _used(load({}, app))[1] == ["app", "CSP_CLIENT_SECRET_FILE value"]


@pytest.mark.parametrize(
    "content", [b"abc", b"abc\n", b"abc\r\n", b"\xef\xbb\xbfabc\r\n", b'"abc"']
)
@pytest.mark.parametrize("quoted", ["{}", '"{}"', "'{}'", " {}\r\n", "\ufeff{}"])
def test_a_file_as_containers_mount_it(tmp_path: Path, content: bytes, quoted: str) -> None:
    """A link to a link, with any line end; its name may be as an env-file leaves it."""
    (tmp_path / "..data").mkdir()
    (tmp_path / "..data" / "token").write_bytes(content)
    (tmp_path / "token").symlink_to(tmp_path / "..data" / "token")
    config = load({}, {FILE: quoted.format(tmp_path / "token")})
    assert _used(config) == (f"environment {FILE}", ["abc"])
    assert config.warnings == ()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    here = os.open(".", os.O_RDONLY)  # a socket's name must be short
    os.chdir(path.parent)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path.name)
    os.fchdir(here)
    os.close(here)


def _unreadable(path: Path) -> None:
    path.write_text(SECRET, encoding="utf-8")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")


def _holding(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


UNUSABLE: list[tuple[Callable[[Path], object], str]] = [
    (lambda _: None, "it does not exist"),
    (lambda path: path.symlink_to(path.with_name("nowhere")), "it does not exist"),
    (lambda path: path.symlink_to(path), "Too many levels of symbolic links"),
    (lambda path: path.mkdir(), "it is a folder, and no file"),
    (lambda path: path.symlink_to("/dev/zero"), "it is a device, and no file"),
    (_pipe, "it is a pipe, and no file"),
    (_socket, "it is a socket, and no file"),
    (_unreadable, "callerid may not read it"),
    (_holding(SECRET.encode() * MOST_BYTES), "it has more than 64 KiB"),
    (_holding(f"{SECRET}é".encode("latin-1")), "it is not UTF-8 text"),
    (_holding(SECRET.encode("utf-16")), "it is not UTF-8 text"),
    (_holding(b""), "it holds nothing"),
    (_holding(b"\xef\xbb\xbf \r\n"), "it holds nothing"),
    (_holding(b"null\n"), "it holds nothing"),
    (_holding(b"token\nOTHER=secret\n"), "it holds more than one line, or control characters"),
    (_holding(b"tok\x00en"), "it holds more than one line, or control characters"),
    (_holding(b"tok\x1fen"), "it holds more than one line, or control characters"),
]


@pytest.mark.parametrize(("make", "why"), UNUSABLE)
def test_a_file_that_cannot_be_used_is_an_error_of_who_needs_it(
    tmp_path: Path, make: Callable[[Path], object], why: str
) -> None:
    """At once, whatever stands there; no other credential is taken."""
    path = tmp_path / "canary-of-the-path"
    make(path)
    began = monotonic()
    environ = {"CSP_CLIENT_ID": "app", "CSP_CLIENT_SECRET_FILE": str(path), TOKEN: "t"}
    config = load({}, {**environ, "M3TER_API_TOKEN": "t"})
    assert monotonic() - began < 1
    with pytest.raises(ConfigurationError) as caught:
        config.choose("csp")
    assert str(caught.value) == (
        f"environment CSP_CLIENT_SECRET_FILE names no file that can be used: {why}. "
        "Name one that holds the secret alone."
    )
    assert _used(config)[0] == "environment M3TER_API_TOKEN"


@pytest.mark.parametrize(("make", "why"), UNUSABLE)
def test_commands_show_nothing_of_a_file_that_cannot_be_used(
    tmp_path: Path, make: Callable[[Path], object], why: str
) -> None:
    """Neither its name nor what is in it."""
    path = tmp_path / "canary-of-the-path"
    make(path)
    environ = {"CSP_CLIENT_ID": "app", "CSP_CLIENT_SECRET_FILE": str(path), TOKEN: "t"}
    for arguments in (("doctor",), ("doctor", "--json"), ("whoami",)):
        told = commands.call(*arguments, **environ).output
        assert why in " ".join(told.split())
        assert "canary" not in told


@pytest.mark.parametrize("name", ["canary\0", "canary" * 9000, "/dev/null/canary", "\udcff"])
def test_what_is_no_name_of_a_file_is_told_like_one(name: str) -> None:
    """It may be the secret itself, in the wrong variable."""
    with pytest.raises(ConfigurationError, match="names no file that can be used: ") as caught:
        load({}, {FILE: name}).choose()
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(errno.EACCES, "canary"), "callerid may not read it"),
        (FileNotFoundError(errno.ENOENT, "canary"), "it does not exist"),
        (NotADirectoryError(errno.ENOTDIR, "canary"), "it does not exist"),
        (ValueError("canary"), "it does not exist"),
        (UnicodeDecodeError("utf-8", b"canary", 0, 1, "canary"), "it is not UTF-8 text"),
        (OSError(errno.EIO, "Input/output error", "canary"), "Input/output error"),
        (OSError("canary"), "it cannot be read"),
    ],
)
def test_why_a_file_cannot_be_used_is_told_without_its_name(
    error: OSError | ValueError, said: str
) -> None:
    """Whatever the system calls it, and where it says nothing."""
    assert said_of(error) == said


def test_blanks_around_a_secret_are_none_of_it(tmp_path: Path) -> None:
    """One in it may be its own."""
    (tmp_path / "token").write_text("\r\n\t tok en \x0b\n", encoding="utf-8")
    assert _used(load({}, {FILE: str(tmp_path / "token")}))[1] == ["tok en"]


def test_a_file_may_be_so_long(tmp_path: Path) -> None:
    """64 KiB, and not a byte more."""
    longest = "t" * (64 * 1024)
    (tmp_path / "token").write_text(longest, encoding="utf-8")
    assert _used(load({}, {FILE: str(tmp_path / "token")}))[1] == [longest]
    (tmp_path / "token").write_text(f"{longest}t", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="it has more than 64 KiB"):
        load({}, {FILE: str(tmp_path / "token")}).choose()


def test_the_variable_itself_wins(tmp_path: Path) -> None:
    """A warning names both; the file is not looked at. A blank variable is not set."""
    nowhere = str(tmp_path / "nowhere")
    config = load({}, {TOKEN: "abc", FILE: nowhere})
    assert _used(config) == (f"environment {TOKEN}", ["abc"])
    assert config.warnings == (f"environment {TOKEN} is used; environment {FILE} is ignored.",)
    (tmp_path / "token").write_text("from the file", encoding="utf-8")
    config = load({}, {TOKEN: " ", FILE: str(tmp_path / "token")})
    assert _used(config) == (f"environment {FILE}", ["from the file"])
    assert config.warnings == ()


@pytest.mark.parametrize(
    ("settings", "environ", "used", "warning"),
    [
        (
            {"cspApiToken": "t"},
            {},
            "provider setting cspApiToken",
            f"provider setting cspApiToken is set, so environment {FILE} is ignored.",
        ),
        (
            {},
            {"CSP_ACCESS_TOKEN": "t"},
            "environment CSP_ACCESS_TOKEN",
            f"environment CSP_ACCESS_TOKEN is used; environment {FILE} is ignored.",
        ),
        (
            {},
            {"CSP_ACCESS_TOKEN": "t", TOKEN: "u"},
            "environment CSP_ACCESS_TOKEN",
            f"environment CSP_ACCESS_TOKEN is used; environment {TOKEN} is ignored.",
        ),
    ],
)
def test_files_count_as_a_set_with_the_other_credentials(
    settings: dict[str, str], environ: dict[str, str], used: str, warning: str
) -> None:
    """What loses is named and not read."""
    config = load(settings, {**environ, FILE: "/nowhere/at/all"})
    assert (_used(config)[0], config.warnings) == (used, (warning,))


def test_half_a_pair_in_a_file() -> None:
    """The other half may be in a variable, but it must be there."""
    half = "environment M3TER_API_SECRET_FILE is half a pair. Set m3terApiKey"
    with pytest.raises(ConfigurationError, match=half):
        load({}, {"M3TER_API_SECRET_FILE": "/nowhere"}).choose()


def test_a_file_is_read_once_for_a_configuration(tmp_path: Path) -> None:
    """Who asks later gets what was there; the next configuration reads it again."""
    file = tmp_path / "token"
    file.write_text("first", encoding="utf-8")
    config = load({}, {FILE: str(file)})
    file.write_text("second", encoding="utf-8")
    assert _used(config)[1] == ["first"]
    assert _used(load({}, {FILE: str(file)}))[1] == ["second"]


def test_a_file_among_what_the_environment_gives() -> None:
    """By the variable's name, and never a path."""
    [found] = given({FILE: "/run/canary", TOKEN: "''"})
    assert (found.variable, found.ignored) == (FILE, ())
    [found] = given({FILE: "/run/canary", TOKEN: "t"})
    assert (found.variable, found.ignored) == (TOKEN, (FILE,))
    assert "canary" not in repr(found)


def test_answers_and_doctor_tell_where_the_credential_is_from(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """By the variable that names the file, as `credentialSource` too."""
    environ = sandbox.environment("owner")
    (tmp_path / "token").write_text(environ.pop(TOKEN) + "\n", encoding="utf-8")
    environ[FILE] = str(tmp_path / "token")
    assert f"environment {FILE}" in commands.call("whoami", "--json", **environ).output
    told = " ".join(commands.call("doctor", **environ).output.split())
    assert f"ok credential {FILE} is used: the API token." in told
    assert str(tmp_path) not in told
    both = " ".join(commands.call("doctor", **environ, CSP_API_TOKEN="x").output.split())
    assert both.count(f"{TOKEN} is used; {FILE} is ignored.") == 1


def test_nobody_s_files_count_in_a_sandbox() -> None:
    """Whoever plays one of its callers signs in as nobody else."""
    files: dict[str, Any] = {name: "/run/x" for each in SETTINGS for name in each.files}
    assert as_caller({**files, "PATH": "/bin"}, {TOKEN: "t"}) == {"PATH": "/bin", TOKEN: "t"}
