"""Answers for tests that run a program under Pulumi's own mocks, `pulumi.runtime.set_mocks`."""

from __future__ import annotations

import logging
import weakref
from contextlib import ExitStack
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from callerid.errors import ArgumentError, CalleridError, printable_line
from callerid.testing.preview_host import PreviewHost

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from callerid.core import Core
    from callerid.sandbox.scenario import Scenario
    from callerid.sandbox.server import Sandbox

_LOG = logging.getLogger("callerid")
_PREFIX = "callerid:index:"


class MockCallArgs(Protocol):
    """What a mock's `call` is given; it is `pulumi.runtime.MockCallArgs`."""

    token: str
    args: dict[str, Any]


class MockAnswers:
    """Answers each function of callerid as one caller would be answered; `mock_answers` makes it.

    It may be called from any thread. What it uses is started by the first call, and ended with it.
    """

    def __init__(self, host: PreviewHost, caller: str | Path | Scenario) -> None:
        """Start nothing yet."""
        self._host = host
        self._caller = caller
        self._core: Core | None = None
        self._lock = Lock()
        self._opened = ExitStack()
        weakref.finalize(self, self._opened.close)

    def __call__(self, args: MockCallArgs) -> dict[str, Any]:
        """Answer what `Mocks.call` was asked, or fail as the engine does where callerid refuses.

        Raises:
            ArgumentError: it is no function of callerid's.
            ConfigurationError: there is no such caller.
            grpc.RpcError: callerid refused the caller, or an argument.
        """
        package, _, _ = args.token.partition(":")
        if package != "callerid":
            text = (
                f"mock_answers answers callerid's functions, not {printable_line(args.token)}. "
                'Ask it where args.token begins with "callerid:".'
            )
            raise ArgumentError(text)
        name = args.token.removeprefix(_PREFIX)
        core = self._connected()
        try:
            return core.call(name, args.args)
        except CalleridError as error:
            from callerid.testing.mocked_invoke_error import (  # noqa: PLC0415 - gRPC is slow to load
                MockedInvokeError,
            )

            raise MockedInvokeError(args.token, str(error)) from error

    def _connected(self) -> Core:
        with self._lock:
            if self._core is None:
                self._core = self._connect()
            return self._core

    def _connect(self) -> Core:
        from callerid import config  # noqa: PLC0415 - slow, and a test may never ask
        from callerid.core import Core  # noqa: PLC0415 - as above

        self._opened.enter_context(self._host)
        variables = self._opened.enter_context(self._host.variables(self._caller))
        core = Core(config.load({}, variables), warn=_warn)
        self._opened.callback(core.close)
        return core


def mock_answers(
    caller: str | Path | Scenario,
    *,
    scenarios: Collection[str | Path] = (),
    sandbox: Sandbox | None = None,
) -> MockAnswers:
    """Answer callerid's functions in a program under Pulumi's own mocks.

        class Mocks(pulumi.runtime.Mocks):
            answers = mock_answers("owner")

            def call(self, args):
                return self.answers(args) if args.token.startswith("callerid:") else {}

    The answers are those that the plugin would give: the sandbox stands in for the API, and all
    the rest is callerid. So `requireCaller` lets pass and refuses by the rules of the program. The
    settings of an explicit provider change nothing: the caller is the one named here.

    Args:
        caller: Who runs the program: the name of a sandbox caller (`callerid sandbox --list`), a
            scenario file, or a scenario.
        scenarios: YAML files of callers, or folders of them, that `caller` may name beside the
            built-in ones.
        sandbox: A running sandbox to use; it is left running.
    """
    return MockAnswers(PreviewHost(scenarios=scenarios, sandbox=sandbox), caller)


def _warn(text: str) -> None:
    _LOG.warning("%s", text)
