"""A process that starts lean reads and answers to the letter as pydantic's models do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AliasChoices
from support import commands, derived
from support.outcomes import outcome
from support.pages import ROOT

import callerid
from callerid import config, core, deriving
from callerid.casing import camel
from callerid.model import Value, bare, outside
from callerid.registry import PLATFORMS
from callerid.sandbox import library
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(callerid.__file__).parent
SECRET = "callerid.asking.tokens:TokenReply"
"""It holds a token, so it is never written."""
LEAN = "from callerid import lean\nlean.WANTED.set()\n"
MODELS = {f"{model.__module__}:{model.__qualname__}": model for model in deriving.models()}
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.sampled_from([2**53 + 1, 1_700_000_000, 1_700_000_000_000, 10**30, -1, 0.5, 1e300]),
    st.sampled_from(["", " ", "0", "true", "12", "ALLOW", "deny", "user", "stop", "m3ter", "csp"]),
    st.sampled_from(["2026-01-02T03:04:05Z", "2026-01-02", "20260102", "1700000000", "/orgs/o"]),
    st.text(max_size=4),
)
_ANY = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


class Lean:
    """A process that runs the derived validators, and never loads pydantic."""

    def __init__(self) -> None:
        """Start it."""
        program = f"{LEAN}from support.outcomes import serve\nserve()\n"
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=commands.environment(PYTHONPATH=str(ROOT / "tests")),
        )

    def outcome(self, name: str, body: Any) -> Any:
        """Return what becomes of a body there."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([name, body]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End it; it must have been well to the end."""
        self._process.communicate()
        assert self._process.returncode == 0


@pytest.fixture(scope="module")
def lean() -> Iterator[Lean]:
    """Start one process for all bodies."""
    with closing(Lean()) as process:
        yield process


@cache
def _bodies(model: type[Value]) -> st.SearchStrategy[Any]:
    """Generate what may come for a model: fields under any of their names, right or wrong.

    A result takes a platform's own answer as it is, so there it gets none.
    """
    fields = {
        name: _values(field.annotation)
        for own, field in model.model_fields.items()
        for name in (own, camel(own), *_names(field.validation_alias))
        if own not in PLATFORMS
    }
    return st.fixed_dictionaries({}, optional={**fields, "surprise": _ANY}) | _SCALARS


def _names(alias: object) -> list[str]:
    names = alias.choices if isinstance(alias, AliasChoices) else [alias]
    return [each for each in names if isinstance(each, str)]


def _values(annotation: Any) -> st.SearchStrategy[Any]:
    kind = bare(annotation)
    if get_origin(kind) is list:
        return st.lists(_values(get_args(kind)[0]), max_size=3) | _ANY
    if isinstance(kind, type) and issubclass(kind, Value):
        return _bodies(kind)
    return _ANY


@pytest.mark.parametrize("name", MODELS)
@given(data=st.data())
@settings(deadline=None, max_examples=40)
def test_both_read_the_same(lean: Lean, name: str, data: st.DataObject) -> None:
    """Any body gives the same fields, the same warnings, or the same errors at the same places."""
    body = data.draw(_bodies(MODELS[name]))
    assert lean.outcome(name, body) == outcome(name, body)


@given(data=st.data(), name=st.sampled_from(sorted(MODELS.keys() - {SECRET})))
@settings(deadline=None)
def test_a_value_is_outside_as_pydantic_writes_it(name: str, data: st.DataObject) -> None:
    """`outside` spares a lean process the serializers; it must write what they would."""
    body = data.draw(_bodies(MODELS[name]))
    try:
        read = MODELS[name].model_validate(body)
    except ValueError:
        return
    assert outside(read) == read.model_dump(mode="json", by_alias=True, exclude_none=True)


FROZEN = f"""{LEAN}
from callerid.guard.require_caller import RequireCallerResult
refused = RequireCallerResult(
    allowed=False, reasons=["why"], role_names=[], id="i", display_name="d", org_id="o"
)
try:
    refused.allowed = True
except AttributeError as error:
    print(error, bool(refused), bool(refused.model_copy(update={{"allowed": True}})))
"""


HIDDEN = f"""{LEAN}
from pydantic_core import ValidationError
from callerid.asking.tokens import TokenReply
try:
    TokenReply.model_validate({{"access_token": ["canary"], "expires_in": "canary"}})
except ValidationError as error:
    print("canary" in str(error) + repr(error), error.error_count())
"""


def test_an_error_in_a_lean_process_does_not_print_its_input() -> None:
    """A reply may hold a token, and somebody may log what was wrong with it."""
    done = commands.run_python(HIDDEN)
    assert (done.stdout, done.stderr) == ("False 2\n", "")


def test_a_lean_result_cannot_be_changed() -> None:
    """Answers are kept, and shared by threads."""
    done = commands.run_python(FROZEN)
    assert (done.stdout, done.stderr) == ("RequireCallerResult is frozen False True\n", "")


def test_they_are_derived_with_the_locked_pydantic() -> None:
    """So the set-up of `make test` skips no test that compares them."""
    locked = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    assert f"\npydantic-core=={derived.core()} " in locked, "run: make sdk"


@derived.by_this_pydantic
def test_derived_files_are_up_to_date() -> None:
    """`make sdk` writes them; there are no others."""
    anew = deriving.derive()
    files = {file: file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.validators.json")}
    assert files == anew, "run: make sdk"


ANSWERING = f"""{LEAN}
import json, os, sys
from callerid import config, core
own = core.Core(config.load({{}}, os.environ))
print(json.dumps([own.ask(name, given) for name, given in json.loads(sys.argv[1])]))
own.close()
print(*sorted({"pydantic", "encodings.idna"} & sys.modules.keys()))
"""
QUESTIONS = [
    ("getCurrentUser", {}),
    ("getUserOrgRoles", {}),
    ("requireCaller", {"anyRoles": ["org_owner"], "onRefusal": "warn"}),
]


CALLERS = sorted(set(library.built_in()) - {"both", "outage", "refused"})


def _answers(environ: dict[str, str], package: Path = PACKAGE) -> tuple[list[Any], str]:
    """Ask the questions in a lean process of its own; give the answers, and what it loaded."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", ANSWERING, json.dumps(QUESTIONS)],
        capture_output=True,
        check=False,
        env=commands.environment(PYTHONPATH=str(package.parent), **environ),
        text=True,
    )
    assert done.returncode == 0, done.stderr
    answers, loaded, _ = done.stdout.split("\n")
    return json.loads(answers), loaded


@pytest.mark.parametrize("caller", CALLERS)
def test_a_lean_process_answers_without_pydantic(caller: str) -> None:
    """All three functions, as every caller who gets answers: the same ones as with pydantic.

    Nor does it load the codec of domain names, which Python's sockets would for any host.
    """
    with Sandbox.start() as sandbox:
        environ = sandbox.environment(caller)
        with closing(core.Core(config.load({}, environ))) as own:
            answers = [own.ask(name, arguments) for name, arguments in QUESTIONS]
        assert _answers(environ) == (answers, "")


OTHER_CORE = ('"pydantic_core": "', '"pydantic_core": "other-')
OLD = ("", "")
UNKNOWN_TYPE = ('"type": "nullable"', '"type": "nullable-of-tomorrow"')


@pytest.mark.parametrize(
    ("edits", "loads_pydantic"),
    [
        ({"model": OTHER_CORE}, ""),
        ({"model": OTHER_CORE, "asking/tokens": UNKNOWN_TYPE}, "pydantic"),
        ({"model": OTHER_CORE, "platforms/csp/replies": UNKNOWN_TYPE}, "pydantic"),
        ({"platforms/m3ter/replies": None}, "pydantic"),
        ({"guard/arguments": OLD}, "pydantic"),
    ],
    ids=["another core", "it refuses a shared one", "or a platform's", "one is missing", "is old"],
)
def test_pydantic_answers_where_the_derived_cannot(
    tmp_path: Path, edits: dict[str, tuple[str, str] | None], loads_pydantic: str
) -> None:
    """A core that they were not derived for may run them, or not; the answers are the same.

    So they are where a file is missing, or its module was changed since.
    """
    package = tmp_path / "provider" / "callerid"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    for stem, edit in edits.items():
        file = package / f"{stem}.validators.json"
        if edit == OLD:
            os.utime(file, (0, 0))
        elif edit:
            file.write_text(file.read_text(encoding="utf-8").replace(*edit), encoding="utf-8")
        else:
            file.unlink()
    with Sandbox.start() as sandbox:
        environ = sandbox.environment("person")
        answers, _ = _answers(environ)
        assert _answers(environ, package) == (answers, loads_pydantic)
