"""The forwarder: it hands on what callerid asks, unchanged, and keeps answers without secrets."""

from __future__ import annotations

import http.client
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from support import bodies
from support.api import Api, Reply, json_reply
from support.jwt import jwt

from callerid.config import load
from callerid.recording.forwarder import Tape, forwarding

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def _forward(api: Api, **more: str) -> Iterator[tuple[str, Tape, list[str]]]:
    """Forward to a scripted API; give the host, the tape, and what was complained about."""
    tape, said = Tape(), list[str]()
    settings = {"m3terBaseUrl": api.url, "m3terApiToken": "t", "cspBaseUrl": api.url, **more}
    with forwarding(load(settings, {}), tape, said.append) as urls:
        assert list(urls) == ["m3ter"]
        yield urlsplit(urls["m3ter"]).netloc, tape, said


def _ask(
    netloc: str, method: str, path: str, body: str | None = None, **headers: str
) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(netloc, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, json.loads(content) if content else None


def test_a_question_passes_through(api: Api) -> None:
    """Path, query and authorization go on; the answer comes back and is kept with the claims."""
    api.on(bodies.ME, json_reply(bodies.person()))
    token = jwt(sub="ada")
    with _forward(api) as (host, tape, said):
        path = f"/m3ter{bodies.ME.removeprefix('GET ')}?pageSize=1"
        assert _ask(host, "GET", path, authorization=f"Bearer {token}") == (200, bodies.person())
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
    with _forward(api) as (host, tape, _):
        basic = "Basic a2V5LTEyMzpzZWNyZXQtMQ=="
        status, answer = _ask(
            host, "POST", "/m3ter/oauth/token", body, authorization=basic, content_type=content_type
        )
    assert (status, answer["access_token"]) == (200, jwt(sub="machine"))
    assert api.seen[0].headers["authorization"] == basic
    assert api.seen[0].headers["content-type"].startswith(content_type)
    [kept] = tape.exchanges
    assert (kept.body, kept.claims) == (None, {"sub": "machine"})
    assert {"key-123", "secret-1", jwt(sub="machine")} <= tape.secrets
    assert "client_credentials" not in tape.secrets


@pytest.mark.parametrize("status", [401, 403, 404, 429, 503])
def test_a_refusal_passes_through(api: Api, status: int) -> None:
    """Once, with its body: whoever asks decides whether to try again."""
    api.on("GET /x", json_reply({"message": "no"}, status, retry_after="7"))
    with _forward(api) as (host, tape, _):
        assert _ask(host, "GET", "/m3ter/x") == (status, {"message": "no"})
    assert len(api.seen) == 1
    assert [each.status for each in tape.exchanges] == [status]


def test_what_is_no_answer_is_said_and_not_kept(api: Api) -> None:
    """A page of HTML cannot be recorded."""
    api.on("GET /x", Reply(200, b"<html>", {"content-type": "text/html"}))
    with _forward(api) as (host, tape, said):
        assert _ask(host, "GET", "/m3ter/x") == (502, None)
    assert tape.exchanges == ()
    assert said[0].startswith("m3ter sent an HTML page instead of JSON (HTTP 200).")


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/csp/x", {}), ("/x", {}), ("/m3ter/x", {"host": "evil.example"})],
)
def test_nothing_else_passes(api: Api, path: str, headers: dict[str, str]) -> None:
    """No platform without a credential, no other name for this machine."""
    with _forward(api) as (host, tape, _):
        assert _ask(host, "GET", path, **headers) == (400, None)
    assert (api.seen, tape.exchanges) == ([], ())
