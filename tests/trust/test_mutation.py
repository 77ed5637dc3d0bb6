"""Faults that no test sees are listed with a reason, and the list holds nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mutation import survivors
from mutation.survivors import Survivor

ROOT = Path(__file__).parents[2]
KNOWN = ROOT / "trust" / "mutation" / "survivors.toml"
ONE = Survivor("a.py", "f", "return 1", "return 2")
OTHER = Survivor("b.py", "g", "return 1", "return 2")


@pytest.mark.parametrize(
    ("known", "survived", "wrong"),
    [
        ([], [], []),
        ([ONE], [ONE], []),
        ([], [ONE], [f"survives, and is not listed: {ONE}"]),
        ([ONE], [], [f"is listed, and no longer survives: {ONE}"]),
        ([ONE, OTHER], [ONE], []),
    ],
    ids=["none", "listed", "not listed", "killed", "of a file that was not tried"],
)
def test_the_list_is_what_survives(
    known: list[Survivor], survived: list[Survivor], wrong: list[str]
) -> None:
    """Neither more nor less, in the files that were tried."""
    assert survivors.wrong(known, survived, ["a.py"]) == wrong


@pytest.mark.parametrize("reason", ["", "reason = ' '\n"])
def test_each_has_a_reason(tmp_path: Path, reason: str) -> None:
    """A list without reasons would be a list of holes."""
    file = tmp_path / "survivors.toml"
    file.write_text(
        f"[[survivor]]\nfile = 'a.py'\nin = 'f'\nbefore = 'x'\nafter = ['y']\n{reason}",
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="has no reason"):
        survivors.read(file)


def test_what_is_listed_is_in_the_code() -> None:
    """A line that was changed since needs no reason any more."""
    gone = [
        each
        for each in survivors.read(KNOWN)
        if each.before not in re.sub(r"\n\s*", " ", (ROOT / each.file).read_text(encoding="utf-8"))
    ]
    assert gone == []


def test_faults_are_made_where_code_runs() -> None:
    """In decorated functions, tables and conditions too; not in what only readers and types see."""
    pytest.importorskip("mutmut", reason="`make mutation` installs it")
    from mutation.mutants import mutants  # noqa: PLC0415 - see above

    source = (
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import json\n"
        "TABLE = {'a': 1}\n"
        "class Thing:\n"
        "    '''What it is.'''\n"
        "    @property\n"
        "    def active(self) -> 'bool':\n"
        "        return self.end > 0\n"
    )
    found = {each.key: each for each in mutants(source)}
    inside = found["Thing.active", "return self.end > 0", "return self.end >= 0"]
    assert (inside.runs_at_import, list(inside.lines)) == (False, [9])
    assert found["", "TABLE = {'a': 1}", "TABLE = {'a': 2}"].runs_at_import
    assert {key[0] for key in found} == {"", "Thing.active"}
    assert not any("import" in key[1] or "bool" in key[1] for key in found)
