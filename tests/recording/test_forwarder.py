"""The forwarder: it hands on what callerid asks, unchanged, and keeps answers without secrets."""

from __future__ import annotations

import http.client
import json
import socket
import struct
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from support import bodies
from support.api import Api, Reply, json_reply
from support.jwt import jwt

from callerid.config import load
from callerid.recording.forwarder import forwarding
from callerid.recording.tape import Tape

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def _forward(api: Api, **more: str) -> Iterator[tuple[str, Tape, list[str]]]:
    """Forward to a scripted API; give the host, the tape, and what was complained about."""
    tape, said = Tape(), list[str]()
    settings = {"m3terBaseUrl": api.url, "m3terApiToken": "t", "cspBaseUrl": api.url, **more}
    with forwarding(load(settings, {}), tape, said.append) as urls:
        assert list(urls) == ["m3ter"]
        yield urls["m3ter"], tape, said


def _ask(
    base: str, method: str, path: str, body: str | None = None, **headers: str
) -> tuple[int, Any]:
    url = urlsplit(base + path)
    connection = http.client.HTTPConnection(url.netloc, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, url.path + (f"?{url.query}" if url.query else ""), body, named)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, json.loads(content) if content else None


def test_a_question_passes_through(api: Api) -> None:
    """Path, query and authorization go on; the answer comes back and is kept with the claims."""
    api.on(bodies.ME, json_reply(bodies.person()))
    token = jwt(sub="ada")
    with _forward(api) as (base, tape, said):
        path = f"{bodies.ME.removeprefix('GET ')}?pageSize=1"
        assert _ask(base, "GET", path, authorization=f"Bearer {token}") == (200, bodies.person())
    assert api.seen[0].headers["authorization"] == f"Bearer {token}"
    assert api.seen[0].path.endswith("/users/me?pageSize=1")
    [kept] = tape.exchanges
    assert (kept.status, kept.query, kept.claims) == (200, "pageSize=1", {"sub": "ada"})
    assert kept.body == bodies.person()
    assert tape.secrets == {token}
    assert said == []


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", '{"grant_type": "client_credentials"}'),
        ("application/x-www-form-urlencoded", "grant_type=client_credentials&api_token=hidden-1"),
    ],
)
def test_a_token_request_passes_through(api: Api, content_type: str, body: str) -> None:
    """In the form it came; the token is known as a secret, and not kept."""
    api.on(bodies.TOKEN, json_reply(bodies.token(jwt(sub="machine"))))
    with _forward(api) as (base, tape, _):
        basic = "Basic a2V5LTEyMzpzZWNyZXQtMQ=="
        status, answer = _ask(
            base, "POST", "/oauth/token", body, authorization=basic, content_type=content_type
        )
    assert (status, answer["access_token"]) == (200, jwt(sub="machine"))
    assert api.seen[0].headers["authorization"] == basic
    assert api.seen[0].headers["content-type"].startswith(content_type)
    [kept] = tape.exchanges
    assert (kept.body, kept.claims) == (None, {"sub": "machine"})
    assert {"key-123", "secret-1", jwt(sub="machine")} <= tape.secrets
    assert "client_credentials" not in tape.secrets


def test_a_body_that_is_nested_too_deeply_has_no_fields(api: Api) -> None:
    """The rest of the request goes on, and its answer comes back."""
    api.on(bodies.TOKEN, json_reply({"message": "no"}, 400))
    with _forward(api) as (base, _, _):
        deep = '{"a": ' + "[" * 20_000
        answer = _ask(base, "POST", "/oauth/token", deep, content_type="application/json")
    assert answer == (400, {"message": "no"})
    assert api.seen[0].body == b"{}"


@pytest.mark.parametrize("status", [401, 403, 404, 429, 503])
def test_a_refusal_passes_through(api: Api, status: int) -> None:
    """Once, with its body: whoever asks decides whether to try again."""
    api.on("GET /x", json_reply({"message": "no"}, status, retry_after="7"))
    with _forward(api) as (base, tape, _):
        assert _ask(base, "GET", "/x") == (status, {"message": "no"})
    assert len(api.seen) == 1
    assert [each.status for each in tape.exchanges] == [status]


def test_what_is_no_answer_is_said_and_not_kept(api: Api) -> None:
    """A page of HTML cannot be recorded."""
    api.on("GET /x", Reply(200, b"<html>", {"content-type": "text/html"}))
    with _forward(api) as (base, tape, said):
        assert _ask(base, "GET", "/x") == (502, None)
    assert tape.exchanges == ()
    assert said[0].startswith("m3ter sent an HTML page instead of JSON (HTTP 200).")


def test_no_secret_that_went_by_is_shown_as_a_request_id(api: Api) -> None:
    """What is complained about may repeat none of an earlier request."""
    secret = "sEc-6g7H8i9J0k1L"
    api.on(bodies.TOKEN, json_reply({}, 401))
    api.on("GET /x", Reply(200, b"<html>", {"x-request-id": secret}))
    with _forward(api) as (base, _, said):
        body = f"grant_type=client_credentials&api_token={secret}"
        form = "application/x-www-form-urlencoded"
        _ask(base, "POST", "/oauth/token", body, content_type=form)
        _ask(base, "GET", "/x")
    assert said[0].startswith("m3ter sent an HTML page instead of JSON (HTTP 200).")


@pytest.mark.parametrize("place", ["/m3ter/x", "/x", "/wrong/m3ter/x", "/csp/x"])
def test_requests_without_the_base_url_are_refused(api: Api, place: str) -> None:
    """Only who was told the base URL: nobody else puts an answer into the recording."""
    with _forward(api) as (base, tape, _):
        url = urlsplit(base)
        assert _ask(f"{url.scheme}://{url.netloc}", "GET", place) == (400, None)
    assert (api.seen, tape.exchanges) == ([], ())


@pytest.mark.parametrize("length", ["-1", "abc", "70000"])
def test_an_invalid_content_length_is_refused(api: Api, length: str) -> None:
    """Before anything of the body is read."""
    with _forward(api) as (base, _, _):
        assert _ask(base, "POST", "/oauth/token", None, content_length=length) == (400, None)
    assert api.seen == []


def test_a_client_that_hangs_up_leaves_no_traceback(
    api: Api, capfd: pytest.CaptureFixture[str]
) -> None:
    """A client that hangs up before its answer leaves no traceback."""
    api.on("GET /x", Reply(200, b"{}", delay=0.3))
    with _forward(api) as (base, _, _):
        url = urlsplit(base)
        with socket.create_connection((url.hostname or "", url.port or 0)) as connection:
            connection.sendall(f"GET {url.path}/x HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        time.sleep(0.5)
    assert capfd.readouterr().err == ""


def test_a_replay_stays_one(api: Api) -> None:
    """The mark of recorded answers goes on, and the tape knows."""
    api.on("GET /x", json_reply({}, x_callerid_recorded_at="2026-01-01T00:00:00Z"))
    with _forward(api) as (base, tape, _):
        answer = httpx.get(f"{base}/x")
    assert answer.headers["x-callerid-recorded-at"] == "2026-01-01T00:00:00Z"
    assert tape.replayed == "2026-01-01T00:00:00Z"
