"""`callerid doctor` about the way to each API."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

import certifi
import pytest
from support.api import Reply, json_reply
from support.bodies import CSP
from support.doctor import PROXY_PASSWORD, findings, key_at, levels, port_of_nobody, problems, told

from callerid.asking.reached import Reached
from callerid.cli.doctor_reach import of_reached
from callerid.config import PlatformConfig

if TYPE_CHECKING:
    from support.api import Api

    from callerid.sandbox.server import Sandbox


def test_a_port_without_a_listener_is_a_problem() -> None:
    """No token is asked for where there is nobody; on this machine it may be the sandbox."""
    host = f"127.0.0.1:{port_of_nobody()}"
    found = findings(key_at(f"http://{host}"))
    assert problems(found) == ["reachability"]
    _, text, fix = told(found, "reachability", "m3ter")
    assert text == f"{host} accepts no connection."
    assert "callerid sandbox" in fix
    assert "token" not in levels(found, "m3ter")


@pytest.mark.parametrize("proxy", [{}, {"HTTPS_PROXY": "http://127.0.0.1:9"}], ids=["", "proxy"])
def test_what_this_machine_lacks_is_not_the_apis(
    monkeypatch: pytest.MonkeyPatch, proxy: dict[str, str]
) -> None:
    """The request never left it."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket, "create_connection", fail)
    found = findings({**key_at("https://192.0.2.1:4"), **proxy})
    _, text, fix = told(found, "reachability", "m3ter")
    what = "The proxy of HTTPS_PROXY" if proxy else "192.0.2.1:4"
    assert text == f"{what} cannot be reached: no network of this machine leads there."
    assert fix.startswith("Check HTTPS_PROXY" if proxy else "Check this machine: its network")


def test_unknown_host_name() -> None:
    """DNS is named."""
    level, text, fix = told(findings(key_at("https://callerid.invalid:4")), "reachability", "m3ter")
    assert (level, text) == ("problem", "The host name callerid.invalid is unknown.")
    assert "DNS" in fix


def test_https_where_plain_http_is_spoken(sandbox: Sandbox) -> None:
    """TLS is named."""
    found = findings(key_at(sandbox.url.replace("http:", "https:")))
    level, text, fix = told(found, "reachability", "m3ter")
    assert (level, fix) == ("problem", "Check scheme, host and port in M3TER_BASE_URL.")
    assert text.endswith("does not speak TLS, or breaks off the handshake.")


def test_a_proxy_that_is_not_there() -> None:
    """The variable is named, its value never."""
    proxy = f"http://me:{PROXY_PASSWORD}@127.0.0.1:{port_of_nobody()}"
    found = findings({**key_at("https://callerid.invalid"), "HTTPS_PROXY": proxy})
    _, text, fix = told(found, "reachability", "m3ter")
    assert text == "The proxy of HTTPS_PROXY cannot be reached: it accepts no connection."
    assert fix.startswith("Check HTTPS_PROXY")
    assert any("HTTPS_PROXY" in each["text"] for each in found if each["topic"] == "settings")


def test_network_settings_that_cannot_be_used() -> None:
    """A certificate file that is not there stops every request."""
    found = findings({**key_at("https://callerid.invalid"), "SSL_CERT_FILE": "/nowhere"})
    assert told(found, "reachability", "m3ter")[1].startswith("SSL_CERT_FILE cannot be used")


def test_the_way_to_each_api() -> None:
    """Past the proxy, with the entry that says so; what nobody can read is a note."""
    url = f"https://127.1.invalid:{port_of_nobody()}"
    past = {"HTTPS_PROXY": "http://proxy.invalid", "NO_PROXY": "[::1],*.invalid"}
    found = findings({**key_at(url), **past})
    told_of_network = [each["text"] for each in found if each["topic"] == "network"]
    assert told_of_network[0].startswith("callerid skips entry 1 of NO_PROXY, [::1],")
    assert (
        told_of_network[1] == "It is asked past the proxy of HTTPS_PROXY: NO_PROXY has *.invalid."
    )


def test_an_untrusted_certificate_names_what_is_trusted() -> None:
    """Where a variable is set already, naming a file in another would not help."""
    reached = Reached(None, "certificate", "self-signed certificate")
    for environ, words in [
        ({}, "name a PEM file with its authority in SSL_CERT_FILE."),
        (
            {"CURL_CA_BUNDLE": certifi.where()},
            "Trusted are the authorities of CURL_CA_BUNDLE: see whether",
        ),
    ]:
        [found] = of_reached(PlatformConfig("m3ter", "https://a.invalid"), reached, environ)
        assert words in (found.fix or "")


def test_an_api_that_is_failing(api: Api) -> None:
    """It is reached, and says that it has trouble; what it then refuses is the problem."""
    api.on("GET /", json_reply({}, 500))
    found = findings(key_at(api.url))
    level, text, _ = told(found, "reachability", "m3ter")
    assert level == "note"
    assert text.endswith("is reached, but fails with HTTP 500.")


APP = {"CSP_CLIENT_ID": "id", "CSP_CLIENT_SECRET": "secret"}

PAGE = Reply(401, b"<html>Log in</html>", {"content-type": "text/html"})

NOWHERE: list[tuple[Reply, str]] = [
    (json_reply({}, 404), "VMware Cloud Services has no token endpoint at "),
    (json_reply({}, 405), "VMware Cloud Services has no token endpoint at "),
    (PAGE, "VMware Cloud Services sent an HTML page instead of JSON (HTTP 401)."),
    (json_reply({"status": "UP"}), "VMware Cloud Services sent an unexpected token reply"),
    (Reply(302, b"", {"location": "/x"}), "VMware Cloud Services answered with a redirect"),
]
"""What answers in place of a token endpoint, and how the finding begins."""


@pytest.mark.parametrize(("reply", "begins"), NOWHERE)
@pytest.mark.parametrize("path", ["", "/prefix", "/csp/gateway/am/api"])
def test_what_is_no_token_endpoint_points_at_the_base_url(
    api: Api, reply: Reply, begins: str, path: str
) -> None:
    """By its variable, and not at the secret; a path that may be one too many is named as one."""
    kept = "" if path.startswith("/csp") else path
    for each in ("token", "authorize"):
        api.on(f"POST {kept}{CSP}/auth/{each}", reply)
    found = findings({**APP, "CSP_BASE_URL": f"{api.url}{path}"})
    level, text, fix = told(found, "token", "csp")
    assert (level, text.startswith(begins)) == ("problem", True)
    said = f"Check CSP_BASE_URL{', its path first' if kept else ''}, and any proxy between."
    assert fix == said or fix.endswith(said)
    assert "CSP_CLIENT" not in f"{text}{fix}"
    assert problems(found) == ["token"]
