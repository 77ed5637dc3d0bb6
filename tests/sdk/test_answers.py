"""Answers that are not usable, under Pulumi's mocks: they end a program, and decide no branch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import mocks
from support.mocks import FORMS, UNKNOWN

import pulumi_callerid as callerid
from callerid.casing import camel
from pulumi_callerid import _answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Ask = Callable[..., mocks.Ran]

SCHEMA = json.loads((Path(__file__).parents[2] / "schema.json").read_text(encoding="utf-8"))
ROLE = {
    "name": "org_owner",
    "kind": "organization",
    "source": "api",
    "active": True,
    "endKnown": True,
}
ROLES: dict[str, Any] = {
    "platform": "csp",
    "principalType": "user",
    "userId": "u-1",
    "displayName": "Grace Hopper",
    "orgId": "o-1",
    "credentialSource": "a test",
    "roles": [ROLE],
    "roleNames": ["org_owner"],
    "organizations": [{"name": "acme", "displayName": "Acme"}],
    "fingerprint": "0" * 64,
}
USER: dict[str, Any] = {
    "platform": "m3ter",
    "principalType": "user",
    "id": "u-1",
    "displayName": "Grace Hopper",
    "orgId": "o-1",
    "credentialSource": "a test",
    "organization": {"id": "o-1", "name": "acme"},
}
PASSED: dict[str, Any] = {
    "allowed": True,
    "reasons": [],
    "roleNames": ["org_owner"],
    "id": "u-1",
    "displayName": "Grace Hopper",
    "orgId": "o-1",
}
WHOLE = {"get_current_user": USER, "get_user_org_roles": ROLES, "require_caller": PASSED}
ROLES_FORMS = ["get_user_org_roles", "get_user_org_roles_output"]


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Give what runs programs under mocks."""
    with mocks.process() as running:
        yield running


def _without(answer: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != name}


def _required(form: str) -> list[str]:
    name = form.removesuffix("_output")
    token = f"callerid:index:{camel(name)}"
    return sorted(SCHEMA["functions"][token]["outputs"]["required"])


@pytest.mark.parametrize("preview", [True, False, None])
@pytest.mark.parametrize("form", FORMS)
def test_a_whole_answer_is_one(ask: Ask, form: str, preview: bool | None) -> None:  # noqa: FBT001 - a case
    """In each form, whatever the mocks say of a preview."""
    ran = ask(form, WHOLE[form.removesuffix("_output")], preview=preview)
    assert (ran.error, ran.made, ran.value.display_name) == ("", ["behind"], "Grace Hopper")


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(
    ("form", "name"), [(form, name) for form in FORMS for name in _required(form)]
)
def test_a_field_that_is_missing_is_named(ask: Ask, form: str, name: str, preview: bool) -> None:  # noqa: FBT001 - a case
    """A preview is no excuse: the engine leaves out the whole answer, or nothing of it."""
    function = form.removesuffix("_output")
    for answer in (_without(WHOLE[function], name), {**WHOLE[function], name: None}):
        ran = ask(form, answer, preview=preview)
        expected = f"The answer to {function} is not usable: {name} is missing.\nIn a test, mend "
        assert ran.error.startswith(expected)
        assert (ran.value, ran.made) == (UNKNOWN, [])


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_answer_is_unknown_in_a_preview_alone(ask: Ask, form: str) -> None:
    """There the engine says so that it did not ask; elsewhere a program must not go on."""
    function = form.removesuffix("_output")
    ran = ask(form, {}, preview=True)
    if form == function:
        assert "settings are not known yet in this preview" in ran.error
        assert ran.error.endswith(
            "\nIn a test, mend its mock, or take callerid.testing.mock_answers."
        )
    else:
        assert (ran.value, ran.error) == (UNKNOWN, "")
    for preview in (False, None):
        ran = ask(form, {}, preview=preview)
        missing = ", ".join(_required(form))
        told = f"The answer to {function} is not usable: {missing} are missing.\n"
        assert ran.error.startswith(told)
        assert (ran.value, ran.made) == (UNKNOWN, [])


NAMELESS = {**ROLE, "name": None, "kind": None}
MISTAKES = [
    ({"roles": [_without(ROLE, "name")]}, "roles[0].name is missing"),
    ({"roles": [ROLE, NAMELESS]}, "roles[1].kind, roles[1].name are missing"),
    ({"roles": [None]}, "roles[0] must be an object"),
    ({"roles": ROLE}, "roles must be a list"),
    ({"roles": [{**ROLE, "active": "true"}]}, "roles[0].active must be true or false"),
    ({"roles": [{**ROLE, "active": 1}]}, "roles[0].active must be true or false"),
    ({"roles": [ROLE | {"service_name": ""}]}, "service_name stands there instead of serviceName"),
    ({"roleNames": "org_owner"}, "roleNames must be a list"),
    ({"roleNames": [5]}, "roleNames[0] must be text"),
    ({"roleNames": {"org_owner": True}}, "roleNames must be a list"),
    ({"userId": 5}, "userId must be text"),
    ({"displayName": True}, "displayName must be text"),
    ({"csp": []}, "csp must be an object"),
    ({"csp": {"user": {"username": 5}}}, "csp.user.username must be text"),
    ({"recorded_at": "x"}, "recorded_at stands there instead of recordedAt"),
    ({"userId": None, "user_id": "u-1"}, "user_id stands there instead of userId"),
    ({"userId": None, "user_id": "u-1", "orgId": None, "roleNames": ""},
     "orgId is missing; user_id stands there instead of userId; roleNames must be a list"),
    ({"roles": [{}] * 500}, " and 2490 more are missing"),
]  # fmt: skip


@pytest.mark.parametrize("form", ROLES_FORMS)
@pytest.mark.parametrize(("change", "told"), MISTAKES)
def test_what_is_wrong_is_said(ask: Ask, form: str, change: dict[str, Any], told: str) -> None:
    """Missing, of another type, in another spelling: at any depth, all of it at once."""
    ran = ask(form, {**ROLES, **change})
    first, _, hint = ran.error.partition("\n")
    assert first.startswith("The answer to get_user_org_roles is not usable: ")
    assert first.endswith(f"{told}.")
    assert hint == "In a test, mend its mock, or take callerid.testing.mock_answers."
    assert (ran.value, ran.made) == (UNKNOWN, [])


def test_what_is_wrong_is_never_shown(ask: Ask) -> None:
    """A text may be anybody's; the sentence names places alone."""
    ran = ask("get_user_org_roles", {**ROLES, "roleNames": "canary", "canary": "canary"})
    assert "roleNames must be a list" in ran.error
    assert "canary" not in ran.error


@pytest.mark.parametrize("form", ROLES_FORMS)
def test_what_a_later_plugin_adds_is_left_out(ask: Ask, form: str) -> None:
    """A field that this SDK does not know is no mistake, nor is null for what may be absent."""
    ran = ask(form, {**ROLES, "colour": "red", "email": None, "roles": [{**ROLE, "size": 1}]})
    assert (ran.error, ran.value.email, ran.value.roles[0].name) == ("", None, "org_owner")


def test_an_answer_has_pulumis_own_form(ask: Ask) -> None:
    """Nested objects are dictionaries too, and whole numbers are integers."""
    fields = {"id": "u-1", "version": 3.0}
    answer = ask("get_current_user", {**USER, "m3ter": {"user": fields}}).value
    assert answer.organization["name"] == answer.organization.name == "acme"
    assert (type(answer.m3ter.user.version), answer.m3ter.user.version) == (int, 3)
    answer = ask("get_current_user", {**USER, "m3ter": {"user": {"id": "u-1", "version": 3.5}}})
    assert "m3ter.user.version must be a whole number." in answer.error


@pytest.mark.parametrize("form", FORMS)
def test_a_mock_that_fails_is_named(ask: Ask, form: str) -> None:
    """An error of the test's own says where it comes from; those of a provider stay as they are."""
    for answer, said in ((KeyError("k"), "KeyError('k')"), (None, "TypeError(")):
        ran = ask(form, answer)
        if form.endswith("_output"):
            assert ran.error.startswith(said)  # pulumi tells this one by itself
        else:
            assert ran.error.startswith(f"{form} could not be asked: {said.partition('(')[0]}: ")
            assert "In a test this comes from its mock" in ran.error
        assert (ran.value, ran.made) == (UNKNOWN, [])
    ran = ask(form, ({}, [("orgId", "no such organization")]))
    assert ran.error.endswith("failed: no such organization (orgId)")
    assert "its mock" not in ran.error


@pytest.mark.parametrize("form", mocks.FAILING)
def test_an_argument_that_fails_is_no_mock(ask: Ask, form: str) -> None:
    """Its error is the program's own, as it was raised."""
    ran = ask(form, USER, fails=True)
    assert "the file is gone" in ran.error
    assert ran.error.startswith("ValueError(")
    assert (ran.value, ran.made) == (UNKNOWN, [])


@pytest.mark.parametrize("answer", [[], "text", 5, None])
def test_what_is_no_object_is_no_answer(answer: object) -> None:
    """Whatever a provider may have sent."""
    with pytest.raises(_answers.UnusableError, match="it must be an object"):
        _answers.read(answer, callerid.GetCurrentUserResult)
