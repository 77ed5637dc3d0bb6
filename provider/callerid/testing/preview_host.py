"""`PreviewHost`: one sandbox and warm processes for any number of previews."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from callerid import processes
from callerid.testing import toolchain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from typing_extensions import Self, Unpack

    from callerid.sandbox.scenario import Scenario
    from callerid.sandbox.server import Sandbox
    from callerid.testing.options import Options
    from callerid.testing.result import PreviewResult
    from callerid.testing.warm import Warm

_FILE_ENDINGS = (".yaml", ".yml")
_UNNAMED = "caller"


class PreviewHost:
    """Runs previews one after the other, or at the same time from several threads.

        with PreviewHost() as host:
            for name in ("owner", "member"):
                print(host.preview("infra", caller=name).exports)

    The first preview starts what it needs; each further one takes a quarter of a second. Every
    program and every provider is a process of its own that ends with its preview, so nothing of
    one run reaches the next.
    """

    def __init__(
        self,
        *,
        scenarios: Collection[str | Path] = (),
        warm: bool = True,
        sandbox: Sandbox | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            scenarios: YAML files of callers, or folders of them, to have beside the built-in ones;
                one of the same name takes the place of the built-in.
            warm: False starts every process plainly, which is what one preview needs.
            sandbox: A running sandbox to use; it is left running.
        """
        self._scenarios = tuple(Path(each) for each in scenarios)
        self._wants_warm = warm
        self._sandbox = sandbox
        self._owns_sandbox = sandbox is None
        self._warm: Warm | None = None
        self._opened = ExitStack()
        self._lock = Lock()

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox of all previews that name a caller; its `requests` are what was asked.

        Raises:
            ConfigurationError: a scenario cannot be read.
        """
        with self._lock:
            if self._sandbox is None:
                from callerid.sandbox.server import Sandbox  # noqa: PLC0415 - an extra, and slow

                self._sandbox = self._opened.enter_context(Sandbox.start(read(self._scenarios)))
            return self._sandbox

    def preview(
        self,
        program: str | Path,
        *,
        caller: str | Path | Scenario | None = None,
        environ: Mapping[str, str] | None = None,
        **options: Unpack[Options],
    ) -> PreviewResult:
        """Run a program's preview; arguments, result and errors are `callerid.testing.preview`'s.

        Raises:
            ConfigurationError: the program, its configuration or the caller is unusable.
        """
        given = os.environ if environ is None else environ
        if caller is None:
            return self._run(program, given, **options)
        from callerid.sandbox.environment import as_caller  # noqa: PLC0415 - slow to import

        with self.variables(caller) as variables:
            return self._run(program, as_caller(given, variables), **options)

    @contextmanager
    def variables(self, caller: str | Path | Scenario) -> Iterator[Mapping[str, str]]:
        """Yield the variables that make callerid a caller, which is good for the block.

        A caller without a name gets a sandbox of its own.

        Raises:
            ConfigurationError: there is no such caller.
        """
        if isinstance(caller, str) and not caller.endswith(_FILE_ENDINGS):
            yield self.sandbox.environment(caller)
            return
        from callerid.sandbox import library  # noqa: PLC0415 - YAML is an extra
        from callerid.sandbox.server import Sandbox  # noqa: PLC0415 - an extra, and slow

        callers = (
            library.read([Path(caller)]) if isinstance(caller, str | Path) else {_UNNAMED: caller}
        )
        with Sandbox.start(callers) as sandbox:
            yield sandbox.environment(next(iter(callers)))

    def _run(  # noqa: PLR0913 - one keyword for each thing that the CLI has a flag for
        self,
        program: str | Path,
        environ: Mapping[str, str],
        *,
        config: Mapping[str, str] | None = None,
        secrets: Collection[str] = (),
        preview: bool = True,
        timeout: float = 60.0,
        project: str | None = None,
        stack: str = "dev",
        organization: str = "organization",
    ) -> PreviewResult:
        from callerid.testing import host  # noqa: PLC0415 - imports pulumi and grpc
        from callerid.testing.project import load  # noqa: PLC0415 - imports yaml

        loaded = load(program, config, secrets, project, stack)
        return host.preview(
            loaded,
            interpreter=toolchain.find(loaded, environ),
            environ=environ,
            preview=preview,
            timeout=timeout,
            organization=organization,
            start=self._start(loaded.directory, environ),
        )

    def _start(self, cwd: Path, environ: Mapping[str, str]) -> processes.Start:
        if not self._wants_warm:
            return processes.start
        with self._lock:
            if self._warm is None:
                from callerid.testing.warm import Warm  # noqa: PLC0415 - imports pulumi and grpc

                self._warm = Warm(cwd, environ)
                self._opened.callback(self._warm.close)
            return self._warm.start

    def close(self) -> None:
        """End everything that was started; a later preview starts again."""
        with self._lock:
            self._opened.close()
            self._warm = None
            if self._owns_sandbox:
                self._sandbox = None

    def __enter__(self) -> Self:
        """Return the host."""
        return self

    def __exit__(self, *error: object) -> None:
        """End everything that was started."""
        self.close()


def read(scenarios: Collection[Path]) -> dict[str, Scenario]:
    """Read the built-in callers and those of files and folders, by name.

    Raises:
        ConfigurationError: a file or folder cannot be read, or a scenario has a mistake.
    """
    from callerid.sandbox import library  # noqa: PLC0415 - YAML is an extra

    return {**library.built_in(), **(library.read(scenarios) if scenarios else {})}
