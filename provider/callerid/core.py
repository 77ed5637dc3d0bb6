"""The middle: a function's name and plain arguments in, a plain answer out. No protocol here."""

from __future__ import annotations

import json
from threading import Event
from typing import TYPE_CHECKING, Any

from pydantic_core import ValidationError

from callerid.argument_rules import WANTED, must_be, must_not_be_null
from callerid.asking.call import Clients
from callerid.asking.clock import Clock
from callerid.asking.refusals import no_organization
from callerid.casing import camel
from callerid.config import PLATFORM_TITLES, organization_id
from callerid.errors import (
    ArgumentError,
    CancelledError,
    ConfigurationError,
    FunctionNotFoundError,
    printable_line,
)
from callerid.functions import FILES, Function, load
from callerid.model import outside
from callerid.nearest import MOST_NAMED, nearest, nearest_expected
from callerid.replay import ALLOW_RECORDED
from callerid.shown import shown_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from callerid.config import Config
    from callerid.model import Arguments, Value


class Core:
    """Answers for one configuration. Thread-safe; tokens and answers are kept in memory."""

    def __init__(
        self,
        config: Config,
        clock: Clock | None = None,
        warn: Callable[[str], None] | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        """Connect nothing yet.

        Args:
            config: whom to ask, and as whom.
            clock: decides time in tests.
            warn: shows a sentence to people, each sentence once.
            tell: called, on the thread that waits, with what is waited for: `asking NAME (GET /…)`.
        """
        self._stopped = Event()
        self._config = config
        self._clients = Clients(config, clock or Clock(sleep=self._sleep), warn, tell)

    def call(
        self, name: str, arguments: Mapping[str, object], *, preview: bool = False
    ) -> dict[str, Any]:
        """Answer one call.

        Args:
            name: the function's bare name, `getCurrentUser`.
            arguments: plain values under the schema's names.
            preview: whether the engine only previews.

        Returns:
            The result under the schema's names: absent fields left out, lists sorted.

        Raises:
            CalleridError: see the tree in `callerid.errors`.
        """
        if name not in FILES:
            known = ", ".join(FILES)
            shown = printable_line(name)
            text = f"callerid has no function {shown}. It has {known}.{nearest(name, FILES)}"
            raise FunctionNotFoundError(text)
        function = load(name)
        read = read_arguments(function, arguments)
        answer = plain(function.run(read, self._clients.call()))
        if not preview and not self._config.allow_recorded:
            _require_live(answer, self._config)
        return answer

    def ask(self, name: str, arguments: Mapping[str, object]) -> dict[str, Any]:
        """Answer a person or a script, who have no preview.

        Recorded answers may inform, and must not decide. Otherwise as `call`.
        """
        return self.call(name, arguments, preview=name != "requireCaller")

    def stop(self) -> None:
        """Let the calls in flight end at their next wait; nothing is asked again by them."""
        self._stopped.set()

    def cancel(self) -> None:
        """End the calls in flight now, connections too; the core answers no more."""
        self.stop()
        self._clients.stop()

    def close(self) -> None:
        """Close the connections; no call may be in flight."""
        self._clients.close()

    def _sleep(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise CancelledError


def _require_live(answer: Mapping[str, Any], config: Config) -> None:
    """Refuse what a replay answered: who called once must not decide what is changed now.

    Raises:
        ConfigurationError: the answer was recorded.
    """
    if "recordedAt" in answer:
        sources = [each.base_url_source for each in config.platforms if each.base_url_source]
        detour = " and ".join(sources) or "any proxy"
        text = (
            f"These answers were recorded at {answer['recordedAt']}, and nobody says that this is "
            "a preview: recorded answers must not decide what is changed.\n"
            f"Ask the live API (unset {detour}), or set {ALLOW_RECORDED}=1 for a test."
        )
        raise ConfigurationError(text)


def read_arguments(function: Function, arguments: Mapping[str, object]) -> Arguments:
    """Read a function's arguments; null counts as left out, where the function allows it.

    Raises:
        ArgumentError: one is unknown, or has a value that the function does not take.
    """
    read = _read(function, arguments)
    if isinstance(read, list):
        raise ArgumentError("\n".join(map(str, read)), about=read[0].about, entry=read[0].entry)
    return read


def wrong_arguments(
    function: Function, arguments: Mapping[str, object], unknown: Collection[str] | None = ()
) -> list[ArgumentError]:
    """Return what a call would fail with, whoever calls: an error for each argument.

    Those that are `unknown` yet, by their names, may turn out to be given or left out; None means
    all others.
    """
    read = _read(function, arguments)
    if isinstance(read, list):
        return read
    given = [name for name, value in arguments.items() if value is not None]
    missing = None if unknown is None else function.missing(given, unknown)
    found = (missing, _no_organization(arguments.get("orgId")))
    return [each for each in found if each]


def _no_organization(asked: object) -> ArgumentError | None:
    """Return the error for a text in which no platform finds an organization."""
    found = asked is None or any(organization_id(name, str(asked)) for name in PLATFORM_TITLES)
    return None if found else no_organization()


def _read(function: Function, arguments: Mapping[str, object]) -> Arguments | list[ArgumentError]:
    known = list(map(camel, function.args.model_fields))
    unknown = [name for name in arguments if name not in known]
    if unknown:
        told = [
            ArgumentError(has_no_argument(function.name, shown_name(name), known), about=name)
            for name in unknown[:MOST_NAMED]
        ]
        return [*told, *_more(function, unknown[MOST_NAMED:])]
    nulls = sorted(
        name for name in arguments.keys() & function.args.never_null if arguments[name] is None
    )
    if nulls:
        text = must_not_be_null(" and ".join(nulls), function.name)
        return [ArgumentError(text, about=nulls[0])]
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        return function.args.model_validate(given)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False)
        told = [_explained(function, each, given) for each in problems[:MOST_NAMED]]
        return [*told, *_more(function, [str(each["loc"][0]) for each in problems[MOST_NAMED:]])]


def _more(function: Function, left: Sequence[str]) -> list[ArgumentError]:
    """Count what else is wrong, by the names of the arguments: an error, or none."""
    if not left:
        return []
    text = (
        f"There are {len(left):,} more arguments or entries of lists that {function.name} does not "
        "take."
    )
    return [ArgumentError(text, about=left[0])]


def _explained(
    function: Function, problem: Mapping[str, Any], given: Mapping[str, object]
) -> ArgumentError:
    name, *place = map(str, problem["loc"])
    near = ""
    if problem["type"] == "literal_error":
        expected = problem["ctx"]["expected"]
        wanted = expected.replace("'", "")
        near = nearest_expected(_at(given, problem["loc"]), expected)
    else:
        wanted = _WANTED.get(problem["type"], "of the type that the schema names")
        wanted = wanted.format(**problem.get("ctx", {}))
    text = must_be(name, function.name, wanted, entry=bool(place)) + near
    return ArgumentError(text, about=name, entry=int(place[0]) if place else None)


def has_no_argument(function: str, name: str, known: Iterable[str]) -> str:
    """Return the error text for an unknown argument of a function, with the nearest known one."""
    return f"{function} has no argument {name}.{nearest(name, known)}"


def _at(given: Mapping[str, object], place: tuple[str | int, ...]) -> object:
    """Find the value of an argument, or of an entry of its list; to check, not to show."""
    name, *entry = place
    value = given.get(str(name))
    return value[int(entry[0])] if entry and isinstance(value, list) else value


_WANTED = {
    "string_type": WANTED["string"],
    "string_too_long": "shorter",
    "string_too_short": "left out, or text that is not empty",
    "too_short": "left out, or a list that is not empty",
    "list_type": WANTED["array"],
    "float_type": WANTED["number"],
    "finite_number": WANTED["number"],
    "greater_than_equal": "a number from {ge:g} on",
}


def plain(result: Value) -> dict[str, Any]:
    """Write a result in plain types, so that equal results are equal bytes."""
    written: dict[str, Any] = _sorted(outside(result))
    return written


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((_sorted(item) for item in value), key=json.dumps)
    return value
