"""The references' own sample replies, through the sandbox and the client, field by field."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.pages import ROOT

from callerid.config import load
from callerid.core import Core
from callerid.functions import FILES
from callerid.functions import load as load_function
from callerid.sandbox import library
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLERS = library.built_in()
PUBLISHED = json.loads((ROOT / "schema.json").read_text(encoding="utf-8"))
BAD_DAYS = {"outage", "refused"}
"""The callers whose questions fail."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Give a sandbox with the built-in callers."""
    with Sandbox.start(CALLERS) as running:
        yield running


@pytest.mark.parametrize("function", FILES)
def test_an_answer_is_what_the_published_schema_promises(sandbox: Sandbox, function: str) -> None:
    """Nothing else is in it, and what may be absent is None where nothing is said of it."""
    promised = PUBLISHED["functions"][f"callerid:index:{function}"]
    rule = {"principalTypes": ["user"]} if function == "requireCaller" else {}
    answer = ask(sandbox, "owner", function, **rule)
    outside, always = promised["outputs"]["properties"], promised["outputs"]["required"]
    assert set(always) <= answer.keys() <= outside.keys()
    loaded = load_function(function)
    assert loaded.name == function
    for model, part in ((loaded.args, "inputs"), (loaded.result, "outputs")):
        fields = model.model_fields
        optional = [each for each in fields.values() if not each.is_required()]
        assert [each.default for each in optional] == [None] * len(optional)
        said = promised[part]["properties"].get("platform", {}).get("description")
        assert said == (fields["platform"].description if "platform" in fields else None)


def ask(sandbox: Sandbox, name: str, function: str, **arguments: Any) -> dict[str, Any]:
    """Call a function as a caller of the sandbox."""
    core = Core(load({}, sandbox.environment(name)))
    try:
        return core.call(function, arguments)
    finally:
        core.close()


def test_every_field_of_m3ters_sample(sandbox: Sandbox) -> None:
    """All 47 fields of the three objects, with the values of the sample."""
    caller = CALLERS["m3ter-sample"].m3ter
    assert caller is not None
    answer = ask(sandbox, "m3ter-sample", "getCurrentUser")
    assert answer["m3ter"] == caller.me
    assert sum(len(each) for each in answer["m3ter"].values()) == 47
    assert (answer["principalType"], answer["displayName"]) == ("user", "<string> <string>")


def test_every_field_of_csps_sample(sandbox: Sandbox) -> None:
    """All fields of the user and of the organization; no password; times as times."""
    caller = CALLERS["csp-sample"].csp
    assert caller is not None
    sample: Any = caller.info
    user = {name: value for name, value in sample["user"].items() if name != "password"}
    assert ask(sandbox, "csp-sample", "getCurrentUser")["csp"] == user
    answer = ask(sandbox, "csp-sample", "getUserOrgRoles")["csp"]
    assert answer["user"] == user
    assert answer["userOrgInfo"] == [_with_times(sample["userOrgInfo"][0])]


def _with_times(value: Any) -> Any:
    """Write the sample's two expiries as answers do: 0 is never, the other a year in RFC 3339."""
    if isinstance(value, list):
        return [_with_times(item) for item in value]
    if not isinstance(value, dict):
        return value
    written = {name: _with_times(item) for name, item in value.items()}
    times = {0: None, 3609941597: "2084-05-23T17:33:17Z"}
    expires = times[written["expiresAt"]] if "expiresAt" in written else None
    rest = {name: item for name, item in written.items() if name != "expiresAt"}
    return {**rest, "expiresAt": expires} if expires else rest


@pytest.mark.parametrize(
    ("name", "platform"),
    [
        (name, platform)
        for name, caller in CALLERS.items()
        for platform in caller.platforms
        if name not in BAD_DAYS
    ],
)
def test_every_built_in_caller_gets_both_answers(
    sandbox: Sandbox, name: str, platform: str
) -> None:
    """About the same principal and organization, from the same credential."""
    user = ask(sandbox, name, "getCurrentUser", platform=platform)
    roles = ask(sandbox, name, "getUserOrgRoles", platform=platform)
    same = ("platform", "principalType", "displayName", "orgId", "credentialSource", "email")
    assert [user.get(key) for key in same] == [roles.get(key) for key in same]
    assert user["id"] == roles["userId"]
