"""`mock_answers`: what the plugin would answer, for tests under Pulumi's own mocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from pulumi.runtime import MockCallArgs
from support.plugin import spawn

from callerid.errors import ArgumentError, ConfigurationError
from callerid.sandbox import library
from callerid.testing import mock_answers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from callerid.sandbox.server import Sandbox
    from callerid.testing import MockAnswers

CALLERS = sorted(library.built_in().keys() - {"outage"})
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("getCurrentUser", {}),
    ("getUserOrgRoles", {}),
    ("getCurrentUser", {"platform": "csp"}),
    ("getCurrentUser", {"orgId": "no such organization"}),
    ("requireCaller", {"anyRoles": ["org_owner", "Administrator"]}),
    ("requireCaller", {"anyRoles": ["org_owner"], "onRefusal": "warn"}),
    ("requireCaller", {"principalTypes": ["serviceUser"], "minTokenSecondsLeft": 60}),
    ("requireCaller", {}),
    ("requireCaller", {"anyRoles": []}),
    ("requireCaller", {"any_roles": ["org_owner"]}),
    ("getNobody", {}),
]


def _said(error: grpc.RpcError) -> str:
    return re.sub(r", request [\w-]+", "", str(error.details()))


def _mocked(answers: MockAnswers, name: str, arguments: Mapping[str, Any]) -> object:
    token = f"callerid:index:{name}"
    try:
        return answers(MockCallArgs(token, dict(arguments), ""))
    except grpc.RpcError as error:
        return _said(error).removeprefix(f"invocation of {token} returned an error: ")


def test_answers_are_the_plugins(sandbox: Sandbox) -> None:
    """Of every caller and function: the same fields and values, or the same refusal."""
    passed = refused = 0
    for caller in CALLERS:
        answers = mock_answers(caller, sandbox=sandbox)
        with spawn(environ=sandbox.environment(caller)) as plugin:
            for name, arguments in ASKED:
                try:
                    expected: object = plugin.invoke(name, **arguments)
                    passed += 1
                except grpc.RpcError as error:
                    expected = _said(error)
                    refused += 1
                assert _mocked(answers, name, arguments) == expected, (caller, name, arguments)
    assert passed > len(CALLERS)
    assert refused > len(CALLERS)


def test_a_refusal_is_an_error_of_the_engine(sandbox: Sandbox) -> None:
    """Of no status that Pulumi's SDK takes for an engine that has gone."""
    answers = mock_answers("refused", sandbox=sandbox)
    with pytest.raises(grpc.RpcError) as caught:
        answers(MockCallArgs("callerid:index:getCurrentUser", {}, ""))
    assert caught.value.code() is grpc.StatusCode.UNKNOWN
    assert str(caught.value) == caught.value.details()


def test_a_caller_may_be_a_file(tmp_path: Path) -> None:
    """By its path, or by its name with the folder among the scenarios."""
    file = tmp_path / "auditor.yaml"
    file.write_text("extends: member\ncsp: {info: {email: a@example.com}}\n", encoding="utf-8")
    by_path, by_name = mock_answers(file), mock_answers("auditor", scenarios=[tmp_path])
    names = {_mocked(each, "getCurrentUser", {})["displayName"] for each in (by_path, by_name)}  # type: ignore[index] # an answer
    assert names == {"Linus Member"}


def test_a_caller_that_is_not_there_is_named() -> None:
    """When the first function is asked; nothing is started before."""
    with pytest.raises(
        ConfigurationError, match=r"The sandbox has no caller ower\. Did you mean ow"
    ):
        _mocked(mock_answers("ower"), "getCurrentUser", {})


def test_it_answers_for_callerid_alone(sandbox: Sandbox) -> None:
    """A mock that forgets to look at the token is told so."""
    answers = mock_answers("owner", sandbox=sandbox)
    with pytest.raises(ArgumentError, match=r"not aws:index/getRegion:getRegion\. Ask it where"):
        answers(MockCallArgs("aws:index/getRegion:getRegion", {}, ""))
