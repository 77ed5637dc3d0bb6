"""callerid with a third platform: a copy of it, one folder, one line, and two fields."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from support import commands
from support.pages import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

_HERE = Path(__file__).parent
_REGISTRY = "provider/callerid/registry.py"
_FUNCTIONS = "provider/callerid/functions"
_FIELD = '    toy: ToyMe | None = None\n    """Toy Cloud\'s own answer."""\n'
_IMPORT = "from callerid.platforms.toy.results import ToyMe\n"
EDITS = (
    (_REGISTRY, '    "csp",\n', '    "toy",\n'),
    (f"{_FUNCTIONS}/get_current_user.py", "import M3terCurrentUser\n", _IMPORT),
    (f"{_FUNCTIONS}/get_current_user.py", 'every field of it but the password."""\n', _FIELD),
    (f"{_FUNCTIONS}/get_user_org_roles.py", "import M3terUserOrgRoles\n", _IMPORT),
    (f"{_FUNCTIONS}/get_user_org_roles.py", 'every field of it but the password."""\n', _FIELD),
)
"""File, what stands there, and what a third platform adds below it, so that everything runs.

The tests that want a line of it are named in CONTRIBUTING.md.
"""


class House(NamedTuple):
    """A copy of callerid that knows Toy Cloud, and how to run it."""

    root: Path

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment in which `import callerid` is the copy."""
        path = os.pathsep.join([str(self.root / "provider"), str(ROOT / "tests")])
        return commands.environment(PYTHONPATH=path, **more)

    def run(self, *argv: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run Python with these arguments."""
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, *argv],
            capture_output=True,
            check=False,
            cwd=self.root,
            encoding="utf-8",
            env=self.environment(**environ),
            stdin=subprocess.DEVNULL,
            timeout=120,
        )

    def callerid(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `callerid` with these arguments."""
        return self.run(*commands.CALLERID[1:], *arguments)

    def as_caller(self, caller: str, *arguments: str, scenario: str = "") -> Any:
        """Run `callerid` as a caller of the sandbox, and return what it printed."""
        files = ["--scenario", scenario] if scenario else []
        argv = ("sandbox", *files, "--as", caller, "--", *commands.CALLERID, *arguments)
        return self.callerid(*argv)

    def answer(self, caller: str, *arguments: str, scenario: str = "") -> Mapping[str, Any]:
        """Run a command with --json as a caller, and return its answer."""
        done = self.as_caller(caller, *arguments, "--json", scenario=scenario)
        assert done.returncode == 0, done.stderr
        found: Mapping[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Build the copy, and derive its schema as `make sdk` does."""
    root = tmp_path_factory.mktemp("house")
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "provider", root / "provider", ignore=skipped)
    shutil.copytree(ROOT / "examples" / "functions", root / "examples" / "functions")
    shutil.copytree(_HERE / "platform", root / "provider/callerid/platforms/toy", ignore=skipped)
    for file, place, added in EDITS:
        text = (root / file).read_text("utf-8")
        assert text.count(place) == 1, (file, place)
        (root / file).write_text(text.replace(place, place + added), "utf-8")
    built = House(root)
    derived = built.run("-m", "callerid.frontends.pulumi.schema")
    assert derived.returncode == 0, derived.stderr
    (root / "schema.json").write_text(derived.stdout, "utf-8")
    return built
