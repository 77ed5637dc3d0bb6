"""Faults that no test sees are listed with a reason, and the list holds nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mutation import survivors
from mutation.attempts import Attempt
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


def test_tables_are_tried_with_tests_that_are_measured() -> None:
    """A file that runs at import alone is reached by no test, so those that see it are listed."""
    pytest.importorskip("mutmut", reason="`make mutation` installs it")
    from mutation.__main__ import (  # noqa: PLC0415 - see above
        NEAREST,
        SEE_TABLES,
        TESTS,
        _nearest_first,
    )
    from mutation.reach import Reach  # noqa: PLC0415 - see above

    for each in (*TESTS, *SEE_TABLES, *(each for tests in NEAREST.values() for each in tests)):
        file, _, test = each.partition("::")
        assert (ROOT / "tests" / file).exists(), each
        assert each.startswith(TESTS), each
        assert not test or f"def {test}" in (ROOT / "tests" / file).read_text("utf-8"), each
    reach = Reach({}, {"tests/a.py::test_slow": 2.0, "tests/a.py::test_quick": 1.0, "b.py::t": 0.5})
    assert reach.within(["tests/a.py"]) == ["tests/a.py::test_quick", "tests/a.py::test_slow"]
    table, own, other = "tests/platforms/test_settings.py::t", "tests/guard/test_a.py::t", "tests/z"
    tests = [other, own, table]
    assert _nearest_first(tests, "provider/callerid/guard/rules.py") == [table, own, other]
    assert _nearest_first(tests, "provider/callerid/core.py") == [table, other, own]


def test_a_test_that_fails_without_a_fault_ends_the_run() -> None:
    """It would kill all that it reaches; what comes of the faults themselves is passed on."""
    pytest.importorskip("mutmut", reason="`make mutation` installs it")
    from mutation.__main__ import _demanding  # noqa: PLC0415 - see above

    assert list(_demanding([Attempt("a.py", "", [], 1.0, code=0)])) == []
    with pytest.raises(SystemExit, match="fails in a fork without any fault:\nwhy"):
        list(_demanding([Attempt("a.py", "", [], 1.0, log="why")]))


def test_a_fault_survives_where_no_test_was_run() -> None:
    """Else whatever keeps tests from running would pass for one that fails."""
    tried = [Attempt("a.py", "", [], 1.0, code=code) for code in (0, 5, 70, 1, 2, -1, -11)]
    assert [each.survived for each in tried] == [True] * 3 + [False] * 4
    assert [each.passed for each in tried] == [True] + [False] * 6


_MODULE = """
def keep(function):
    def kept(*args):
        return function(*args) + 1
    return kept

@keep
def double(number):
    return number * 2

LOWER, UPPER = (lambda text: text.lower()), (lambda text: text.upper())
"""
_TESTS = """
import thing

def test_double():
    assert thing.double(2) == 5

def test_anything():
    pass

def test_two_on_a_line():
    assert (thing.LOWER("Ab"), thing.UPPER("Ab")) == ("ab", "AB")
"""
_TRY = """
import sys
from pathlib import Path
from mutation import nursery
from mutation.attempts import Attempt

names = ("test_anything", "test_double", "test_two_on_a_line")
tests = [f"tests/test_thing.py::{name}" for name in names]
sources = [Path(name).read_text() for name in sys.argv[1:]]
tried = [Attempt("provider/thing.py", source, tests, 1.0) for source in sources]
list(nursery.run(Path.cwd(), tried, 2))
print([each.passed for each in tried])
"""


def test_a_fault_is_put_into_functions_that_are_loaded(tmp_path: Path) -> None:
    """Into decorated ones, and those that a decorator made; the next fork has none of it."""
    for name, text in {"provider/thing.py": _MODULE, "tests/test_thing.py": _TESTS}.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)  # noqa: S607 - the user's
    faults = [("* 2", "* 3"), ("", ""), ("+ 1", "- 1"), ("number * 2", "number + number")]
    faults += [("lower()", "title()"), ("upper()", "title()")]
    for number, fault in enumerate(faults):
        (tmp_path / str(number)).write_text(_MODULE.replace(*fault), encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", _TRY, *map(str, range(len(faults)))],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "trust")},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout == "[False, True, False, True, False, False]\n"
