"""A token endpoint's answer: the credential is refused, or it is no token endpoint that answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support import bodies
from support.api import Api, Reply, json_reply
from support.callers import core, csp, m3ter
from support.jwt import jwt

from callerid.config import load
from callerid.core import Core
from callerid.errors import (
    CalleridError,
    ForbiddenError,
    UnauthorizedError,
    UnexpectedReplyError,
    UnreachableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

OLDER = f"POST {bodies.CSP}/auth/authorize"
CREDENTIALS: dict[str, tuple[Callable[..., Core], dict[str, Any], tuple[str, ...]]] = {
    "csp app": (
        csp,
        {"cspClientId": "id", "cspClientSecret": "qzv-secret"},
        (bodies.APP_TOKEN, OLDER),
    ),
    "csp api token": (csp, {"cspApiToken": "qzv-secret"}, (bodies.AUTHORIZE,)),
    "m3ter key": (m3ter, {"m3terApiKey": "id", "m3terApiSecret": "qzv-secret"}, (bodies.TOKEN,)),
}
HTML = {"content-type": "text/html; charset=utf-8"}


def page(status: int, body: bytes = b"<!DOCTYPE html><h1>Log in</h1>", **headers: str) -> Reply:
    """Answer a page, as gateways and proxies do."""
    return Reply(status, body, {**HTML, **headers})


def _fail(api: Api, which: str, reply: Reply) -> CalleridError:
    """Let every token endpoint answer that, and return the error."""
    kind, settings, routes = CREDENTIALS[which]
    for route in routes:
        api.on(route, reply)
    asking = kind(api, **settings)
    with pytest.raises(CalleridError) as caught:
        asking.call("getCurrentUser", {})
    return caught.value


ELSEWHERE: dict[str, Reply] = {
    "404": json_reply({"message": "The requested resource could not be found"}, 404),
    "404 without a body": Reply(404, b""),
    "404 as text": Reply(404, b"404 page not found", {"content-type": "text/plain"}),
    "404 of Spring": json_reply({"status": 404, "error": "Not Found", "path": "/x"}, 404),
    "405": json_reply({"message": "Method Not Allowed"}, 405),
    "405 without a body": Reply(405, b""),
    "404 as a page": page(404),
    "405 as a page": page(405),
    "400 as a page": page(400),
    "401 as a page": page(401),
    "403 as a page": page(403),
    "403 as a page without its type": Reply(403, b" \n<html>", {}),
    "401 as XML": Reply(401, b"<?xml version='1.0'?><Error/>", {"content-type": "text/xml"}),
    "403 as a compressed page": page(403, b"\x1f\x8b\x08", **{"content-encoding": "gzip"}),
    "200 as a page": page(200),
    "410": json_reply({}, 410),
    "415": json_reply({"message": "Unsupported Media Type"}, 415),
    "200 of a health page": json_reply({"status": "UP"}),
    "200 of a list": json_reply([]),
    "200 of a text": json_reply("ok"),
    "300": json_reply({}, 300),
    "302": Reply(302, b"", {"location": "https://login.example/"}),
    "302 to nowhere": Reply(302, b"", {}),
    "308": Reply(308, b"", {"location": "/elsewhere"}),
}
"""Answers that say nothing of the credential."""


@pytest.mark.parametrize("which", CREDENTIALS)
@pytest.mark.parametrize("answer", ELSEWHERE)
def test_an_answer_of_no_token_endpoint_points_at_the_base_url(
    api: Api, which: str, answer: str
) -> None:
    """By the name of its setting; the secret is not called refused."""
    error = _fail(api, which, ELSEWHERE[answer])
    text = str(error)
    platform = which.partition(" ")[0]
    assert isinstance(error, UnexpectedReplyError)
    assert f"Check provider setting {platform}BaseUrl, and any proxy between." in text
    assert "refused" not in text
    assert not {"Secret", "ApiToken", "ClientId"} & set(text.replace(".", " ").split())


OAUTH = "invalid_grant"
REFUSING: dict[str, Reply] = {
    "401": json_reply({}, 401),
    "401 without a body": Reply(401, b""),
    "401 without a body, as a page": page(401, b""),
    "403": json_reply({"message": "Forbidden"}, 403),
    "403 as text": Reply(403, b"Forbidden", {"content-type": "text/plain"}),
    "400": json_reply({"message": "bad"}, 400),
    "JSON that is called a page": Reply(401, b'{"message": "no"}', HTML),
    "404 with the code in the message": json_reply({"message": f"{OAUTH}: gone"}, 404),
    "405 with the code": json_reply({"error": OAUTH}, 405),
    "404 with errorCode": json_reply({"errorCode": OAUTH}, 404),
    "400 with errorCode": json_reply({"errorCode": OAUTH, "message": "no"}, 400),
    "404 with minorErrorCode": json_reply({"minorErrorCode": OAUTH.upper()}, 404),
    "404 with error_description": json_reply({"error_description": f"{OAUTH}: x"}, 404),
    "405 of a client": json_reply({"error": "invalid_client"}, 405),
}
"""Answers that refuse the credential."""


@pytest.mark.parametrize("which", CREDENTIALS)
@pytest.mark.parametrize("answer", REFUSING)
def test_an_answer_that_refuses_the_credential(api: Api, which: str, answer: str) -> None:
    """By its status, or by the code of OAuth wherever an API of ours may write it."""
    error = _fail(api, which, REFUSING[answer])
    assert isinstance(error, UnauthorizedError)
    assert " refused the " in str(error)
    assert len(api.seen) == 1


@pytest.mark.parametrize("field", ["message", "error", "errorCode", "minorErrorCode"])
@pytest.mark.parametrize("status", [400, 404])
def test_the_code_is_read_wherever_it_stands(api: Api, field: str, status: int) -> None:
    """`invalid_grant` means another host, or an end: the hint is the same for each field."""
    api.on(bodies.AUTHORIZE, json_reply({field: OAUTH}, status))
    with pytest.raises(UnauthorizedError, match="It may be expired or revoked"):
        csp(api).call("getCurrentUser", {})


@pytest.mark.parametrize("field", ["message", "error", "errorCode", "minorErrorCode"])
def test_an_expired_token_is_recognized_by_any_field(api: Api, field: str) -> None:
    """m3ter's 403 that means the token is renewed, wherever that stands."""
    api.on(bodies.TOKEN, json_reply(bodies.token("old")), json_reply(bodies.token("new")))
    api.on(bodies.ME, json_reply({field: "Unauthorized"}, 403), json_reply(bodies.machine()))
    kind, settings, _ = CREDENTIALS["m3ter key"]
    assert kind(api, **settings).call("getCurrentUser", {})["displayName"] == "deploy"


@pytest.mark.parametrize("field", ["errorCode", "minorErrorCode"])
def test_the_old_parameter_is_asked_for_by_any_field(api: Api, field: str) -> None:
    """`api_token` is not known, whatever says so."""
    unknown = json_reply({field: "missing_parameter"}, 400)
    api.on(bodies.AUTHORIZE, unknown, json_reply(bodies.token("minted")))
    api.on(bodies.INFO, json_reply(bodies.info()))
    csp(api).call("getCurrentUser", {})
    assert [each.body for each in api.seen[:2]] == [
        b"api_token=api-token",
        b"refresh_token=api-token",
    ]


CODES: list[Any] = [None, 7, ["invalid_grant"], {"code": "invalid_grant"}, True]


@pytest.mark.parametrize("value", CODES)
def test_a_code_that_is_no_text_is_no_code(api: Api, value: Any) -> None:
    """Nothing is guessed of it, and nothing fails."""
    api.on(bodies.AUTHORIZE, json_reply({"error": value, "errorCode": value}, 404))
    with pytest.raises(UnexpectedReplyError, match="has no token endpoint"):
        csp(api).call("getCurrentUser", {})


def test_a_path_in_the_base_url_is_looked_at_first(api: Api) -> None:
    """No API of ours has one, so it may be one too many; it may be anything, and is not shown."""
    with pytest.raises(UnexpectedReplyError) as caught:
        core({"m3terBaseUrl": f"{api.url}/api/v1", "m3terApiKey": "k", "m3terApiSecret": "s"}).call(
            "getCurrentUser", {}
        )
    assert str(caught.value) == (
        f"m3ter has no token endpoint at {api.url.removeprefix('http://')} (HTTP 404).\n"
        "Check provider setting m3terBaseUrl, its path first, and any proxy between."
    )


def test_the_default_is_named_as_what_it_is(api: Api) -> None:
    """Nothing is set that could be checked."""
    api.on(bodies.TOKEN, json_reply({}, 405))
    settings = {"m3terBaseUrl": api.url, "m3terApiKey": "k", "m3terApiSecret": "s"}
    config = load(settings, {})
    unset = tuple(each._replace(base_url_source=None) for each in config.platforms)
    with pytest.raises(UnexpectedReplyError) as caught:
        Core(config._replace(platforms=unset)).call("getCurrentUser", {})
    assert str(caught.value) == (
        f"m3ter has no token endpoint at {api.url.removeprefix('http://')}, the default base URL "
        "(HTTP 405).\nCheck any proxy between, or set m3terBaseUrl (M3TER_BASE_URL)."
    )


def test_a_proxy_that_wants_a_password_is_named(api: Api) -> None:
    """HTTP 407 is no word of the API's, at the token endpoint and elsewhere."""
    kind, settings, _ = CREDENTIALS["m3ter key"]
    api.on(bodies.TOKEN, page(407), json_reply(bodies.token("t")))
    api.on(bodies.ME, Reply(407, b""))
    for _ in range(2):
        with pytest.raises(UnreachableError, match="A proxy answered in place of m3ter"):
            kind(api, **settings).call("getCurrentUser", {})


ABOUT: list[tuple[str, str, dict[str, Any]]] = [
    ("m3ter", bodies.ME, {"m3terApiToken": "opaque"}),
    ("csp", bodies.INFO, {"cspAccessToken": "opaque"}),
    ("csp", bodies.INFO, {"cspAccessToken": jwt(sub="a:1", perms=["csp:org_owner"])}),
]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405])
@pytest.mark.parametrize("about", ABOUT)
@pytest.mark.parametrize("function", ["getCurrentUser", "getUserOrgRoles", "requireCaller"])
def test_a_page_is_no_refusal_by_the_api(
    api: Api, status: int, about: tuple[str, str, dict[str, Any]], function: str
) -> None:
    """Neither of the caller, nor of the credential; and no claims answer in its place."""
    platform, route, settings = about
    api.on(route, page(status))
    rules = {"anyRoles": ["org_owner"]} if function == "requireCaller" else {}
    kind = csp if platform == "csp" else m3ter
    with pytest.raises(UnexpectedReplyError) as caught:
        kind(api, **settings).call(function, rules)
    assert f"sent an HTML page instead of JSON (HTTP {status}). Check" in str(caught.value)
    assert len(api.seen) == 1


def test_a_page_in_place_of_rights_is_no_refusal(api: Api) -> None:
    """What m3ter refuses the token's claims tell; what a gateway says they do not."""
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.DETAILS, json_reply({"id": bodies.ADA}))
    claims = {"CONFIG#CONFIG_CREATE#ITEM#*": True}
    asking = m3ter(api, m3terApiToken=jwt(permissions=claims, orgId=bodies.ORG))
    api.on(bodies.POLICIES, page(403), json_reply({}, 403))
    with pytest.raises(UnexpectedReplyError, match="an HTML page"):
        asking.call("getUserOrgRoles", {})
    assert asking.call("getUserOrgRoles", {})["roleNames"] == ["CONFIG_CREATE"]


def test_a_page_for_an_expired_token_renews_it(api: Api) -> None:
    """A gateway that checks tokens may answer so; a new one is worth a try."""
    api.on(bodies.AUTHORIZE, json_reply(bodies.token("old")), json_reply(bodies.token("new")))
    api.on(bodies.INFO, page(401), json_reply(bodies.info()))
    assert csp(api).call("getCurrentUser", {})["displayName"] == "Grace"


def test_a_right_that_is_missing_stays_one(api: Api) -> None:
    """The API's own words, and an empty refusal, are about the caller."""
    for reply in (json_reply({"message": "no"}, 403), Reply(403, b"")):
        api.on(bodies.INFO, reply)
        with pytest.raises(ForbiddenError):
            csp(api, cspAccessToken="opaque").call("getCurrentUser", {})


@pytest.mark.parametrize("about", ABOUT)
def test_a_method_that_is_not_allowed_is_no_matter_of_the_id(
    api: Api, about: tuple[str, str, dict[str, Any]]
) -> None:
    """No API of ours answers so: the base URL leads elsewhere."""
    platform, route, settings = about
    api.on(route, json_reply({"message": "Method Not Allowed"}, 405))
    with pytest.raises(UnexpectedReplyError) as caught:
        (csp if platform == "csp" else m3ter)(api, **settings).call("getCurrentUser", {})
    assert str(caught.value).endswith(
        f"(HTTP 405). Check provider setting {platform}BaseUrl, and any proxy between."
    )
