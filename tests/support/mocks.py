"""Programs under Pulumi's own mocks: what people test with who do not use callerid.testing.

Each asks once, and declares a resource behind the answer. They run in a process of their own:
Pulumi leaves event loops open there, and settings behind.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import pulumi
from pulumi.runtime import mocks

import pulumi_callerid as callerid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNKNOWN = "unknown"
FORMS: dict[str, Callable[[], Any]] = {
    "get_current_user": callerid.get_current_user,
    "get_current_user_output": callerid.get_current_user_output,
    "get_user_org_roles": callerid.get_user_org_roles,
    "get_user_org_roles_output": callerid.get_user_org_roles_output,
    "require_caller": partial(callerid.require_caller, any_roles=["org_owner"]),
    "require_caller_output": partial(callerid.require_caller_output, any_roles=["org_owner"]),
}


def _fail(_: str) -> NoReturn:
    message = "the file is gone"
    raise ValueError(message)


def _failing(ask: Callable[..., Any]) -> Callable[[], Any]:
    """Ask with an argument that fails."""
    return lambda: ask(org_id=pulumi.Output.from_input("o-1").apply(_fail))


FAILING = {
    "get_current_user": _failing(callerid.get_current_user),
    "get_current_user_output": _failing(callerid.get_current_user_output),
}
"""By form, questions whose argument fails."""


@dataclass(frozen=True)
class Ran:
    """What became of a program."""

    value: Any
    """The answer, awaited; `UNKNOWN` where it is not known in the end."""
    error: str
    """The text of the first `pulumi.RunError`, or what else ended it, or nothing."""
    made: list[str]
    """The names of the resources that it declared."""


class _Mocks(mocks.Mocks):
    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self.made: list[str] = []

    def call(self, args: mocks.MockCallArgs) -> Any:
        del args
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.made.append(args.name)
        return f"{args.name}-id", args.inputs


@contextmanager
def process() -> Iterator[Callable[..., Ran]]:
    """Yield `ask`, which is called in the other process."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield lambda *case, **more: pool.submit(ask, *case, **more).result()


def ask(form: str, answer: Any, *, preview: bool | None = None, fails: bool = False) -> Ran:
    """Ask in a form, as `pulumi.runtime.test` runs a test; the mock gives or raises `answer`.

    Where it `fails`, it is with an argument that does.
    """
    answering, seen, errors = _Mocks(answer), [UNKNOWN], list[str]()
    mocks.set_mocks(answering, preview=preview)

    def program() -> Any:
        try:
            asked = pulumi.Output.from_input((FAILING if fails else FORMS)[form]())
        except pulumi.RunError as error:
            errors.append(str(error))
            raise
        name = asked.apply(lambda answer: answer.display_name)
        pulumi.CustomResource("things:index:Thing", "behind", {"name": name})
        return asked.apply(seen.append)

    try:
        mocks.test(program)()  # type: ignore[no-untyped-call] # pulumi's own
    except Exception as error:  # noqa: BLE001 - a mock's own may be any
        errors.append(str(error) if isinstance(error, pulumi.RunError) else repr(error))
    return Ran(seen[-1], "".join(errors[:1]), answering.made)
