"""Mutants of a file: the same code with one small fault each.

The faults are mutmut's. Where it leaves out what its own way of running cannot hold (decorated
functions, tables of a module, classes of fields), they are made here too.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING

import libcst as cst
import libcst.matchers as m
from libcst.metadata import (
    MetadataWrapper,
    ParentNodeProvider,
    PositionProvider,
    WhitespaceInclusivePositionProvider,
)
from mutmut.mutation.mutators import mutation_operators

if TYPE_CHECKING:
    from collections.abc import Iterator

SAID_TO_READERS = (cst.Annotation, cst.Import, cst.ImportFrom)
"""What does nothing when it runs, or fails at once."""
TYPES_ONLY = frozenset({"TYPE_CHECKING"})
NAMES_ONLY = frozenset({"cast", "TypeVar", "Literal"})


@dataclass(frozen=True)
class Mutant:
    """A fault: where it is, what it changes, and the whole file with it."""

    place: str
    """The function or class around it, `Core._sleep`; empty for the module itself."""
    before: str
    after: str
    lines: range
    """The lines of the statement that has it."""
    runs_at_import: bool
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it, however many lines are put above it."""
        return self.place, self.before, self.after


def mutants(source: str) -> list[Mutant]:
    """Make all mutants of a file, each a program that differs from all others."""
    finder = _Finder(source)
    finder.wrapper.visit(finder)
    seen = {_meaning(source)}
    found = []
    for each in finder.found:
        meaning = _meaning(each.source)
        if meaning is not None and meaning not in seen:
            seen.add(meaning)
            found.append(each)
    return found


def _meaning(source: str) -> str | None:
    """Tell a program from others, however they are written; None is no program."""
    try:
        return ast.dump(ast.parse(source))
    except SyntaxError:
        return None


class _Finder(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (
        ParentNodeProvider,
        PositionProvider,
        WhitespaceInclusivePositionProvider,
    )

    def __init__(self, source: str) -> None:
        super().__init__()
        self.wrapper = MetadataWrapper(cst.parse_module(source))
        self.found: list[Mutant] = []
        self._source = source
        self._starts = [0, *accumulate(map(len, source.splitlines(keepends=True)))]

    def on_visit(self, node: cst.CSTNode) -> bool:
        if _does_nothing(node):
            return False
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                self.found += [self._mutant(node, new) for new in operator(node)]
        return True

    def _mutant(self, node: cst.CSTNode, new: cst.CSTNode) -> Mutant:
        source = self._written(node, new)
        before, after = _difference(self._source, source)
        above = list(self._above(node))
        names = [
            each.name.value for each in above if isinstance(each, (cst.FunctionDef, cst.ClassDef))
        ]
        return Mutant(
            ".".join(reversed(names)),
            before,
            after,
            self._lines(node, above),
            not any(_is_later(*pair) for pair in zip(above, [node, *above], strict=False)),
            source,
        )

    def _written(self, node: cst.CSTNode, new: cst.CSTNode) -> str:
        span = self.get_metadata(WhitespaceInclusivePositionProvider, node)
        start, end = (self._starts[each.line - 1] + each.column for each in (span.start, span.end))
        written: str = self.wrapper.module.code_for_node(new)
        return self._source[:start] + written + self._source[end:]

    def _above(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        while not isinstance(node, cst.Module):
            node = self.get_metadata(ParentNodeProvider, node)
            yield node

    def _lines(self, node: cst.CSTNode, above: list[cst.CSTNode]) -> range:
        statements = (
            each for each in above if isinstance(each, (cst.BaseStatement, cst.SimpleStatementLine))
        )
        around = next(statements, node)
        if isinstance(around, cst.BaseCompoundStatement):
            around = node
        place = self.get_metadata(PositionProvider, around)
        return range(place.start.line, place.end.line + 1)


def _does_nothing(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.If):
        return isinstance(node.test, cst.Name) and node.test.value in TYPES_ONLY
    if isinstance(node, cst.Call):
        return isinstance(node.func, cst.Name) and node.func.value in NAMES_ONLY
    if isinstance(node, cst.Assign):
        is_public: bool = m.matches(node.targets[0].target, m.Name("__all__"))
        return is_public
    return isinstance(node, SAID_TO_READERS)


def _is_later(outer: cst.CSTNode, inner: cst.CSTNode) -> bool:
    """Whether the inner node runs when the outer one is called, not when it is made."""
    return isinstance(outer, (cst.FunctionDef, cst.Lambda)) and inner is outer.body


def _difference(old: str, new: str) -> tuple[str, str]:
    """Return the lines that differ, as one line each."""
    before, after = old.splitlines(), new.splitlines()
    start = _same(before, after)
    end = _same(before[start:][::-1], after[start:][::-1])
    one, other = (
        " ".join(line.strip() for line in lines[start : len(lines) - end])
        for lines in (before, after)
    )
    return one, other


def _same(some: list[str], others: list[str]) -> int:
    """Count the lines that are the same from the start on."""
    return sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(some, others, strict=False))
    )
