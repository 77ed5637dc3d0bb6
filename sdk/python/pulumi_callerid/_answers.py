# Generated from schema.json by sdk/generate.py; edit those.
"""An answer, looked at before a program goes by it.

The plugin of the same version gives whole answers, of the right types, in the schema's names. The
mock of a test may not, nor may another version of the plugin; and an attribute that is None, or a
text in place of a list, would decide a branch in silence.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from pulumi_callerid import _argument_rules, _casing

__all__ = ["UnusableError", "read"]

T = TypeVar("T")

_MOST = 10
"""How many mistakes of one kind are named."""

_WANTED = {
    str: _argument_rules.WANTED["string"],
    float: _argument_rules.WANTED["number"],
    int: "a whole number",
    bool: "true or false",
}


class UnusableError(ValueError):
    """An answer that a program must not go by; the text says what is wrong with it."""


@dataclass
class _Mistakes:
    """What is wrong with an answer; each place is written as in `roles[0].name`."""

    missing: list[str] = field(default_factory=list)
    misspelt: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def told(self) -> str:
        """Name all of it in one sentence without an end; empty where nothing is wrong."""
        verb = "is" if len(self.missing) == 1 else "are"
        parts = [f"{_listed(self.missing)} {verb} missing"] if self.missing else []
        return "; ".join([*parts, *filter(None, map(_listed, (self.misspelt, self.wrong)))])


def read(answer: Any, of: type[T]) -> T:
    """Make an answer, as it came, a value of its class.

    Raises:
        UnusableError: something that is always there is not, or has another type.
    """
    mistakes = _Mistakes()
    value: T = _value(answer, of, "", mistakes)
    if told := mistakes.told():
        raise UnusableError(told)
    return value


def _value(given: Any, hint: Any, place: str, mistakes: _Mistakes) -> Any:
    if get_origin(hint) is Sequence:
        return _list(given, get_args(hint)[0], place, mistakes)
    if hint not in _FITS:
        return _object(given, hint, place, mistakes)
    if not _FITS[hint](given):
        mistakes.wrong.append(f"{place} must be {_WANTED[hint]}")
        return None
    return int(given) if hint is int else given


def _list(given: Any, hint: Any, place: str, mistakes: _Mistakes) -> Any:
    if not _FITS[list](given):
        mistakes.wrong.append(f"{place} must be {_argument_rules.WANTED['array']}")
        return None
    return [_value(each, hint, f"{place}[{n}]", mistakes) for n, each in enumerate(given)]


def _object(given: Any, of: Any, place: str, mistakes: _Mistakes) -> Any:
    if not isinstance(given, Mapping):
        mistakes.wrong.append(f"{place or 'it'} must be an object")
        return None
    return of(
        **{
            name: _property(given, name, hint, f"{place}." if place else "", mistakes)
            for name, hint in get_type_hints(of).items()
        }
    )


def _property(given: Any, name: str, hint: Any, inside: str, mistakes: _Mistakes) -> Any:
    proper = _casing.camel(name)
    value = given.get(proper)
    if value is not None:
        return _value(value, _always(hint), f"{inside}{proper}", mistakes)
    if name != proper and name in given:
        mistakes.misspelt.append(f"{inside}{name} stands there instead of {proper}")
    elif _always(hint) == hint:
        mistakes.missing.append(f"{inside}{proper}")
    return None


def _always(hint: Any) -> Any:
    """Give the type of what is there, of one that may be left out."""
    kinds = get_args(hint)
    if type(None) not in kinds:
        return hint
    return next(each for each in kinds if each is not type(None))


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)


def _listed(all_of_them: Sequence[str]) -> str:
    left = len(all_of_them) - _MOST
    return ", ".join(all_of_them[:_MOST]) + (f" and {left} more" if left > 0 else "")


_FITS: Mapping[Any, Callable[[Any], bool]] = {
    str: lambda given: isinstance(given, str),
    bool: lambda given: isinstance(given, bool),
    int: lambda given: _is_number(given) and float(given).is_integer(),
    float: _is_number,
    list: lambda given: isinstance(given, list),
}
