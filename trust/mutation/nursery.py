"""Trying mutants of one file quickly: the tests are loaded once, and each mutant is a fork of that.

A fork puts the mutant's code into the functions that are there already. That can only be done for a
fault inside a function, and what was computed at import stays as it was: whoever survives here is
tried once more from the start (`attempts`).
"""

from __future__ import annotations

import gc
import os
import select
from contextlib import suppress
from multiprocessing import Pipe
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

import pytest

from mutation import attempts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

    from mutation.attempts import Attempt

Key = tuple[str, int]
"""What finds a function's code again in a mutant: its name, and which of that name it is."""


def run(root: Path, tried: Iterable[Attempt], side_by_side: int) -> Iterator[Attempt]:
    """Run attempts on one file side by side; each is given back when it has ended."""
    waiting = list(tried)
    tests = sorted({test for each in waiting for test in each.tests})
    with attempts.copies(root, side_by_side) as made:
        nurseries = [_Nursery(copy.root, waiting[0].file, tests) for copy in made]
        busy: dict[_Nursery, Attempt] = {}
        while waiting or busy:
            for each in nurseries:
                if each not in busy and waiting:
                    busy[each] = waiting.pop(0)
                    each.ask(busy[each])
            for each in _answered(busy):
                attempt = busy.pop(each)
                attempt.code, attempt.log = each.answer()
                yield attempt
        for each in nurseries:
            each.end()


def _answered(busy: Iterable[_Nursery]) -> list[_Nursery]:
    by_connection = {each.connection: each for each in busy}
    ready, _, _ = select.select(list(by_connection), [], [])
    return [by_connection[each] for each in ready]


class _Nursery:
    """A process that has loaded tests in one copy of the repository."""

    def __init__(self, root: Path, file: str, tests: list[str]) -> None:
        self.connection, other = Pipe()
        self.pid = os.fork()
        if self.pid == 0:
            self.connection.close()
            loop = _Loop(root, root / file, other)
            attempts.leave(lambda: attempts.call_pytest(root, tests, [loop]))
        other.close()

    def ask(self, attempt: Attempt) -> None:
        self.connection.send((attempt.source, attempt.tests, attempt.seconds))

    def answer(self) -> tuple[int, str]:
        """Return how the fork with the tests ended, and what they printed.

        Raises:
            EOFError: the tests could not be loaded; the copy's `.log` says why.
        """
        code, log = self.connection.recv()
        return code, log

    def end(self) -> None:
        self.connection.send(None)
        os.waitpid(self.pid, 0)


class _Loop:
    """A pytest plugin: in place of its loop over the tests, one over mutants."""

    def __init__(self, root: Path, file: Path, connection: Connection) -> None:
        self._root = root
        self._file = file
        self._connection = connection
        self._functions: dict[Key, list[FunctionType]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Fork for each mutant that comes, until none does."""
        items: dict[str, list[pytest.Item]] = {}
        for item in session.items:
            items.setdefault(item.nodeid.partition("[")[0], []).append(item)
        original = self._file.read_text(encoding="utf-8")
        self._functions = _functions(original, str(self._file))
        gc.freeze()
        while asked := self._connection.recv():
            source, tests, seconds = asked
            chosen = [item for test in tests for item in items.get(test, ())]
            attempts.put(self._file, source)
            code = self._fork(session, source, chosen, seconds)
            attempts.put(self._file, original)
            log = (self._root / ".log").read_text(encoding="utf-8", errors="replace")
            self._connection.send((code, log[-3000:]))
        return True

    def _fork(
        self,
        session: pytest.Session,
        source: str,
        items: list[pytest.Item],
        seconds: float,
    ) -> int:
        os.truncate(self._root / ".log", 0)
        pid = os.fork()
        if pid == 0:
            os.setsid()
            attempts.leave(lambda: self._child(session, source, items))
        return attempts.waited(pid, attempts.SECONDS + 2 * seconds)

    def _child(self, session: pytest.Session, source: str, items: list[pytest.Item]) -> int:
        """Put the mutant into place, and run tests until one fails."""
        codes = dict(_codes(source, str(self._file)))
        if codes.keys() != self._functions.keys():
            return 0  # functions cannot be matched by number: tried again from the start
        for key, code in codes.items():
            for function in self._functions[key]:
                with suppress(ValueError):  # it closes over something else now
                    function.__code__ = code
        for item, following in zip(items, [*items[1:], None], strict=True):
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                session.config.get_terminal_writer().line(f"\nfailed: {item.nodeid}")
                return 1
        return 0


def _functions(source: str, file: str) -> dict[Key, list[FunctionType]]:
    """Find, for each function of a file, those that are there; of inner ones perhaps none."""
    codes = dict(_codes(source, file))
    keys = {code: key for key, code in codes.items()}
    found: dict[Key, list[FunctionType]] = {key: [] for key in codes}
    for each in gc.get_objects():
        if not isinstance(each, FunctionType) or each.__code__.co_filename != file:
            continue
        if key := keys.get(each.__code__):
            found[key].append(each)
    return found


def _codes(source: str, file: str) -> Iterator[tuple[Key, CodeType]]:
    """Give the code of each function, those in others too, by name and number."""
    counted: dict[str, int] = {}
    waiting: list[Any] = [compile(source, file, "exec", dont_inherit=True)]
    while waiting:
        code = waiting.pop(0)
        inner = [each for each in code.co_consts if isinstance(each, CodeType)]
        waiting += inner
        for each in inner:
            counted[each.co_name] = counted.get(each.co_name, 0) + 1
            yield (each.co_name, counted[each.co_name]), each
