"""pytest's side: previews as a fixture, callers as a marker. pytest finds it, no code imports it.

It costs a test run that does not use it nothing: what it needs is imported by its first user.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from callerid.errors import ConfigurationError
from callerid.sandbox.extra import explain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from typing_extensions import Unpack

    from callerid.sandbox.scenario import Scenario
    from callerid.sandbox.server import Sandbox
    from callerid.testing import PreviewHost, PreviewResult
    from callerid.testing.options import Options, Previewer

_SCENARIOS = "callerid_scenarios"
_CALLER = "callerid_caller"
_MARKER = "callers(*names): run the test once for each of these callers of callerid's sandbox"
_EXAMPLE = '@pytest.mark.callers("owner", "member")'
_CALLERS = pytest.StashKey["Mapping[str, Scenario]"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini option that names scenario files."""
    text = "YAML files, or folders of them, with callers to have beside callerid's built-in ones"
    parser.addini(_SCENARIOS, text, type="paths", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", _MARKER)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test for each caller of the marker nearest to it.

    A marker of a whole class or module does not hold for the tests in there that preview nothing.
    """
    marker = metafunc.definition.get_closest_marker("callers")
    if marker and _CALLER in metafunc.fixturenames:
        names = _names(marker, metafunc)
        metafunc.parametrize(_CALLER, names, ids=names, indirect=True)
    elif marker in metafunc.definition.own_markers:
        text = f"{metafunc.function.__name__} has callers, but no callerid_preview to run as them."
        raise pytest.Collector.CollectError(text)


def _names(marker: pytest.Mark, metafunc: pytest.Metafunc) -> list[str]:
    place = f"{metafunc.definition.nodeid}: "
    names = list(dict.fromkeys(name for name in marker.args if isinstance(name, str)))
    if not names or marker.kwargs or len(names) < len(marker.args):
        text = f"the marker callers takes names, each once, for example: {_EXAMPLE}"
        raise pytest.Collector.CollectError(place + text)
    try:
        callers = _callers(metafunc.config)
        from callerid.sandbox import library  # noqa: PLC0415 - YAML is an extra

        for name in names:
            library.find(callers, name)
    except ConfigurationError as error:
        text = f"{place}{error}"
        raise pytest.Collector.CollectError(text) from None
    except ModuleNotFoundError as error:
        raise pytest.Collector.CollectError(
            explain(error, "The marker callers", "testing")
        ) from None
    return names


def _callers(config: pytest.Config) -> Mapping[str, Scenario]:
    """Read the callers, once in a session."""
    from callerid.testing.preview_host import read  # noqa: PLC0415 - costs who does not use it

    if _CALLERS not in config.stash:
        config.stash[_CALLERS] = read(config.getini(_SCENARIOS))
    return config.stash[_CALLERS]


@pytest.fixture(scope="session")
def callerid_sandbox(pytestconfig: pytest.Config) -> Iterator[Sandbox]:
    """Serve the built-in callers, and those of the ini option `callerid_scenarios`."""
    with _told("callerid_sandbox"):
        from callerid.sandbox.server import Sandbox  # noqa: PLC0415 - an extra, and slow

        sandbox = Sandbox.start(_callers(pytestconfig))
    with sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def callerid_host(callerid_sandbox: Sandbox) -> Iterator[PreviewHost]:
    """Yield the host of all previews of the session."""
    from callerid.testing import PreviewHost  # noqa: PLC0415 - costs who does not use it

    with PreviewHost(sandbox=callerid_sandbox) as host:
        yield host


@pytest.fixture
def callerid_caller(request: pytest.FixtureRequest) -> str | None:
    """Return the name of the marker's caller for this test, None without the marker."""
    name: str | None = getattr(request, "param", None)
    return name


@pytest.fixture
def callerid_preview(callerid_host: PreviewHost, callerid_caller: str | None) -> Previewer:
    """Return a function that previews a program as the marker's caller, or as the one it names.

    Without either it runs without a caller: the tester's own callerid settings are left out.
    """
    from callerid.sandbox.environment import as_caller  # noqa: PLC0415 - costs who does not use it

    def preview(
        program: str | Path,
        *,
        caller: str | Path | Scenario | None = callerid_caller,
        environ: Mapping[str, str] | None = None,
        **options: Unpack[Options],
    ) -> PreviewResult:
        if caller is None and environ is None:
            environ = as_caller(os.environ, {})
        with _told("callerid_preview"):
            return callerid_host.preview(program, caller=caller, environ=environ, **options)

    return preview


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Report what a person can fix as a sentence, without a traceback."""
    try:
        yield
    except ConfigurationError as error:
        text = str(error)
    except ModuleNotFoundError as error:
        text = explain(error, what, "testing")
    else:
        return
    pytest.fail(text, pytrace=False)
