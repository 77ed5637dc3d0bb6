"""The JSON schema of scenario files, which editors complete and check by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator
from support import derived

from callerid.sandbox import schema, yaml_nodes
from callerid.sandbox.extending import built_in_files
from callerid.sandbox.schema_file import schema_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = schema.derive()
CHECK = Draft7Validator(SCHEMA)
ORG = "00000000-0000-4000-8000-000000000001"
CSP = {"organizationId": ORG, "credential": {"apiToken": "sandbox-t"}, "subject": "s", "info": None}
M3TER = {"organizationId": ORG, "credential": {"apiToken": True}, "subject": "s", "me": None}


def _csp(**more: Any) -> dict[str, Any]:
    return {"description": "x", "csp": {**CSP, **more}}


@derived.by_this_pydantic
def test_the_schema_file_matches_the_models() -> None:
    """The file that ships is what the models say; `make schema` renews it."""
    assert schema_text() == schema.derived_text()
    Draft7Validator.check_schema(json.loads(schema_text()))


@pytest.mark.parametrize("path", built_in_files(), ids=lambda path: path.stem)
def test_built_in_callers_are_valid(path: Path) -> None:
    """Every caller that comes with callerid passes, those that extend others too."""
    assert [error.message for error in CHECK.iter_errors(_value(path))] == []


def _value(path: Path) -> object:
    value: object = yaml_nodes.construct(yaml_nodes.parse(path))
    return value


@pytest.mark.parametrize(
    "value",
    [
        _csp(),
        {"description": "x", "m3ter": M3TER, "recordedAt": "2026-03-01T12:00:00Z"},
        {"extends": "owner"},
        {"extends": "owner", "csp": None, "m3ter": {"me": None, "organizations": {ORG: {}}}},
        {"extends": "owner", "csp": {"credential": {"apiToken": None}, "faults": []}},
        _csp(faults=[{"endpoint": "*", "status": 503, "retryAfter": "date+30"}]),
        _csp(info={"anything": [None, 1, "x"]}, behaviour={"otherHost": True}),
    ],
)
def test_the_schema_accepts_what_the_sandbox_reads(value: object) -> None:
    """What the sandbox reads passes; a file that extends another may leave out what that has."""
    assert [error.message for error in CHECK.iter_errors(value)] == []


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {"description": "x"},
        {"csp": CSP},
        {"description": "x", "csp": {"organizationId": ORG}},
        {"description": "x", "m3ter": {**M3TER, "organizations": {ORG: {}}}},
        {"extends": 5},
        {"extends": "owner", "cps": {}},
        {"extends": "owner", "csp": {"faults": [{"status": 500}]}},
        {"extends": "owner", "csp": {"perms": "all"}},
        _csp(inof=None),
        _csp(organizationId="acme"),
        _csp(credential={"apiToken": "real"}),
        _csp(credential={"clientId": "sandbox-c"}),
        _csp(credential={"accessToken": "yes"}),
        _csp(faults=[{"endpoint": "users/me", "status": 500}]),
        _csp(faults=[{"endpoint": "*", "status": 200}]),
        _csp(faults=[{"endpoint": "*", "drop": False}]),
        _csp(behaviour={"moduleCodeType": "roman"}),
    ],
)
def test_the_schema_rejects_what_the_sandbox_refuses(value: object) -> None:
    """What the sandbox would refuse is marked in the editor already."""
    assert not CHECK.is_valid(value)


def test_every_key_is_described() -> None:
    """An editor shows a sentence at every key."""
    objects = [SCHEMA, *SCHEMA["definitions"].values()]
    keys = [(name, key) for each in objects for name, key in each.get("properties", {}).items()]
    assert len(keys) > 60
    assert [name for name, key in keys if not {"description", "$ref"} & set(key)] == []
    assert all(each["description"] for each in objects[1:] if "properties" in each)


def test_nothing_beside_a_reference() -> None:
    """Draft 7 ignores whatever stands beside `$ref`, so nothing does."""
    assert [each for each in _objects(SCHEMA) if "$ref" in each and len(each) > 1] == []


def _objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _objects(each)
