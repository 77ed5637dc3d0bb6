"""One shared way to talk to an API: time limits, retries, size limit, JSON.

Nothing here knows what a platform's statuses mean; an answer below HTTP 500 goes to the caller.
"""

from __future__ import annotations

import logging
import re
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import httpx

from callerid import times
from callerid.asking import certificates, network, proxies, strict_json
from callerid.asking.errands import Errands
from callerid.asking.path import shown
from callerid.asking.reached import Reached, Trail, server_time
from callerid.asking.request import REDIRECT, Answer, Request
from callerid.asking.retry import Patience
from callerid.config import BY_NAME, PLATFORM_TITLES, PlatformConfig
from callerid.errors import (
    Answered,
    ConfigurationError,
    UnexpectedReplyError,
    UnreachableError,
)
from callerid.model import rfc3339
from callerid.replay import RECORDED_AT, UNKNOWN_TIME
from callerid.setting import setting_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callerid.asking.clock import Clock, Deadline

T = TypeVar("T")
LOG = logging.getLogger("callerid")
CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
MAX_REPLY_BYTES = 5 * 1024 * 1024
BAD_REQUEST, PROXY_AUTHENTICATION = 400, 407
_REQUEST_ID_HEADERS = ("x-request-id", "x-amzn-requestid", "x-amzn-trace-id", "x-amz-apigw-id")
_REQUEST_ID = r"(?a)[\w.:=;+/-]{1,128}"
_RFC3339 = r"(?a)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)"


class Http:
    """The connections to one platform's API."""

    def __init__(
        self,
        platform: PlatformConfig,
        clock: Clock,
        tell: Callable[[str], None] | None = None,
        is_secret: Callable[[str], bool] | None = None,
    ) -> None:
        """Open nothing yet; `tell` receives what is waited for.

        `is_secret` says whether a text from outside must not be shown as the id of a request,
        beside what the request itself has sent.

        Raises:
            ConfigurationError: the base URL, or the proxy or certificate variables of the
                environment, cannot be used.
        """
        self.title = PLATFORM_TITLES[platform.name]
        self._base_url = platform.base_url
        self._base_url_setting = BY_NAME[setting_name(platform.name, "baseUrl")]
        self._base_url_source = platform.base_url_source
        self._clock = clock
        self._tell = tell
        self._is_secret = is_secret or _no_text
        self._check_url()
        self._route = proxies.route(platform.base_url)
        self._client = network.client(platform.base_url, self._route)
        self._errands = Errands()

    @property
    def host(self) -> str:
        """The host asked, with its port if it has one."""
        return urlsplit(self._base_url).netloc

    @property
    def place(self) -> str:
        """The host asked, and whether it is asked because no other one is set."""
        return self.host if self._base_url_source else f"{self.host}, the default base URL"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What people should know of the environment's variables for the network."""
        left_out = certificates.warnings() if self._base_url.startswith("https:") else ()
        return self._route.unreadable + left_out

    def send(self, request: Request, deadline: Deadline) -> Answer:
        """Send until an answer below HTTP 500 (but 408 and 429) comes, or patience ends.

        Raises:
            UnreachableError: no usable answer in four tries or before the deadline, or a proxy
                wants a password.
            RateLimitedError: HTTP 429, and the API asks to wait past the deadline.
            UnexpectedReplyError: a redirect, a reply over 5 MiB, or a success that is not JSON.
        """
        patience = Patience(self.title, deadline, self._clock, self._tell)
        for number in count(1):
            if self._tell:
                self._tell(f"asking {self.title} ({request.method} {_short(request.path)})")
            started = self._clock.monotonic()
            try:
                answer = self._within(deadline, partial(self._once, request, deadline))
            except httpx.TransportError as error:
                self._note(request, number, started, type(error).__name__)
                patience.after_failure(self._cannot_reach(error, deadline))
                continue
            self._note(request, number, started, answer.answered.status)
            if not patience.after_status(answer.answered, answer.retry_after):
                return answer
        raise AssertionError  # count() does not end

    def try_once(self, request: Request, deadline: Deadline) -> Answer:
        """Send once, and return any JSON answer, HTTP 5xx too.

        Raises:
            UnreachableError: no answer came.
            UnexpectedReplyError: as `send`.
        """
        try:
            return self._within(deadline, partial(self._once, request, deadline))
        except httpx.TransportError as error:
            raise self._cannot_reach(error, deadline) from None

    def _note(self, request: Request, number: int, started: float, outcome: object) -> None:
        milliseconds = (self._clock.monotonic() - started) * 1000
        LOG.debug(
            "api method=%s path=%s outcome=%s ms=%.0f try=%d",
            request.method,
            shown(request.path),
            outcome,
            milliseconds,
            number,
        )

    def reach(self, deadline: Deadline) -> Reached:
        """Ask the base URL once, without a credential; no answer is an outcome, not an error."""
        trail = Trail()
        try:
            found = self._within(deadline, partial(self._reach, trail, deadline))
        except httpx.TransportError as error:
            hurdle, detail = network.hurdle(error)
            found = Reached(None, hurdle, detail, trail.connected)
        return found._replace(route=self._route, warnings=self.warnings)

    def _reach(self, trail: Trail, deadline: Deadline) -> Reached:
        asked = self._clock.time()
        extensions = {"trace": trail.note}
        with self._stream(Request("GET", "/"), deadline, extensions) as response:
            ours = (asked + self._clock.time()) / 2
            theirs = server_time(response.headers)
        ahead = None if theirs is None else theirs - ours
        return Reached(response.status_code, connected=trail.connected, clock_ahead=ahead)

    def stop(self) -> None:
        """End what is under way; nothing is asked any more."""
        self._errands.stop()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _within(self, deadline: Deadline, act: Callable[[], T]) -> T:
        try:
            return self._errands.within(deadline, act)
        except TimeoutError:
            message = "no answer before the deadline"
            raise httpx.ReadTimeout(message) from None

    def _once(self, request: Request, deadline: Deadline) -> Answer:
        with self._stream(request, deadline) as response:
            content = self._content(response)
        body, headers = _json(content), response.headers
        answered = Answered(response.status_code, self._request_id(request, response, body))
        if REDIRECT <= response.status_code < BAD_REQUEST:
            self._refuse_redirect(answered)
        if response.status_code == PROXY_AUTHENTICATION:
            self._refuse_proxy(answered)
        if response.is_success and body is None:
            came = _describe(content, headers.get("content-type", ""))
            raise self.no_json(answered, came)
        is_page = body is None and _is_page(content, headers)
        return Answer(
            answered, body, headers.get("retry-after"), _recorded_at(headers), is_page=is_page
        )

    @contextmanager
    def _stream(
        self, request: Request, deadline: Deadline, extensions: dict[str, Any] | None = None
    ) -> Iterator[httpx.Response]:
        remaining = max(deadline.remaining(), 0.001)
        read = min(READ_SECONDS, remaining)
        response = self._client.stream(
            request.method,
            self._base_url + request.path,
            headers=request.headers,
            data=request.form,
            json=request.json,
            auth=request.basic,
            timeout=httpx.Timeout(read, connect=min(CONNECT_SECONDS, remaining)),
            extensions=extensions,
        )
        with ExitStack() as stack:
            with network.unlogged():
                opened = stack.enter_context(response)
            yield opened

    def _content(self, response: httpx.Response) -> bytes:
        """Read the body as it comes: unpacking could make any number of bytes of a few.

        A refusal that is packed counts by its status alone.
        """
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            if not response.is_success:
                return b""
            text = f"{self.title} sent a compressed reply, unasked. {self._check_base_url()}"
            raise UnexpectedReplyError(text, Answered(response.status_code))
        content = bytearray()
        for chunk in response.iter_raw():
            content += chunk
            if len(content) > MAX_REPLY_BYTES:
                text = f"{self.title} sent a reply of more than 5 MiB. {self._check_base_url()}"
                raise UnexpectedReplyError(text, Answered(response.status_code))
        return bytes(content)

    def _request_id(self, request: Request, response: httpx.Response, body: object) -> str | None:
        found = [response.headers.get(name) for name in _REQUEST_ID_HEADERS]
        if isinstance(body, dict) and not response.is_success:
            found += [body.get("requestId"), body.get("traceId")]
        ids = (each for each in found if isinstance(each, str) and re.fullmatch(_REQUEST_ID, each))
        may_be_shown = (
            each for each in ids if not (request.is_echoed(each) or self._is_secret(each))
        )
        return next(may_be_shown, None)

    def _refuse_redirect(self, answered: Answered) -> NoReturn:
        text = (
            f"{self.title} answered with a redirect ({answered}), which callerid does not follow: "
            f"it would hand the credential on.\n{self.check_base_url()}"
        )
        raise UnexpectedReplyError(text, answered)

    def _refuse_proxy(self, answered: Answered) -> NoReturn:
        check = f"Check {self._route.variable}." if self._route.proxy else self._check_base_url()
        text = (
            f"A proxy answered in place of {self.title} ({answered}): it wants a user name and a "
            f"password.\n{check}"
        )
        raise UnreachableError(text, answered)

    def no_json(self, answered: Answered, came: str = "an HTML page") -> UnexpectedReplyError:
        """Return the error for an answer that is not the API's."""
        text = f"{self.title} sent {came} instead of JSON ({answered}). {self.check_base_url()}"
        return UnexpectedReplyError(text, answered)

    def _cannot_reach(self, error: httpx.TransportError, deadline: Deadline) -> UnreachableError:
        cause, cure = network.cause(error, deadline)
        cure = cure or self._check_base_url()
        text = f"{self.title} cannot be reached at {self.host}: {cause}. {cure}"
        return UnreachableError(text)

    def _check_url(self) -> None:
        try:
            _ = httpx.URL(self._base_url).host
        except (httpx.InvalidURL, UnicodeError):  # the latter by what looks like an encoded name
            text = f"{self._base_url_source or 'The base URL'} is no URL. {self._check_base_url()}"
            raise ConfigurationError(text) from None

    def check_base_url(self) -> str:
        """Return what to check where something else than the API answers: the path, if any."""
        return self._check_base_url(", its path first" if urlsplit(self._base_url).path else "")

    def _check_base_url(self, part: str = "") -> str:
        if self._base_url_source:
            return f"Check {self._base_url_source}{part}, and any proxy between."
        return f"Check any proxy between, or {self.other_base_url}."

    @property
    def other_base_url(self) -> str:
        """The way to ask another host."""
        if self._base_url_source:
            return f"change {self._base_url_source}"
        return f"set {self._base_url_setting.ways}"


def reach(platform: PlatformConfig, clock: Clock, deadline: Deadline) -> Reached:
    """Ask a platform's base URL once, see `Http.reach`; no credential is needed.

    Raises:
        ConfigurationError: the base URL, proxy or certificate settings cannot be used.
    """
    with closing(Http(platform, clock)) as http:
        return http.reach(deadline)


LONGEST_SHOWN_SEGMENT = 24
"""Ids are longer, and of no use to a person at a terminal."""


def _short(path: str) -> str:
    """Write a path for people: without its query, and ids as `…`."""
    segments = shown(path).split("/")
    return "/".join("…" if len(each) > LONGEST_SHOWN_SEGMENT else each for each in segments)


def _no_text(_: str) -> bool:
    return False


def _json(content: bytes) -> Any:
    try:
        return strict_json.loads(content)
    except strict_json.NoJsonError:
        return None


def _recorded_at(headers: httpx.Headers) -> str | None:
    """Read when an answer was recorded; whatever the header holds, it is no live answer.

    It is shown, so a text of the API's own is none.
    """
    text = headers.get(RECORDED_AT)
    if text is None:
        return None
    moment = times.read(text) if re.fullmatch(_RFC3339, text) else None
    return rfc3339(moment) if moment else UNKNOWN_TIME


def _is_page(content: bytes, headers: httpx.Headers) -> bool:
    """Return whether an error is an HTML page; one that came compressed was not read."""
    is_there = bool(content) or "content-encoding" in headers
    is_html = "html" in headers.get("content-type", "").lower()
    return content.lstrip()[:1] == b"<" or (is_there and is_html)


def _describe(content: bytes, content_type: str) -> str:
    start = content.lstrip()[:1]
    if not start:
        return "an empty reply"
    if "html" in content_type.lower() or start == b"<":
        return "an HTML page"
    if start not in b"{[":
        return "text"
    try:
        strict_json.loads(content)
    except strict_json.NoJsonError as error:
        return f"a reply {error}"
    return "null"
