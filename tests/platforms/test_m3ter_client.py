"""How m3ter is asked: lists page by page, and with which token."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from support import bodies
from support.api import json_reply
from support.clock import START
from support.jwt import jwt
from support.m3ter import HERE, KEY, OTHER, REFUSED, TOKEN, World

from callerid.errors import (
    ApiError,
    ConfigurationError,
    ForbiddenError,
    UnauthorizedError,
    UnexpectedReplyError,
)
from callerid.model import MOST_ITEMS
from callerid.platforms.m3ter.client import MAX_PAGES, M3ter

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.api import Api

    from callerid.asking.clock import Deadline


@pytest.mark.parametrize(
    ("pages", "text"),
    [
        (
            ["a", "b", "a"],
            "m3ter does not end a list of the caller's rights: a nextToken leads to itself.",
        ),
        (
            [f"{each}" for each in range(1, MAX_PAGES + 1)],
            "m3ter does not end a list of the caller's rights after 50 pages.",
        ),
    ],
)
def test_a_list_that_does_not_end(api: Api, world: World, pages: list[str], text: str) -> None:
    """What of it was read is no answer."""
    api.on(bodies.POLICIES, *(json_reply({"data": [], "nextToken": each}) for each in pages))
    with pytest.raises(UnexpectedReplyError) as caught:
        world.client.policies(HERE, "users", bodies.ADA, world.deadline)
    assert str(caught.value) == text
    assert len(api.seen) == len(pages)


def test_a_list_is_as_long_on_many_pages_as_on_one(api: Api, world: World) -> None:
    """Half of what is allowed, twice, and one more."""
    half = {"data": [{"id": "a"}] * (MOST_ITEMS // 2)}
    pages = [{**half, "nextToken": "1"}, {**half, "nextToken": "2"}, {"data": [{"id": "a"}]}]
    api.on(bodies.POLICIES, *map(json_reply, pages))
    with pytest.raises(UnexpectedReplyError) as caught:
        world.client.policies(HERE, "users", bodies.ADA, world.deadline)
    assert str(caught.value) == "m3ter lists more than 10,000 rights of the caller."


def test_the_longest_list_that_is_read(api: Api, world: World) -> None:
    """As many pages as are followed; a refusal in the middle refuses the whole list."""
    names = [f"{each}" for each in range(1, MAX_PAGES + 1)]
    following = [*names[1:], None]
    pages = [
        {"data": [{"id": each}], "nextToken": next_one}
        for each, next_one in zip(names, following, strict=True)
    ]
    api.on(bodies.POLICIES, *map(json_reply, pages))
    found = world.client.policies(HERE, "users", bodies.ADA, world.deadline)
    assert [each.id for each in found or []] == names
    first, *others = api.paths()
    assert first == f"{bodies.POLICIES}?pageSize=100"
    assert others == [f"{first}&nextToken={each}" for each in names[1:]]
    api.on(bodies.GROUPS, json_reply({"data": [{"id": "g"}], "nextToken": "2"}), REFUSED)
    assert world.client.user_groups(HERE, bodies.ADA, world.deadline) is None


QUESTIONS: dict[str, Callable[[M3ter, Deadline], object]] = {
    "me": lambda client, deadline: client.me(HERE, deadline),
    "policies": lambda client, deadline: client.policies(HERE, "users", bodies.ADA, deadline),
    "groups": lambda client, deadline: client.user_groups(HERE, bodies.ADA, deadline),
    "details": lambda client, deadline: client.user_details(HERE, bodies.ADA, deadline),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_is_asked_with_a_token_of_another_organization(api: Api, question: str) -> None:
    """Whichever comes first."""
    world = World(api, m3terApiToken=jwt(orgId=OTHER))
    with closing(world.client), pytest.raises(ConfigurationError, match=f"organization {OTHER}"):
        QUESTIONS[question](world.client, world.deadline)
    assert api.seen == []


@pytest.mark.parametrize(("settings", "title"), [(TOKEN, "the bearer token"), (KEY, "the API key")])
def test_a_credential_is_called_what_it_is(api: Api, settings: dict[str, str], title: str) -> None:
    """In the first line of the error, which is all that some logs show."""
    api.on(bodies.TOKEN, json_reply({}, 401))
    api.on(bodies.ME, json_reply({}, 401))
    world = World(api, **settings)
    with closing(world.client), pytest.raises(UnauthorizedError) as caught:
        world.who()
    assert str(caught.value).splitlines()[0] == f"m3ter refused {title} (HTTP 401)."


@pytest.mark.parametrize(
    ("status", "body", "tokens"),
    [
        (403, {"message": "Unauthorized"}, 2),
        (403, {"message": "The token EXPIRED"}, 2),
        (403, {"message": "Forbidden"}, 1),
        (403, {}, 1),
        (404, {"message": "Unauthorized"}, 1),
    ],
)
def test_which_refusals_are_of_the_token(api: Api, status: int, body: Any, tokens: int) -> None:
    """Then another one is minted, once; if it is refused too, the question is."""
    api.on(bodies.TOKEN, json_reply(bodies.token("t", 3600)))
    api.on(bodies.POLICIES, json_reply(body, status))
    world = World(api, **KEY)
    with closing(world.client):
        assert world.client.policies(HERE, "users", bodies.ADA, world.deadline) is None
    assert api.paths().count(bodies.TOKEN) == tokens


@pytest.mark.parametrize(("ends_in", "kind"), [(0, UnauthorizedError), (1, ForbiddenError)])
def test_whether_a_ready_token_is_refused(api: Api, ends_in: int, kind: type[ApiError]) -> None:
    """Where m3ter does not say why, it is if it has ended."""
    api.on(bodies.ME, REFUSED)
    world = World(api, m3terApiToken=jwt(orgId=bodies.ORG, exp=START + ends_in))
    with closing(world.client), pytest.raises(kind):
        world.who()


def test_a_page_may_have_a_name(api: Api, world: World) -> None:
    """What has `data` is a page, and no entry."""
    page = {"id": "p", "name": "page", "data": [{"id": "1"}, {"id": "2"}]}
    api.on(bodies.POLICIES, json_reply(page))
    found = world.client.policies(HERE, "users", bodies.ADA, world.deadline)
    assert [each.id for each in found or []] == ["1", "2"]
