# Generated from schema.json by sdk/generate.py; edit those.
"""How a function is asked, and what becomes of an answer that is not there yet."""

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, NoReturn, TypeVar

import pulumi

from pulumi_callerid import _answers, _argument_rules, _checks, _failures

__all__ = ["VERSION", "Argument", "Function", "Guard", "input_type", "output_type"]

VERSION = "0.1.0"
"""The version of this SDK, and of the plugin that it asks for."""

_NO_RULES = frozenset({"platform", "orgId", "onRefusal"})
"""What a guard takes besides its rules."""

T = TypeVar("T")

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform

    @dataclass_transform(kw_only_default=True, field_specifiers=(pulumi.property,))
    def input_type(cls: type[T]) -> type[T]:
        """Stand in for `pulumi.input_type`, which type checkers cannot see through."""
        return cls

    @dataclass_transform(
        kw_only_default=True, frozen_default=True, field_specifiers=(pulumi.property,)
    )
    def output_type(cls: type[T]) -> type[T]:
        """Stand in for `pulumi.output_type`, which type checkers cannot see through."""
        return cls

else:
    input_type = pulumi.input_type

    def output_type(cls: type[T]) -> type[T]:
        """Mark a class of values as `pulumi.output_type` does, and let them be inputs too.

        A value is a dictionary, for `Output.json_dumps`. To pulumi a dictionary that is an input is
        one to take apart: it would lose its class, and so its attributes, in `Output.all`. A value
        of an input class is put together again from its `__dict__`, which has the `_Whole` alone.
        """
        pulumi.output_type(cls)
        initialize = cls.__init__

        @functools.wraps(initialize)
        def restore_or_initialize(self: Any, **given: Any) -> None:
            whole = given.pop("whole", None)
            if isinstance(whole, _Whole):
                self.update(whole.content)
            else:
                initialize(self, **given)
            self.__dict__["whole"] = _Whole(self)

        cls.__init__ = restore_or_initialize
        cls._pulumi_input_type = True  # what `pulumi.input_type` does, which allows no other mark
        return cls


@dataclass(frozen=True, eq=False, repr=False)
class _Whole:
    """What a value holds, where pulumi does not look into it."""

    content: Mapping[str, Any]


class Argument(NamedTuple):
    """An argument of a function: its name in Python, its type in the schema."""

    python_name: str
    kind: str


@dataclass(frozen=True)
class Function(Generic[T]):
    """A function of the provider: its token, its name in Python, the class of its answers.

    `arguments` are by the names of the schema.
    """

    token: str
    name: str
    result: type[T]
    arguments: Mapping[str, Argument]

    def now(self, arguments: Mapping[str, Any], opts: pulumi.InvokeOptions | None) -> T:
        """Ask, and wait for the answer.

        Raises:
            pulumi.RunError: an argument is wrong, there is no answer yet, it is not usable, or the
                provider refused. Pulumi prints the text of this one without a traceback.
            Exception: what an argument that is an output failed with.
        """
        given = _checks.checked(arguments, self._misfits)
        opts = pulumi.InvokeOptions.merge(pulumi.InvokeOptions(version=VERSION), opts)
        try:
            asked = pulumi.runtime.invoke(self.token, given, opts=opts)
        except Exception as error:  # noqa: BLE001 - all of them are raised again
            self._fail(error)
        if asked.value is None:
            text = _failures.unanswered(
                self.name, self._unknown(arguments), self._way_out("its arguments")
            )
            raise pulumi.RunError(text)
        return self._read(asked.value)

    def later(
        self,
        arguments: Mapping[str, Any],
        opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None,
    ) -> pulumi.Output[T]:
        """Ask, and give the answer as an output; it is unknown where there is no answer yet.

        Raises:
            pulumi.RunError: a plain argument is wrong.
        """
        given = _checks.checked(arguments, self._misfits)
        opts = pulumi.InvokeOutputOptions.merge(pulumi.InvokeOptions(version=VERSION), opts)
        asked = pulumi.runtime.invoke_output(self.token, given, opts=opts)
        if hasattr(pulumi.Output, "recover"):  # before pulumi 3.269 a traceback may go with it
            asked = asked.recover(self._fail)
        # An output whose function gives `pulumi.UNKNOWN` is unknown, and keeps what it depends on:
        # pulumi itself leans on that when it looks up an attribute of an unknown output.
        answer: pulumi.Output[T] = asked.apply(self._or_unknown)
        return answer

    def _or_unknown(self, answer: Any) -> Any:
        is_unasked = answer == {} and pulumi.runtime.is_dry_run()
        return pulumi.UNKNOWN if is_unasked else self._read(answer)

    def _read(self, answer: Any) -> T:
        """Make what came an answer.

        Raises:
            pulumi.RunError: it lacks what an answer always has, or has it in another type or name.
                The engine gives an empty one where it asks nobody, for want of the settings.
        """
        way_out = self._way_out("the provider's settings")
        if answer == {} and (text := _failures.empty(self.name, VERSION, way_out)):
            raise pulumi.RunError(text)
        try:
            return _answers.read(answer, self.result)
        except _answers.UnusableError as error:
            raise pulumi.RunError(_failures.unusable(self.name, str(error), VERSION)) from None

    def _misfits(self, name: str, value: Any) -> Iterator[str]:
        argument = self.arguments[name]
        return _checks.misfits(value, argument.kind, argument.python_name, self.name)

    def _unknown(self, arguments: Mapping[str, Any]) -> str:
        """Say which argument may be the one that is not known yet."""
        later = [name for name, value in arguments.items() if _checks.is_later(value)]
        names = ", ".join(self.arguments[name].python_name for name in later)
        one = f"one of the arguments {names} is" if names else "an argument is"
        return f"the argument {names} is" if len(later) == 1 else one

    def _fail(self, error: Exception) -> NoReturn:
        text = self._told(error)
        if text is None:
            raise _failures.own(error)
        raise pulumi.RunError(text) from error

    def _told(self, error: Exception) -> str | None:
        return _failures.told(error, self.token, self.name)

    def _way_out(self, cure: str) -> str:
        return f"use {self.name}_output, or plain values for {cure}"


class Guard(Function[T]):
    """A function that tells whether the caller may go on.

    A program goes on with an answer that says `allowed`, or one that `onRefusal: warn` asked for.
    """

    def now(self, arguments: Mapping[str, Any], opts: pulumi.InvokeOptions | None) -> T:
        """Ask, wait for the answer, and stop the program unless it says yes.

        Raises:
            pulumi.RunError: the caller was refused; otherwise as `Function.now`.
        """
        kept = self._never_null(arguments)
        return self._passed([super().now(kept, opts), arguments["onRefusal"]])

    def later(
        self,
        arguments: Mapping[str, Any],
        opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None,
    ) -> pulumi.Output[T]:
        """Ask, and give an output that fails unless the answer says yes."""
        on_refusal = arguments["onRefusal"]
        if _checks.is_later(on_refusal):
            on_refusal = pulumi.Output.from_input(on_refusal)  # a coroutine is awaited only once
        kept = self._never_null(arguments)
        asked = super().later({**kept, "onRefusal": on_refusal}, opts)
        return pulumi.Output.all(asked, on_refusal).apply(self._passed)

    def _never_null(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Have a rule fail that turns out to be None: Pulumi would leave it out, without a word."""
        return {
            name: pulumi.Output.from_input(value).apply(self._refuse_null(name))
            if name not in _NO_RULES and _is_awaited(value)
            else value
            for name, value in arguments.items()
        }

    def _refuse_null(self, name: str) -> Callable[[Any], Any]:
        def refuse(value: Any) -> Any:
            if value is None:
                argument = self.arguments[name].python_name
                raise pulumi.RunError(_argument_rules.must_not_be_null(argument, self.name))
            return value

        return refuse

    def _passed(self, asked: list[Any]) -> T:
        answer, on_refusal = asked
        if answer.allowed is True or on_refusal == "warn":
            passed: T = answer
            return passed
        message = f"{self.name}: the plugin did not say that the caller may go on."
        raise pulumi.RunError(message)

    def _told(self, error: Exception) -> str | None:
        """Give a refusal as it stands, without the engine's words before it."""
        _, mark, refusal = str(error).partition(f"{self.token} returned an error: callerid: ")
        return f"callerid: {refusal}" if mark else super()._told(error)

    def _way_out(self, cure: str) -> str:
        return f"use plain values for {cure}: {self.name}_output guards only what consumes it"


def _is_awaited(value: Any) -> bool:
    return isinstance(value, pulumi.Output) or inspect.isawaitable(value)
