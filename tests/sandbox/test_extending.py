"""Scenarios on top of others: what merges, what replaces, and how mistakes are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.errors import ConfigurationError
from callerid.sandbox import library
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.platforms.csp.sandbox.caller import CspCaller

_BASE = """\
description: the base
csp:
  organizationId: 00000000-0000-4000-8000-000000000001
  credential: {apiToken: sandbox-token}
  subject: example.com:sub
  perms: [a, b]
  info:
    user: {firstName: Kay, userProfile: {language: en}}
    userOrgInfo: [{name: one}, {name: two}]
"""


def _write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")


def _read(folder: Path, name: str) -> CspCaller:
    found: CspCaller | None = library.read([folder])[name].csp
    assert found is not None
    return found


def _mistake(folder: Path, name: str = "me") -> str:
    with pytest.raises(ConfigurationError) as caught:
        library.read([folder / f"{name}.yaml"])
    text = str(caught.value)
    assert "\n" not in text
    return text.removeprefix(str(folder)).lstrip("/\\")


def test_mappings_merge_and_the_rest_replaces(tmp_path: Path) -> None:
    """A mapping merges key by key at every depth; lists, scalars and null replace."""
    over = "extends: base\ncsp: {perms: [c], info: {user: {userProfile: {locale: fr}}}}"
    _write(tmp_path, base=_BASE, me=over)
    csp = _read(tmp_path, "me")
    assert csp.perms == ["c"]
    assert csp.info is not None
    assert csp.info["user"] == {
        "firstName": "Kay",
        "userProfile": {"language": "en", "locale": "fr"},
    }
    assert csp.info["userOrgInfo"] == [{"name": "one"}, {"name": "two"}]
    assert library.read([tmp_path])["me"].description == "the base"


def test_null_is_a_value(tmp_path: Path) -> None:
    """A body, and a part of one, may become null, and null may become a body again."""
    _write(
        tmp_path,
        base=_BASE,
        gone="extends: base\ncsp: {info: null}",
        empty="extends: base\ncsp: {info: {user: null}}",
        back="extends: gone\ncsp: {info: {user: {}}}",
        alone=f"extends: null\n{_BASE.replace('token}', 'token-2}')}",
    )
    assert _read(tmp_path, "gone").info is None
    empty = _read(tmp_path, "empty").info
    assert empty is not None
    assert empty["user"] is None
    assert _read(tmp_path, "back").info == {"user": {}}
    assert _read(tmp_path, "alone").perms == ["a", "b"]


def test_a_platform_may_be_left(tmp_path: Path) -> None:
    """Of a caller at both platforms one may be taken away."""
    _write(tmp_path, me="extends: both\ncsp: null")
    assert library.read([tmp_path])["me"].platforms == ("m3ter",)


def test_a_base_may_extend_another(tmp_path: Path) -> None:
    """A base may extend another; the files are known in order, and paths lead from each file."""
    folder = tmp_path / "bases"
    folder.mkdir()
    _write(folder, base=_BASE, middle="extends: base\ncsp: {subject: middle, perms: []}")
    _write(tmp_path, me="extends: bases/middle.yaml\ncsp: {perms: [mine]}")
    entry = library.entries([tmp_path])["me"]
    assert entry.scenario.csp is not None
    assert (entry.scenario.csp.subject, entry.scenario.csp.perms) == ("middle", ["mine"])
    assert [file.stem for file in entry.files] == ["me", "middle", "base"]


def test_a_built_in_caller_and_one_beside_it(tmp_path: Path) -> None:
    """A file beside it goes before a built-in caller of that name; its own name is the latter."""
    _write(
        tmp_path, person=_BASE, one="extends: person", owner="extends: owner", two="extends: app"
    )
    callers = library.read([tmp_path])
    assert callers["one"].platforms == ("csp",)
    assert callers["owner"].description == library.built_in()["owner"].description
    assert callers["two"].description == library.built_in()["app"].description


def test_an_inherited_credential_is_the_callers_own(tmp_path: Path) -> None:
    """Base and copies run in one sandbox, each as itself, though nobody wrote a new credential."""
    _write(
        tmp_path,
        base=_BASE,
        me="extends: base",
        you="extends: me",
        own="extends: base\ncsp: {credential: {apiToken: sandbox-own}}",
        other="extends: base\n"
        "csp: {credential: {apiToken: null, clientId: sandbox-id, clientSecret: sandbox-secret}}",
    )
    with Sandbox.start(library.read([tmp_path])) as sandbox:
        tokens = [
            sandbox.environment(name)["CSP_API_TOKEN"] for name in ("base", "me", "you", "own")
        ]
        assert "CSP_CLIENT_ID" in sandbox.environment("other")
    assert tokens == ["sandbox-token", "sandbox-token-me", "sandbox-token-you", "sandbox-own"]


@pytest.mark.parametrize(
    ("over", "told"),
    [
        ("extends: base\ncsp:\n  perms: 5", "me.yaml:3: csp.perms: expected a list"),
        ("extends: base\ncsp:\n  persm: []", "me.yaml:3: csp: unknown key persm."),
        ("extends: base\ncsp: {subject: null}", "me.yaml:2: csp.subject: expected a text"),
        ("extends: bad\ndescription: me", "bad.yaml:5: csp.perms.1: expected a text"),
        ("extends: part\ncsp: {}", "me.yaml:2: csp.organizationId: missing"),
        ("extends: torn", "torn.yaml:1: expected"),
        ("extends: list", "list.yaml:1: top level: expected a mapping"),
        (
            "description: x\nextends: bsae",
            "me.yaml:2: extends: there is no caller bsae. Did you mean",
        ),
        ("extends: pesron", "me.yaml:1: extends: there is no caller pesron. Did you mean person?"),
        ("extends: [base]", "me.yaml:1: extends: expected the name of a caller or the path"),
        ("extends: 5", "me.yaml:1: extends: expected the name of a caller or the path"),
        ("extends: ''", "me.yaml:1: extends: there is no caller ."),
    ],
)
def test_a_mistake_names_the_file_it_is_in(tmp_path: Path, over: str, told: str) -> None:
    """The file and the line are those of the offending key, whichever of the files that is."""
    bad = (
        "csp:\n  organizationId: 00000000-0000-4000-8000-000000000001\n  perms:\n    - a\n    - 5\n"
    )
    rest = "  credential: {apiToken: sandbox-token}\n  subject: s\n  info: {}\n"
    _write(
        tmp_path,
        base=_BASE,
        bad=bad + rest,
        part="description: x\ncsp: {subject: s}",
        torn="[",
        list="[]",
    )
    _write(tmp_path, me=over)
    assert _mistake(tmp_path).startswith(told)


def test_what_there_is_to_extend(tmp_path: Path) -> None:
    """A missing base names what there is: beside the file, and built in."""
    _write(tmp_path, base=_BASE, me="extends: x", path="extends: no/base.yaml")
    text = _mistake(tmp_path)
    assert " There are: app, base, both, csp-sample, " in text
    assert text.endswith("service-user; a path ends in .yaml")
    found = _mistake(tmp_path, "path")
    assert found == f"path.yaml:1: extends: there is no file {tmp_path / 'no' / 'base.yaml'}"


def test_a_circle_of_bases_is_reported(tmp_path: Path) -> None:
    """Files that extend each other are an error that names the circle."""
    _write(tmp_path, me="extends: a", a="extends: b", b="\nextends: a", self="extends: self.yaml")
    assert _mistake(tmp_path) == "b.yaml:2: extends: a circle: a -> b -> a"
    assert _mistake(tmp_path, "self") == "self.yaml:1: extends: a circle: self -> self"
