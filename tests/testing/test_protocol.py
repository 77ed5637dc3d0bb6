"""What SDKs may ask of the host by its protocol, and how the host refuses what it does not do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from callerid.testing import preview

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.testing import PreviewResult

REGISTER = ("RegisterResource", "RegisterResourceRequest")
PACKAGE = ("RegisterPackage", "RegisterPackageRequest")
INVOKE = ("Invoke", "ResourceInvokeRequest")
ECHO = {"type": "echo:index:Thing", "custom": True}
EXPLICIT = {"type": "pulumi:providers:echo", "custom": True}
NOWHERE = "urn:pulumi:s::p::pulumi:providers:echo::none::id"
ANSWERS = {
    "a feature of today": (
        ("SupportsFeature", "SupportsFeatureRequest", {"id": "secrets"}),
        '{"hasSupport": true}',
    ),
    "a feature of tomorrow": (
        ("SupportsFeature", "SupportsFeatureRequest", {"id": "telepathy"}),
        "{}",
    ),
    "the stack": (("GetRootResource", "GetRootResourceRequest", {}), "{}"),
    "a version of the CLI": (
        ("RequirePulumiVersion", "RequirePulumiVersionRequest", {"pulumiVersionRange": ">=3"}),
        "FAILED_PRECONDITION: callerid's preview host has no Pulumi version to check.",
    ),
    "a resource that exists": (
        ("ReadResource", "ReadResourceRequest", {"type": "a:b:C", "name": "old", "id": "1"}),
        "UNIMPLEMENTED: callerid's preview host reads no existing resources (a:b:C 'old')",
    ),
    "a method": (
        ("Call", "ResourceCallRequest", {"tok": "a:b:C/do"}),
        "UNIMPLEMENTED: callerid's preview host calls no methods of resources (a:b:C/do)",
    ),
    "a type of two parts": (
        (*REGISTER, {"type": "echo:Thing", "name": "short", "custom": True}),
        "INVALID_ARGUMENT: Type 'echo:Thing' is no valid type token",
    ),
    "a parent that is no URN": (
        (*REGISTER, {**ECHO, "name": "child", "parent": "nobody"}),
        "INVALID_ARGUMENT: invalid URN 'nobody'",
    ),
    "a provider that is no reference": (
        (*REGISTER, {**ECHO, "name": "lost", "provider": "nobody"}),
        "INVALID_ARGUMENT: could not parse provider reference 'nobody'",
    ),
    "a provider that nobody declared": (
        (*REGISTER, {**ECHO, "name": "astray", "provider": NOWHERE}),
        "UNKNOWN: unknown provider",
    ),
    "variables for what is no provider": (
        (*REGISTER, {**ECHO, "name": "mapped", "envVarMappings": {"A": "B"}}),
        "INVALID_ARGUMENT: echo:index:Thing 'mapped': envVarMappings can only be used with",
    ),
    "an import": (
        (*REGISTER, {**ECHO, "name": "imported", "importId": "i-1"}),
        "UNIMPLEMENTED: echo:index:Thing 'imported' is to be imported",
    ),
    "a component elsewhere": (
        (*REGISTER, {"type": "echo:index:Group", "name": "far", "remote": True}),
        "UNIMPLEMENTED: echo:index:Group 'far' is a component of another package",
    ),
    "a package that nobody registered": (
        (*REGISTER, {**ECHO, "name": "unpacked", "packageRef": "none"}),
        "UNKNOWN: unknown provider package 'none'",
    ),
    "a package without a name": ((*PACKAGE, {}), "UNKNOWN: package name is empty"),
    "a package of half a version": (
        (*PACKAGE, {"name": "echo", "version": "1.2"}),
        "UNKNOWN: '1.2' is no semantic version",
    ),
    "a package that extends another": (
        (*PACKAGE, {"name": "echo", "extension": {}}),
        "UNIMPLEMENTED: callerid's preview host extends no packages (echo).",
    ),
    "a function of no package": (
        (*INVOKE, {"tok": "echo:index:echo", "packageRef": "none"}),
        "UNKNOWN: unknown provider package 'none'",
    ),
    "a resource": ((*REGISTER, {**ECHO, "name": "kept"}), "::kept"),
    "a resource in full": (
        (*REGISTER, {**ECHO, "name": "whole", "supportsPartialValues": True}),
        "::whole",
    ),
}


def _ask(programs: Path, environ: dict[str, str], *requests: Any) -> PreviewResult:
    return preview(
        programs / "protocol", config={"requests": json.dumps(requests)}, environ=environ
    )


def test_every_request_has_its_answer(programs: Path, echo: dict[str, str]) -> None:
    """One program asks for them all, and runs to its end."""
    result = _ask(programs, echo, *(request for request, _ in ANSWERS.values()))
    assert result.error is None
    answers = dict(zip(ANSWERS, result.exports["answers"], strict=True))
    wrong = {name: told for name, told in answers.items() if ANSWERS[name][1] not in told}
    assert wrong == {}


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ((*REGISTER, {**EXPLICIT, "name": "p", "object": {"bad": "yes"}}), "no setting bad"),
        (
            (*REGISTER, {**EXPLICIT, "name": "p", "object": {"worse": "much"}}),
            "pulumi:providers:echo resource 'p': property worse value {much} has a problem: no",
        ),
        (
            (*REGISTER, {**EXPLICIT, "name": "p", "object": {"moved": "x"}, "version": "1.0.0"}),
            "attempted to change its version",
        ),
        ((*REGISTER, {**ECHO, "name": "t", "object": {"bad": "yes"}}), "::t: no input bad"),
        ((*REGISTER, {**ECHO, "name": "t", "object": {"broken": "yes"}}), "out of order"),
    ],
    ids=["a setting", "a named setting", "another version", "an input", "a failing check"],
)
def test_what_a_provider_refuses_ends_the_run(
    programs: Path, echo: dict[str, str], request_: Any, error: str
) -> None:
    """The provider's own sentence is the error, with the resource that it is about."""
    told = _ask(programs, echo, request_).error
    assert told
    assert error in told
