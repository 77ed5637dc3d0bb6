"""The tree of errors, and how they show what came from outside."""

from __future__ import annotations

from callerid import errors
from callerid.frontends import failures
from callerid.frontends.pulumi import status


def _tree(root: type[errors.CalleridError]) -> set[type[errors.CalleridError]]:
    below = [_tree(child) for child in root.__subclasses__()]
    return {root}.union(*below)


def test_every_error_has_a_grpc_status() -> None:
    """A new class cannot be forgotten in the front end."""
    assert _tree(errors.CalleridError) - {errors.CalleridError} == set(status.CODES)


def test_every_error_stands_in_the_tree_drawn() -> None:
    """The module's picture of the tree names every class."""
    assert errors.__doc__
    assert all(kind.__name__ in errors.__doc__ for kind in _tree(errors.CalleridError))


def test_control_characters_are_shown() -> None:
    """A name that moves the cursor, or forges a line of a log, is text like any other."""
    assert errors.printable("Ada\x1b[2J\x9b\nL\u00f6we") == "Ada\\x1b[2J\\x9b\nL\u00f6we"


class _Whole(str):
    """A text that nobody may go through as a whole."""

    __slots__ = ()

    def isprintable(self) -> bool:
        """Fail: how long it takes depends on the text's length."""
        raise AssertionError


def test_a_name_is_cut_before_it_is_made_printable() -> None:
    """A long one costs no more than what is shown of it, which is the same."""
    assert errors.printable_line("\x1b" * 25) == "\\x1b" * 25
    assert errors.printable_line("\x1b" * 26) == "\\x1b" * 25 + "…"
    assert errors.printable_line("x" * 100) == "x" * 100
    assert errors.printable_line(_Whole("x" * 101)) == "x" * 100 + "…"
    assert failures.sentence(_Whole("x" * 3001)) == "x" * 3000 + " …"


def test_a_bug_names_its_place_and_not_its_text() -> None:
    """The text of an unexpected exception may hold a value, so only file and line are told."""
    try:
        dict[str, str]()["canary"]
    except KeyError as error:
        _, text = status.of(error)
    assert text.startswith("callerid internal error (KeyError at tests/test_errors.py:")
    assert "canary" not in text
