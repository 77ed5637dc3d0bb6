"""The short form of `make trust`: nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import page
import trials
import trying
from trial import Scale, Tried

if TYPE_CHECKING:
    from pathlib import Path

ROWS = page.rows()
LEAST = {
    "API's replies, made up, each asked for by all functions": 5_000,
    "API's replies, made up by what the ones before reached": 5_000,
    "hostile engine: calls at once": 10_000,
    "hostile Terraform: calls at once": 10_000,
    "plugins at once, at an API that limits their rate": 200,
    "reads of the Pulumi plugin, with tokens that expire": 100_000,
}
"""What says little when it is tried less often."""


@pytest.mark.parametrize("name", trials.NAMES)
def test_nothing_is_lost(name: str) -> None:
    """Each trial tries something, and loses nothing; the page has it, tried no less often."""
    results = list(trying.run([name], Scale.SHORT))
    assert results
    assert all(each.tried.times for each in results)
    assert [text for each in results for text in each.tried.lost] == []
    often = {each.tried.what: each.tried.times for each in results}
    told = {each.what: each.times for each in ROWS if each.trial == name}
    assert [what for what, times in often.items() if told.get(what, 0) < times] == []


def test_page_lists_what_may_come_out() -> None:
    """Each canary that is no leak, with the reason."""
    assert page.allowed() in page.PAGE.read_text(encoding="utf-8")


def test_page_has_every_trial() -> None:
    """As `make trust` wrote it last: whole, in their order, and with nothing lost."""
    assert list(dict.fromkeys(each.trial for each in ROWS)) == list(trials.NAMES)
    assert {each.lost for each in ROWS} == {0}
    untried = [each.what for each in ROWS if not each.times]
    assert untried == [], "for want of a tool, or of rights"
    often = {each.what: each.times for each in ROWS}
    assert {what: often.get(what, 0) for what in LEAST} == LEAST


def test_the_last_line_tells_how_long_all_took(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of all the trials that ran, whatever each of them took."""
    seconds = {"fleets": [20.0, 4.0], "soak": [30.0]}

    def run(names: list[str], _: Scale) -> list[trying.Result]:
        [name] = names
        return [trying.Result(name, Tried("it", 1), each) for each in seconds[name]]

    monkeypatch.setattr(trying, "run", run)
    monkeypatch.setattr("sys.argv", ["trying.py", "--short", *seconds])
    with pytest.raises(SystemExit):
        trying.main()
    assert capsys.readouterr().out.splitlines()[-1] == "54 s in all"


def test_a_trial_alone_can_be_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows are written anew, and all others stay, as does what is around the table."""
    whole = page.PAGE.read_text(encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", tmp_path / "trust.md")
    page.PAGE.write_text(whole, encoding="utf-8")
    fleet = Tried("plugins", 1_200, ("one",), "a | b")
    page.write([trying.row(trying.Result("fleets", fleet, 1.0))])
    others = [each for each in ROWS if each.trial != "fleets"]
    [new] = [each for each in page.rows() if each.trial == "fleets"]
    assert (new.what, new.times, new.lost, new.seen) == ("plugins", 1_200, 1, "a  b")
    assert [each for each in page.rows() if each.trial != "fleets"] == others
    assert [each.trial for each in page.rows()] == sorted(
        [*(each.trial for each in others), "fleets"], key=trials.NAMES.index
    )
    written = page.PAGE.read_text(encoding="utf-8")
    assert written.partition(page.BEGIN)[0] == whole.partition(page.BEGIN)[0]
