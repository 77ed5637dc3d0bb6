"""Secrets of the configuration do not come out of a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callerid.testing import UNKNOWN, Invoke, LogLine, PreviewResult, Reference, Secret, preview
from callerid.testing.mask import Mask
from callerid.testing.project import Project
from callerid.testing.result import RegisteredResource

CANARY = "canary-7f3a"
PROGRAM = """
import pulumi

secret = pulumi.Config("readme").require("token")
print("printed", secret)
pulumi.log.warn("warned of " + secret)
raise ValueError(secret)
"""


def test_a_secret_that_a_program_prints_is_masked(tmp_path: Path) -> None:
    """In what it prints, logs and raises."""
    (tmp_path / "Pulumi.yaml").write_text("name: readme\nruntime: python\n", encoding="utf-8")
    (tmp_path / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    result = preview(tmp_path, config={"readme:token": CANARY}, secrets={"readme:token"})
    assert CANARY not in repr(result)
    assert "printed [secret]" in result.output
    assert result.error is not None
    assert "[secret]" in result.error


def _mask(**secrets: str) -> Mask:
    return Mask(Project("p", "dev", Path(), Path(), secrets, frozenset(secrets), {}))


def test_everything_that_is_shown_of_a_run_is_masked() -> None:
    """Values and names of exports, calls and resources, not only what the run said."""
    mixed = {f"to {CANARY}": [f"https://u:{CANARY}@db.example", CANARY.encode(), {"n": (CANARY,)}]}
    result = PreviewResult(
        exports=mixed,
        invokes=(Invoke(f"x:index:{CANARY}", mixed, mixed, f"no {CANARY}"),),
        resources=(RegisteredResource(f"urn:{CANARY}", CANARY, CANARY, custom=True, inputs=mixed),),
        logs=(LogLine("warning", CANARY),),
        error=CANARY,
        output=CANARY,
    )
    shown = _mask(token=CANARY).result(result)
    assert CANARY not in repr(shown)
    assert shown.exports == {
        "to [secret]": ["https://u:[secret]@db.example", "[secret]", {"n": ["[secret]"]}]
    }


def test_what_is_no_secret_stays_as_it_is() -> None:
    """Numbers, marks and texts; and what was masked before is not masked again."""
    reference = Reference("urn:pulumi:dev::p::t::n", UNKNOWN)
    exports = {"a": [1, 2.5, True, None, UNKNOWN, Secret("s"), reference], "b": "[secret] of us"}
    result = PreviewResult(exports=exports, invokes=(Invoke("t", {}),))
    assert _mask(token="secret", short="us").result(result) == result


@pytest.mark.parametrize(
    ("secret", "shown", "masked"),
    [
        ("48151623", 48151623, "[secret]"),
        ("48151623", 481516234, 481516234),
        ("0042", 42, "[secret]"),
        ("1.50", [1.5, 1.4, True], ["[secret]", 1.4, True]),
        ('a"b\nc', json.dumps({"key": 'a"b\nc'}), '{"key": "[secret]"}'),
        ("pä\nsswörd", json.dumps("pä\nsswörd"), '"[secret]"'),
        ("first\nsecond\n", "first\nsecond", "[secret]"),
        ("o'ne\ntwo", repr(["o'ne\ntwo"]), '["[secret]"]'),
        ('{"hosts": [{"password": "hunter2222", "port": 1}]}', "is hunter2222", "is [secret]"),
        ('{"region": "west"}', "west", "west"),
        ("[" * 100_000, "[[", "[["),
    ],
)
def test_a_secret_is_found_in_each_way_it_is_written(
    secret: str, shown: object, masked: object
) -> None:
    """As a number, as JSON or Python write it, without the space around it, taken out of JSON."""
    assert _mask(it=secret).value(shown) == masked


def test_secrets_that_overlap_are_masked_whole() -> None:
    """Wherever the one ends and the other begins."""
    mask = _mask(one="abc", other="bcdefgh", last="gh-ij")
    assert mask("<abcdefgh-ij>") == "<[secret]>"
    assert mask("abc bcdefgh abcabc") == "[secret] [secret] [secret][secret]"


def test_two_names_that_are_masked_alike_keep_their_values() -> None:
    """No value is lost for it."""
    assert _mask(a="aaaa", b="bbbb").value({"aaaa": 1, "bbbb": 2}) == {
        "[secret]": 1,
        "[secret]'": 2,
    }
