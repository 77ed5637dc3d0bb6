"""What a host sends costs no more than it is long, however wrong it is; and it is told in short."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from callerid.config import check
from callerid.core import wrong_arguments
from callerid.frontends.pulumi import plain_text
from callerid.functions import load
from callerid.nearest import MOST_NAMED
from callerid.setting_rules import MOST_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECONDS = 2.0
"""The most of a processor that one takes here; without bounds most took from 4 to 30."""
MANY = 100_000
LONG = 10_000_000


def _arguments(arguments: Mapping[str, object]) -> list[str]:
    return list(map(str, wrong_arguments(load("requireCaller"), arguments)))


def _settings(settings: Mapping[str, object]) -> list[str]:
    return list(check(settings).values())


@pytest.mark.parametrize(
    ("tell", "given", "told"),
    [
        (_arguments, {f"platfrm{n}": 1 for n in range(MANY)}, MOST_NAMED + 1),
        (_arguments, {"principalTypes": ["usr"] * MANY}, MOST_NAMED + 1),
        (_arguments, {"ids": [1] * MANY}, MOST_NAMED + 1),
        (_arguments, {"principalTypes": ["u" * LONG] * MOST_NAMED}, MOST_NAMED),
        (_arguments, {f"{n}{'p' * LONG}": 1 for n in range(MOST_NAMED)}, MOST_NAMED),
        (_settings, {f"m3terApiKey{n}": 1 for n in range(MANY)}, MOST_NAMED + 1),
        (_settings, {"m3terBaseUrl": f"https://{'ä.' * 500_000}example"}, 1),
        (_settings, {"platform": "m" * LONG}, 1),
        (_settings, {"cspApiToken": "t" * LONG}, 1),
    ],
    ids=lambda value: None if isinstance(value, dict) else str(value)[:20],
)
def test_it_is_told_at_once(tell: Any, given: dict[str, object], told: int) -> None:
    """The first of many in full, and how many more there are."""
    began = time.process_time()
    errors = tell(given)
    assert time.process_time() - began < SECONDS
    assert len(errors) == told
    if told > MOST_NAMED:
        assert [each.startswith("There are 99,990 more ") for each in errors[-2:]] == [False, True]


def test_a_long_secret_is_looked_for_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the files of a project that have it nowhere."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: yaml\n", encoding="utf-8")
    secrets = dict.fromkeys(("m3terApiKey", "m3terApiSecret"), "s" * (LONG // 5))
    began = time.process_time()
    assert plain_text.warning(secrets, "urn:pulumi:dev::p::t::n") is None
    assert time.process_time() - began < SECONDS


def test_a_few_that_are_wrong_are_all_told() -> None:
    """Without a word on how many more there are."""
    names = [f"platfrm{n}" for n in range(MOST_NAMED)]
    for tell in (_arguments, _settings):
        errors = tell(dict.fromkeys(names, 1))
        assert len(errors) == len(names)
        assert all(name in error for name, error in zip(names, errors, strict=True))


def test_how_long_a_setting_may_be() -> None:
    """What is longer is refused, with its name; its own type goes first."""
    assert check({"cspApiToken": "t" * MOST_CHARACTERS}) == {}
    [refusal] = check({"cspApiToken": "t" * (MOST_CHARACTERS + 1)}).values()
    assert refusal == (
        "provider setting cspApiToken has more than 1,048,576 characters. Give it its value alone."
    )
