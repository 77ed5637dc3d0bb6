"""The way to an API, through a proxy or past it: decided as Go decides it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support import commands
from support.commands import CALLERID
from support.programs import PROGRAMS

from callerid.asking.call import Clients
from callerid.asking.clock import Clock
from callerid.asking.proxies import Route, route
from callerid.asking.transport import Http
from callerid.config import PlatformConfig, load
from callerid.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

PROXY = "http://me:canary@proxy.example:3128"
NEEDS_GO = pytest.mark.skipif(not shutil.which("go"), reason="no go")

CASES = [
    # NO_PROXY, URL, whether it is asked directly, whether each entry can mean some host
    ("", "https://api.corp.test", False, True),
    ("api.corp.test", "https://api.corp.test", True, True),
    ("API.Corp.Test", "https://api.corp.TEST", True, True),
    ("corp.test", "https://api.corp.test", True, True),
    ("corp.test", "https://corp.test", True, True),
    ("corp.test", "https://mycorp.test", False, True),
    (".corp.test", "https://api.corp.test", True, True),
    (".corp.test", "https://corp.test", False, True),
    ("*.corp.test", "https://api.corp.test", True, True),
    ("*.corp.test", "https://corp.test", False, True),
    ("corp.test:443", "https://api.corp.test", True, True),
    ("corp.test:", "https://api.corp.test", True, True),
    ("corp.test:8443", "https://api.corp.test", False, True),
    ("corp.test:8443", "https://api.corp.test:8443", True, True),
    ("*.corp.test:8443", "https://api.corp.test:8443", True, True),
    ("corp.test.", "https://corp.test", False, True),
    ("corp.test", "https://corp.test.", False, True),
    ("other.test, corp.test", "https://corp.test", True, True),
    ("other.test corp.test", "https://corp.test", False, False),
    ("other.test;corp.test", "https://corp.test", False, False),
    ("*", "https://corp.test", True, True),
    ("other.test,*", "https://10.0.0.1", True, True),
    ("c*.test", "https://corp.test", False, False),
    ("*corp.test", "https://corp.test", False, False),
    ("http://corp.test", "https://corp.test", False, False),
    ("a:b", "https://a", False, False),
    ("corp.test:0443", "https://corp.test", False, False),
    ("corp.test:https", "https://corp.test", False, False),
    (":443", "https://corp.test", False, False),
    ("bücher.test", "https://xn--bcher-kva.test", True, True),
    ("xn--bcher-kva.test", "https://bücher.test", True, True),
    (".bücher.test", "https://www.bücher.test", True, True),
    ("straße.test", "https://xn--strae-oqa.test", True, True),
    ("ü#\udcff", "https://corp.test", False, False),
    ("10.0.0.1", "https://10.0.0.1", True, True),
    ("10.0.0.1:443", "https://10.0.0.1", True, True),
    ("10.0.0.1:8443", "https://10.0.0.1", False, True),
    ("10.0.0.0/8", "https://10.1.2.3", True, True),
    ("10.9.9.9/8", "https://10.1.2.3", True, True),
    ("10.0.0.0/8", "https://11.1.2.3", False, True),
    ("10.0.0.0/8", "https://ten.corp.test", False, True),
    ("10.0.0.0/255.0.0.0", "https://10.1.2.3", False, False),
    ("10.0.0.0/33", "https://10.1.2.3", False, False),
    ("10.0.0.0/8:443", "https://10.1.2.3", False, False),
    ("10/8", "https://10.1.2.3", False, False),
    ("10.", "https://10.1.2.3", False, True),
    (".2.3", "https://10.1.2.3", False, True),
    ("::1/128", "https://corp.test", False, True),
    ("localhost,127.0.0.0/8,::1/128", "https://corp.test", False, True),
    ("fd00::/8", "https://[fd12::1]", True, True),
    ("fd00::/8", "https://[fe12::1]", False, True),
    ("fd00::/8", "https://10.0.0.1", False, True),
    ("fd00::1", "https://[fd00:0:0::1]", True, True),
    ("[fd00::1]:443", "https://[fd00::1]", True, True),
    ("[fd00::1]:8443", "https://[fd00::1]", False, True),
    ("[fd00::1]", "https://[fd00::1]", False, False),
    ("[::1]", "https://corp.test", False, False),
    ("[fd00::]/8", "https://[fd00::1]", False, False),
    ("fe80::1%eth0", "https://[fe80::1]", False, False),
    ("fe80::1%eth0/64", "https://[fe80::1]", False, False),
    ("::ffff:10.0.0.1", "https://10.0.0.1", True, True),
    ("::ffff:10.0.0.0/104", "https://10.1.2.3", True, True),
    ("::ffff:0:0/90", "https://10.1.2.3", False, True),
    ("10.0.0.1", "https://[::ffff:10.0.0.1]", True, True),
    ("", "https://127.0.0.1", True, True),
    ("other.test", "https://localhost:8443", True, True),
    ("[::1]", "https://[::1]:8443", True, True),
    ("other.test", "https://[::ffff:127.0.0.1]", True, True),
]


@pytest.fixture(autouse=True)
def _only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HTTPS_PROXY", PROXY)


def _route(monkeypatch: pytest.MonkeyPatch, exceptions: str, url: str) -> Route:
    monkeypatch.setenv("NO_PROXY", exceptions)
    return route(url)


@pytest.mark.parametrize(("exceptions", "url", "direct", "readable"), CASES)
def test_the_way(
    monkeypatch: pytest.MonkeyPatch, exceptions: str, url: str, *, direct: bool, readable: bool
) -> None:
    """An entry that can mean no host is told, once a proxy is there to be passed by."""
    found = _route(monkeypatch, exceptions, url)
    assert (found.proxy is None) == direct
    assert found.unreadable == () or not readable
    assert readable or found.unreadable or found == Route()


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, list[str]], list[str]]:
    """Build what asks Go, and give a function of NO_PROXY and URLs."""
    program = tmp_path_factory.mktemp("go") / "go_proxy"
    subprocess.run(  # noqa: S603 - our own program
        [shutil.which("go") or "", "build", "-o", str(program), "."],
        cwd=Path(__file__).parent / "go_proxy",
        check=True,
    )

    def ask(exceptions: str, urls: list[str]) -> list[str]:
        environ = {"HTTPS_PROXY": PROXY, "NO_PROXY": exceptions}
        done = subprocess.run(  # noqa: S603 - our own program
            [str(program), *urls], env=environ, check=True, capture_output=True, encoding="utf-8"
        )
        return done.stdout.splitlines()

    return ask


@NEEDS_GO
@pytest.mark.acceptance
def test_the_table_is_go_s(go: Callable[[str, list[str]], list[str]]) -> None:
    """What stands in the table is what Go does."""
    wrong = [
        (exceptions, url)
        for exceptions, url, direct, _ in CASES
        if go(exceptions, [url]) != ["direct" if direct else "proxy"]
    ]
    assert wrong == []


_HOSTS = [
    "a.b",
    "b",
    "x.a.b",
    "10.0.0.1",
    "10.1.0.1",
    "[fd00::1]",
    "[::ffff:10.0.0.1]",
    "xn--tda.b",
]
_ENTRY = st.lists(
    st.sampled_from(
        [*"ab.:*/,[]% \t1", "10.0.0.", "fd00::", "ü", "443", "/8", "/16", "::ffff:", "/104", "*."]
    ),
    max_size=6,
).map("".join)


@NEEDS_GO
@pytest.mark.acceptance
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example("a.b:443,,.")
@given(_ENTRY)
def test_any_entry_is_read_as_go_reads_it(
    monkeypatch: pytest.MonkeyPatch, go: Callable[[str, list[str]], list[str]], entries: str
) -> None:
    """Entries made of what entries are made of; Go is the judge."""
    urls = [f"https://{host}{port}" for host in _HOSTS for port in ("", ":8443")]
    ours = ["proxy" if _route(monkeypatch, entries, url).proxy else "direct" for url in urls]
    assert ours == go(entries, urls)


@pytest.mark.parametrize("url", ["https://127.0.0.1:8443", "https://localhost", "http://[::1]:80"])
def test_nothing_stops_what_is_asked_of_this_machine(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """Neither a proxy nor an exception that nobody can read: they are not even looked at."""
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://proxy")
    monkeypatch.setenv("ALL_PROXY", "nonsense://proxy")
    assert _route(monkeypatch, "[::1],fd00::/8,a:b,ü", url) == Route()
    Http(PlatformConfig("m3ter", url), Clock()).close()


def test_a_command_under_what_container_tools_set() -> None:
    """The sandbox is on this machine: a command and a preview ask it, whatever NO_PROXY has."""
    odd = {"NO_PROXY": "localhost,127.0.0.0/8,::1/128,[::1],fd00::/8,a:b,ü", "HTTPS_PROXY": PROXY}
    whoami = commands.run("sandbox", "--as", "person", "--", *CALLERID, "whoami", **odd)
    assert (whoami.returncode, whoami.stderr) == (0, "")
    assert "Ada" in whoami.stdout
    shown = commands.run("preview", str(PROGRAMS / "whoami"), "--as", "person", **odd)
    assert (shown.returncode, shown.stderr) == (0, "")


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"HTTPS_PROXY": "http://a", "ALL_PROXY": "http://b"}, "HTTPS_PROXY"),
        ({"https_proxy": "http://a", "HTTPS_PROXY": "http://b"}, "HTTPS_PROXY"),
        ({"https_proxy": "http://a", "HTTPS_PROXY": ""}, "https_proxy"),
        ({"https_proxy": "", "HTTPS_PROXY": "http://b"}, "HTTPS_PROXY"),
        ({"HTTPS_PROXY": "", "ALL_PROXY": "http://b"}, "ALL_PROXY"),
        ({"HTTPS_PROXY": "", "all_proxy": "http://b"}, "all_proxy"),
        ({"HTTPS_PROXY": "", "HTTP_PROXY": "http://b"}, ""),
    ],
)
def test_the_variable_that_has_the_proxy(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    """It is named as it is spelt in the environment."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert route("https://corp.test").variable == named


@pytest.mark.parametrize(
    ("upper", "lower"), [("corp.test", "other.test"), ("corp.test", ""), ("", "corp.test")]
)
def test_the_exceptions_that_go_reads(
    monkeypatch: pytest.MonkeyPatch, upper: str, lower: str
) -> None:
    """In upper case, unless that is empty: an engine and its plugin go the same way."""
    monkeypatch.setenv("no_proxy", lower)
    assert _route(monkeypatch, upper, "https://corp.test").exception == "corp.test"


def test_the_exception_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doctor shows which entry it was."""
    found = _route(monkeypatch, "other.test, Corp.test ,10.0.0.0/8", "https://api.corp.test")
    assert (found.variable, found.exception) == ("HTTPS_PROXY", "Corp.test")


def test_each_entry_that_cannot_be_read_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """By what it is, if that is like an address: else it may be a password. Others still count."""
    monkeypatch.setenv("NO_PROXY", f"[fd00::]/8,{PROXY},hunter2-Prod!,corp.test")
    told: list[str] = []
    token = {"M3TER_API_TOKEN": "t", "M3TER_BASE_URL": "https://api.corp.test"}
    clients = Clients(load({}, token), Clock(), warn=told.append)
    for _ in range(2):
        clients.choose(None)
    clients.close()
    assert [each.partition(" Write ")[0] for each in told] == [
        "callerid skips entry 1 of NO_PROXY, [fd00::]/8, which means no host.",
        "callerid skips entry 2 of NO_PROXY, htt…(35 characters), which means no host.",
        "callerid skips entry 3 of NO_PROXY, h…(13 characters), which means no host.",
    ]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("nonsense://user:canary@proxy", "it has no URL of a proxy."),
        ("http://", "it has no URL of a proxy."),
        ("http://proxy:canary", "it has no URL of a proxy."),
        ("http://proxy:99999", "it has no URL of a proxy."),
        ("http://[::canary", "it has no URL of a proxy."),
        ("http://xn--:3128", "it has no URL of a proxy."),
        (
            "socks5://me:canary@proxy",
            "it names a SOCKS proxy, and the package socksio is missing.",
        ),
    ],
)
def test_a_proxy_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, value: str, what: str
) -> None:
    """The variable that has it is named, and never what it has."""
    monkeypatch.setenv("HTTPS_PROXY", "")
    monkeypatch.setenv("all_proxy", value)
    with pytest.raises(ConfigurationError) as caught:
        Http(PlatformConfig("m3ter", "https://corp.test"), Clock())
    said, way_out = str(caught.value).split("\n")
    assert said == f"all_proxy cannot be used: {what}"
    assert way_out.endswith(", or unset it.")
    assert "canary" not in str(caught.value)
