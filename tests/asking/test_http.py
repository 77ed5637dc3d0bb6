"""The shared HTTP layer against a real server: what comes, and what is said about it."""

from __future__ import annotations

import errno
import gzip
import os
import socket
import time
from base64 import b64encode
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Barrier, Event, Thread
from typing import TYPE_CHECKING

import pytest
from support.api import Api, Reply, Seen, json_reply, serve
from support.clock import HandClock

from callerid.asking.clock import Clock
from callerid.asking.request import Answer, Request
from callerid.asking.strict_json import MOST_PARTS
from callerid.asking.transport import Http
from callerid.config import TIMEOUT, PlatformConfig
from callerid.errors import (
    ApiError,
    ConfigurationError,
    UnexpectedReplyError,
    UnreachableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOURCE = "environment M3TER_BASE_URL"
HTML = {"content-type": "text/html; charset=utf-8"}
LARGE = "with more than 20,000 objects or entries of lists in it"


@contextmanager
def drip(answer: bytes) -> Iterator[str]:
    """Serve an answer that begins, and goes on a byte at a time for five seconds at most."""
    ended = Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.sendall(answer)
                for _ in range(100):
                    if ended.wait(0.05):
                        return
                    connection.sendall(answer if b"103" in answer else b"x")

        Thread(target=serve, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            ended.set()


ASKED = Request("GET", "/x")


def send(
    url: str, clock: Clock | None = None, seconds: float = 60, asked: Request = ASKED
) -> Answer:
    """Ask `GET /x` of a server, with waits that take no time."""
    clock = clock or HandClock().clock()
    http = Http(PlatformConfig("m3ter", url, base_url_source=SOURCE), clock)
    return http.send(asked, clock.deadline(seconds))


def failure(url: str, clock: Clock | None = None, seconds: float = 60) -> ApiError:
    """Ask, and give the error."""
    with pytest.raises(ApiError) as caught:
        send(url, clock, seconds)
    return caught.value


def test_a_json_answer_comes_back_with_status_and_request_id(api: Api) -> None:
    """Errors are told by the API's own request id."""
    api.on("GET /x", json_reply({"a": 1}, x_request_id="r-1"))
    answer = send(api.url)
    assert (answer.ok, answer.body, str(answer.answered)) == (
        True,
        {"a": 1},
        "HTTP 200, request r-1",
    )


def test_an_error_answer_may_be_of_any_form(api: Api) -> None:
    """The status of a refusal counts; its body need not be JSON."""
    api.on("GET /x", Reply(403, b"", HTML))
    answer = send(api.url)
    assert (answer.ok, answer.body, answer.said) == (False, None, "")


def test_a_request_id_in_the_body_is_found_and_a_strange_one_is_not(api: Api) -> None:
    """VMware Cloud Services gives it in the body; text from outside is not repeated."""
    api.on("GET /x", json_reply({"requestId": "b-1"}, 404), json_reply({"requestId": "a\nb"}, 404))
    assert send(api.url).answered.request_id == "b-1"
    assert send(api.url).answered.request_id is None


@pytest.mark.parametrize("part", [slice(None), slice(3, 11)])
@pytest.mark.parametrize(
    "asked",
    [
        Request("GET", "/x", {"authorization": "Bearer Ab3dE5fG7hI9kM3o"}),
        Request("GET", "/x", form={"api_token": "Ab3dE5fG7hI9kM3o"}),
        Request("GET", "/x", json={"tokenValue": "Ab3dE5fG7hI9kM3o"}),
        Request("GET", "/x", basic=("id", "Ab3dE5fG7hI9kM3o")),
    ],
)
def test_a_request_id_that_repeats_the_credential_is_none(
    api: Api, asked: Request, part: slice
) -> None:
    """A gateway that reflects what it got must not put a token into errors and logs."""
    echoed = "Ab3dE5fG7hI9kM3o"[part]
    api.on("GET /x", json_reply({"requestId": echoed, "traceId": "t-1"}, 404, x_request_id=echoed))
    assert send(api.url, asked=asked).answered.request_id == "t-1"


def test_a_request_id_that_repeats_the_encoded_pair_is_none(api: Api) -> None:
    """As the header has it (RFC 7617)."""
    echoed = b64encode(b"id:Ab3dE5fG7hI9kM3o").decode()
    api.on("GET /x", json_reply({}, 404, x_request_id=echoed))
    asked = Request("GET", "/x", basic=("id", "Ab3dE5fG7hI9kM3o"))
    assert send(api.url, asked=asked).answered.request_id is None


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z"),
        ("2026-01-31T02:00:00.50+02:00", "2026-01-31T00:00:00.5Z"),
        *(
            (sent, "an unknown time")
            for sent in (
                *("", "0", "1769817600", "2026-01-31", "2026-13-31T00:00:00Z"),
                *("https://elsewhere.invalid/x", "2026-01-31T00:00:00Z;see:elsewhere.invalid"),
                *("2026-01-31T00:00:00Z[elsewhere]", "2026-01-31T00:00:00Z, 2026-01-31T00:00:00Z"),
            )
        ),
    ],
)
def test_the_time_of_a_recording_is_a_time_or_unknown(api: Api, sent: str, read: str) -> None:
    """What is shown is no text of the API's; and no header makes a replay a live answer."""
    api.on("GET /x", json_reply({}, x_callerid_recorded_at=sent))
    assert send(api.url).recorded_at == read


@pytest.mark.parametrize(
    ("reply", "came"),
    [
        (Reply(body=b"<html>login</html>", headers=HTML), "an HTML page"),
        (Reply(body=b""), "an empty reply"),
        (Reply(body=b'{"user": {"id": "canary'), "a reply cut short"),
        (Reply(body=b"canary"), "text"),
        (Reply(body='"text"'.encode("utf-16-le")), "text"),
        (Reply(body=b'{"a": [1, 2'), "a reply cut short"),
        (Reply(body=b'{"a": 1e400}'), "a reply with a number that is out of range"),
        (Reply(body=b"[" + b"9" * 10_000), "a reply with a number that is out of range"),
        (Reply(body=b'{"a": -Infinity}'), "a reply with NaN or Infinity in it"),
        (Reply(body=b'{"a": NaN}'), "a reply with NaN or Infinity in it"),
        (Reply(body=b'{"a": 1, "a": 1}'), "a reply with a key that stands in it twice"),
        (Reply(body=b'{"a": 1,, "b": 2}'), "a reply with a mistake in it"),
        (Reply(body=b"[" * 100_000), "a reply that is nested too deeply"),
        (Reply(body=b"[" * 51 + b"]" * 51), "a reply that is nested too deeply"),
        (Reply(body=b'{"a": ' * 960 + b"1" + b"}" * 960), "a reply that is nested too deeply"),
        (Reply(body=b"[{},%s{}]" % (b"{}," * MOST_PARTS)), f"a reply {LARGE}"),
        (Reply(body=b"[0,%s0]" % (b"0," * MOST_PARTS)), f"a reply {LARGE}"),
        (Reply(body=b'{"a": [%s[0]]}' % (b"[0]," * (MOST_PARTS // 2))), f"a reply {LARGE}"),
    ],
)
def test_a_success_that_is_not_json_says_what_came(api: Api, reply: Reply, came: str) -> None:
    """One line: what came instead, and where to look; never the body."""
    api.on("GET /x", reply)
    error = failure(api.url)
    assert isinstance(error, UnexpectedReplyError)
    assert str(error) == (
        f"m3ter sent {came} instead of JSON (HTTP 200). Check {SOURCE}, and any proxy between."
    )
    assert len(api.seen) == 1


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b'{"name": "M\xfcller"}', {"name": "M\ufffdller"}),
        (b'{"name": "a\\ud800b", "of": ["\\uDFFF"]}', {"name": "a\ufffdb", "of": ["\ufffd"]}),
        (b'{"\\ud800": 1}', {"\ufffd": 1}),
        (b'{"name": "\\ud83d\\ude00 \xf0\x9f\x98\x80"}', {"name": "\U0001f600 \U0001f600"}),
        (b'"\xed\xa0\x80"', "\ufffd\ufffd\ufffd"),
        (b"\xef\xbb\xbf{}", {}),
    ],
)
def test_a_character_that_cannot_be_read_is_replaced(api: Api, body: bytes, read: object) -> None:
    """A Latin-1 byte, half a character: the rest of the answer is good."""
    api.on("GET /x", Reply(body=body))
    assert send(api.url).body == read


def test_a_broken_connection_is_tried_four_times(api: Api) -> None:
    """A reply cut short on the wire is the network's fault, until it happens four times."""
    api.on("GET /x", Reply(body=b'{"a": 1}', cut=3))
    error = failure(api.url)
    assert isinstance(error, UnreachableError)
    assert "the connection broke, the reply was cut short" in str(error)
    assert len(api.seen) == 4


def test_a_short_outage_is_not_noticed(api: Api) -> None:
    """502, then 429, then the answer."""
    api.on("GET /x", json_reply({}, 502), json_reply({}, 429), json_reply({"a": 1}))
    assert send(api.url).body == {"a": 1}


def test_an_api_that_is_down_is_named_with_host_and_setting() -> None:
    """Nothing listens: the sentence says where, and what to check."""
    assert str(failure("http://127.0.0.1:1")) == (
        "m3ter cannot be reached at 127.0.0.1:1: nothing accepts connections there. "
        f"Check {SOURCE}, and any proxy between."
    )


@pytest.mark.parametrize(
    ("number", "cause", "cure"),
    [
        (errno.EMFILE, "this process has no file descriptor left", "Raise the limit of open files"),
        (errno.ENFILE, "this machine has no file descriptor left", "Raise the limit of open files"),
        (errno.EPERM, "this machine does not allow the connection", "Check what this process is"),
        (errno.EACCES, "this machine does not allow the connection", "Check what this process is"),
        (errno.ENETUNREACH, "no network of this machine leads there", f"Check {SOURCE}, and any"),
        (errno.EHOSTUNREACH, "no network of this machine leads there", f"Check {SOURCE}, and any"),
        (errno.EADDRNOTAVAIL, "this machine has no address or port left for it", "Check"),
    ],
)
def test_what_this_machine_lacks_is_not_called_the_apis_fault(
    monkeypatch: pytest.MonkeyPatch, number: int, cause: str, cure: str
) -> None:
    """The system's own reason is told: nobody was asked."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(socket, "create_connection", fail)
    told = str(failure("http://127.0.0.1:1"))
    assert told.startswith(f"m3ter cannot be reached at 127.0.0.1:1: {cause}. {cure}")


def test_where_no_base_url_is_set_the_ways_to_set_it_are_named(api: Api) -> None:
    """There is nothing to check but what lies between."""
    clock = HandClock().clock()
    http = Http(PlatformConfig("m3ter", api.url), clock)
    api.on("GET /x", Reply(body=b"<html>"))
    with pytest.raises(UnexpectedReplyError) as caught:
        http.send(Request("GET", "/x"), clock.deadline(60))
    assert str(caught.value).endswith(
        "Check any proxy between, or set m3terBaseUrl (M3TER_BASE_URL)."
    )


def test_an_unknown_host_is_named() -> None:
    """DNS says no."""
    assert "the host name is unknown" in str(failure("https://callerid.invalid"))


def test_https_to_a_server_that_speaks_none(api: Api) -> None:
    """A TLS failure is called one."""
    error = failure(api.url.replace("http:", "https:"))
    assert "TLS" in str(error)


def test_redirects_are_not_followed(api: Api) -> None:
    """A credential is not handed on to whatever host a reply names."""
    elsewhere = {"location": "http://elsewhere.invalid/canary"}
    api.on("GET /x", Reply(302, b"", elsewhere))
    error = failure(api.url)
    assert "a redirect (HTTP 302), which callerid does not follow" in str(error)
    assert "elsewhere" not in str(error)


def test_a_reply_over_five_mebibytes_is_refused(api: Api) -> None:
    """Reading stops; nobody's preview runs out of memory."""
    api.on("GET /x", Reply(body=b'"' + b"a" * (6 * 1024 * 1024) + b'"'))
    assert "more than 5 MiB" in str(failure(api.url))


def test_the_whole_answer_has_one_deadline(api: Api) -> None:
    """A server that thinks for too long is given up, and the setting is named."""
    api.on("GET /x", Reply(delay=1.0))
    error = failure(api.url, Clock(), seconds=0.2)
    assert f"no answer within 0.2 s, the limit of {TIMEOUT}" in str(error)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 103 Early\r\n\r\n"])
def test_a_server_that_drips_headers_is_given_up_at_the_deadline(answer: bytes) -> None:
    """Each byte comes in time, and the answer never does."""
    with drip(answer) as url:
        started = time.monotonic()
        error = failure(url, Clock(), seconds=0.4)
        assert time.monotonic() - started < 2
    assert f"no answer within 0.4 s, the limit of {TIMEOUT}" in str(error)


@pytest.mark.parametrize("url", ["https://[v1.x]", "https://xn--a"])
def test_a_url_that_cannot_be_asked_names_the_setting(url: str) -> None:
    """What slips through the check of settings is no bug of callerid's."""
    with pytest.raises(ConfigurationError, match=f"{SOURCE} is no URL"):
        send(url)


def test_a_compressed_reply_is_refused_unread(api: Api) -> None:
    """A few bytes could unpack to any number; the request asked for none of that."""
    packed = gzip.compress(b'"' + b"a" * 1000 + b'"')
    api.on("GET /x", Reply(body=packed, headers={"content-encoding": "gzip"}))
    assert "a compressed reply, unasked" in str(failure(api.url))
    assert api.seen[0].headers["accept-encoding"] == "identity"


def test_a_compressed_refusal_counts_by_its_status(api: Api) -> None:
    """A gateway may pack its error page; an outage is tried again all the same."""
    packed = {"content-encoding": "gzip"}
    api.on("GET /x", Reply(503, gzip.compress(b"busy"), packed), json_reply({"a": 1}))
    assert send(api.url).body == {"a": 1}


def test_loopback_goes_past_every_proxy(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment does not see what is meant for this machine."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    api.on("GET /x", json_reply({"a": 1}))
    assert send(api.url).body == {"a": 1}


@pytest.mark.parametrize("form", ["file", "pipe"])
def test_a_netrc_is_not_read(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """Somebody's password for the same host takes no token's place."""
    place = tmp_path / ".netrc"
    if form == "pipe":
        os.mkfifo(place)
    else:
        place.write_text("machine 127.0.0.1 login canary password canary", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(place))
    api.on("GET /x", json_reply({"a": 1}))
    clock = Clock()
    http = Http(PlatformConfig("m3ter", api.url), clock)
    http.try_once(Request("GET", "/x", {"authorization": "Bearer t"}), clock.deadline(5))
    assert api.seen[0].headers["authorization"] == "Bearer t"
    http.try_once(Request("GET", "/x"), clock.deadline(5))
    assert "authorization" not in api.seen[1].headers


def test_no_cookie_of_a_reply_comes_back(api: Api) -> None:
    """A session that an API began for one question decides no other: the credential does."""
    api.on("GET /x", json_reply({"a": 1}, set_cookie="session=canary; Path=/"))
    clock = Clock()
    http = Http(PlatformConfig("m3ter", api.url), clock)
    for _ in range(2):
        http.send(Request("GET", "/x"), clock.deadline(5))
    assert ["cookie" in each.headers for each in api.seen] == [False, False]


class _Together(Api):
    """Answers when all questions are there, and not before."""

    def __init__(self, questions: int) -> None:
        super().__init__()
        self.all_there = Barrier(questions)

    def answer(self, seen: Seen) -> Reply:
        self.all_there.wait(20)
        return super().answer(seen)


def test_questions_at_once_do_not_wait_for_each_other() -> None:
    """More than a client of httpx's has connections by default."""
    questions, clock = 150, Clock()
    with serve(_Together(questions)) as api, ThreadPoolExecutor(questions) as pool:
        api.on("GET /x", json_reply({"a": 1}))
        http = Http(PlatformConfig("m3ter", api.url), clock)
        asked = [pool.submit(http.send, ASKED, clock.deadline(15)) for _ in range(questions)]
        assert {str(each.result().body) for each in asked} == {"{'a': 1}"}


def test_a_request_can_be_printed() -> None:
    """No header, body or password shows in a representation."""
    request = Request(
        "POST", "/x", {"authorization": "canary"}, {"api_token": "canary"}, basic=("k", "canary")
    )
    assert repr(request) == "Request('POST', '/x')"
    assert not isinstance(request, Sequence), "what shows frames shows each of its items"


def test_an_answer_can_be_printed(api: Api) -> None:
    """No body shows in a representation: it may hold a token."""
    api.on("GET /x", json_reply({"access_token": "canary"}))
    clock = Clock()
    answer = Http(PlatformConfig("m3ter", api.url), clock).send(
        Request("GET", "/x"), clock.deadline(5)
    )
    assert (answer.body, "canary" in repr(answer)) == ({"access_token": "canary"}, False)
    assert not isinstance(answer, Sequence), "as above"
