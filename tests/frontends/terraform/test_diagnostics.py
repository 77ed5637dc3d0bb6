"""Errors as diagnostics: each class of the tree has a title, and names are Terraform's."""

from __future__ import annotations

import pytest

from callerid import errors
from callerid.frontends.terraform import diagnostics
from callerid.frontends.terraform.messages import ERROR, WARNING


def _tree(root: type[errors.CalleridError]) -> set[type[errors.CalleridError]]:
    return {root}.union(*map(_tree, root.__subclasses__()))


def test_every_error_has_a_title() -> None:
    """An error without one would be a bug while an error is told."""
    own = {each for each in _tree(errors.CalleridError) if each.__module__ == errors.__name__}
    assert set(diagnostics.TITLES) == own - {errors.CalleridError}


@pytest.mark.parametrize(
    ("text", "worded"),
    [
        ("Set m3terApiKey and m3terApiSecret.", "Set m3ter_api_key and m3ter_api_secret."),
        ("requireCaller has no rule", "callerid_require_caller has no rule"),
        ("provider setting cspApiToken", "provider setting csp_api_token"),
        ("https://orgId/x.orgId", "https://orgId/x.orgId"),
    ],
)
def test_names_are_terraforms(text: str, worded: str) -> None:
    """In errors and warnings alike; what is part of something else stays."""
    error = diagnostics.of_error(errors.ConfigurationError(text, about="orgId"))
    assert (error.severity, error.detail) == (ERROR, worded)
    assert error.attribute.steps[0].attribute_name == "org_id"
    warning = diagnostics.of_warning(text)
    assert (warning.severity, warning.detail) == (WARNING, worded)


def test_only_lists_have_places() -> None:
    """A set's entries have none, so the attribute alone is pointed to."""
    for about, steps in (("allRoles", 2), ("orgId", 1)):
        told = diagnostics.of_error(errors.ArgumentError("text", about=about, entry=0))
        assert len(told.attribute.steps) == steps


@pytest.mark.parametrize(
    ("name", "value", "pointed"),
    [
        ("platform", "m3tre", True),
        ("platform", "correct-horse-battery", False),
        ("requestTimeoutSeconds", -4, True),
        ("requestTimeoutSeconds", "correct-horse", False),
        ("m3terBaseUrl", "http://api.m3ter.com", True),
        ("m3terBaseUrl", "ftp://host.example:21/", True),
        ("m3terBaseUrl", "https://user:horse@host.example", False),
        ("m3terBaseUrl", "https://host.example/?token=horse", False),
        ("m3terBaseUrl", "https://host.example/correct-horse", False),
        ("m3terBaseUrl", "https://q7Zk2Lm9Xw4Rt6Yb8Nc3Vd5F.example", False),
        ("m3terApiToken", "t", False),
    ],
)
def test_no_line_with_what_may_be_a_secret_is_printed(
    name: str, value: object, pointed: object
) -> None:
    """A host prints the line that a diagnostic points to, as it stands in the file."""
    told = diagnostics.of_setting(name, "A sentence.", {name: value})
    assert told.HasField("attribute") == pointed


@pytest.mark.parametrize(
    ("name", "value", "steps"),
    [
        ("orgId", "", 1),
        ("orgId", None, 1),
        ("orgId", "2f9c0d5e-8d0b-4c4e-9a55-5d0f6f1f3a10", 1),
        ("orgId", "correct-horse-battery", 0),
        ("ids", ["example.com:2f9c0d5e-8d0b-4c4e-9a55-5d0f6f1f3a10"], 2),
        ("ids", ["a", "correct-horse-battery"], 0),
        ("allRoles", ["release manager of everything"], 2),
        ("allRoles", ["a", "q7Zk2Lm9Xw4Rt6Yb8Nc3Vd5F"], 0),
        ("emails", ["ada@example.com"], 2),
        ("minRoleSecondsLeft", 5, 1),
    ],
)
def test_no_argument_that_may_be_a_secret_is_printed(name: str, value: object, steps: int) -> None:
    """Of an error, and of a warning; names of roles are shown, unless they look like keys."""
    error = errors.ArgumentError("text", about=name, entry=0)
    assert len(diagnostics.of_error(error, {name: value}).attribute.steps) == steps
    warning = diagnostics.of_warning(errors.Warned("text", about=name), {name: value})
    assert len(warning.attribute.steps) == min(steps, 1)


def test_a_bug_shows_no_value() -> None:
    """It points nowhere, and asks for a report."""
    told = diagnostics.of_error(ValueError("canary"))
    assert told.summary == "Bug in callerid"
    assert "This is a bug in callerid" in told.detail
    assert "canary" not in str(told)
    assert not told.HasField("attribute")


def test_no_diagnostic_moves_a_cursor() -> None:
    """Of a setting, a warning or an error, whatever name is in it, title and text alike."""
    hostile = "a\x1b[2J\x9b\x7f\u202e\u2028"
    told = [
        diagnostics.of_setting("platform", hostile),
        diagnostics.of_warning(hostile),
        diagnostics.of_error(errors.ArgumentError(hostile)),
    ]
    for each in told:
        assert (each.summary + each.detail).isprintable()
        assert "\\x1b[2J" in each.detail
