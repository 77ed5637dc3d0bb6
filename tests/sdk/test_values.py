"""Whole answers as values in a program: inputs of resources, JSON, parts of other outputs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import pulumi_callerid
from callerid.casing import camel
from callerid.sandbox.server import Sandbox, as_caller
from callerid.testing import PreviewResult, preview

PROGRAM = Path(__file__).parent / "programs" / "values"
TOKENS = {
    "user": "callerid:index:getCurrentUser",
    "roles": "callerid:index:getUserOrgRoles",
    "guard": "callerid:index:requireCaller",
}


@pytest.fixture(scope="module")
def ran() -> PreviewResult:
    """Run the program."""
    with Sandbox.start() as sandbox:
        environ = as_caller(os.environ, sandbox.environment("owner"))
        return preview(PROGRAM, environ=environ).require_ok()


@pytest.mark.parametrize("form", ["plain", "output"])
@pytest.mark.parametrize("name", TOKENS)
def test_a_whole_answer_is_a_value(ran: PreviewResult, name: str, form: str) -> None:
    """On the wire it has the schema's names, in JSON those of Python, and everything in it."""
    place = f"{name}-{form}"
    whole = _answer(ran, name)
    assert ran.resource(f"{place}-thing").inputs == {"note": whole}
    assert ran.resource(f"{place}-nested").inputs == {"note": {"who": [whole]}}
    assert ran.resource(f"{place}-parts").inputs == {"note": whole}
    assert ran.exports[f"{place}-whole"] == whole
    assert _in_camel_case(json.loads(ran.exports[f"{place}-json"])) == whole
    assert _in_camel_case(json.loads(ran.exports[f"{place}-nested-json"])) == {"who": [whole]}


@pytest.mark.parametrize("form", ["plain", "output"])
@pytest.mark.parametrize("name", TOKENS)
def test_an_answer_among_other_outputs_keeps_its_class(
    ran: PreviewResult, name: str, form: str
) -> None:
    """`Output.all` takes dictionaries apart, and must not take the attributes away."""
    org_id = _answer(ran, name)["orgId"]
    assert ran.exports[f"{name}-{form}-together"] == [org_id] * 3


def test_parts_of_an_answer_are_values_too(ran: PreviewResult) -> None:
    """They keep their class in lists, too."""
    roles = _answer(ran, "roles")
    assert _in_camel_case(json.loads(ran.exports["role-json"])) == roles["roles"][0]
    assert ran.exports["role-name"] == roles["roles"][0]["name"]


def test_a_value_reads_as_what_it_holds() -> None:
    """What is absent is in neither form, and two of one class and content are equal."""
    organization = pulumi_callerid.outputs.Organization(id="o-1", short_name="acme")
    assert dict(organization) == {"id": "o-1", "short_name": "acme"}
    assert repr(organization) == "{'id': 'o-1', 'short_name': 'acme'}"
    assert organization == pulumi_callerid.outputs.Organization(id="o-1", short_name="acme")
    assert organization.name is None


def _answer(ran: PreviewResult, name: str) -> dict[str, Any]:
    found = next(each.result for each in ran.invokes if each.token == TOKENS[name])
    assert found is not None
    return dict(found)


def _in_camel_case(value: Any) -> Any:
    if isinstance(value, list):
        return [_in_camel_case(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {camel(key): _in_camel_case(each) for key, each in value.items()}
