"""One host, many previews: quick as forks are, and apart from each other as processes are."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from callerid.errors import ConfigurationError
from callerid.sandbox import library
from callerid.sandbox.scenario import Scenario
from callerid.testing import PreviewFailedError, PreviewHost, preview
from callerid.testing.warm import CAN_FORK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WHO = """
import pulumi
import pulumi_callerid
pulumi.export("name", pulumi_callerid.get_current_user().display_name)
"""
LEAKY = """
import logging, os, sys
import helper, json, pulumi
pulumi.export("leaks", [
    "LEFT" in os.environ, hasattr(json, "left"), "/left" in sys.path, logging.root.disabled,
    helper.count, os.umask(0o077),
])
os.environ["LEFT"] = "1"
json.left = True
sys.path.append("/left")
logging.root.disabled = True
helper.count += 1
"""
PROCESS = """
import os, sys, threading
import pulumi
pulumi.export("parent", os.getppid())
pulumi.export("argv", sys.argv)
pulumi.export("folder", os.getcwd())
pulumi.export("group", os.getpgrp() == os.getpid())
pulumi.export("environ", dict(os.environ))
pulumi.export("path", [each for each in sys.path if each])
pulumi.export("stdin", sys.stdin.isatty())
pulumi.export("main", __name__)
"""


posix = pytest.mark.skipif(os.name != "posix", reason="looks at process groups and parents")


@pytest.fixture(scope="module")
def host() -> Iterator[PreviewHost]:
    """Give a host that this file's tests share."""
    with PreviewHost() as running:
        yield running


def _program(folder: Path, text: str, **files: str) -> Path:
    (folder / "Pulumi.yaml").write_text("name: small\nruntime: python\n", encoding="utf-8")
    for name, content in {"__main__": text, **files}.items():
        (folder / f"{name}.py").write_text(content, encoding="utf-8")
    return folder


def test_one_program_as_several_callers(host: PreviewHost, tmp_path: Path) -> None:
    """Each run has its own caller, and one sandbox answers them all."""
    program = _program(tmp_path, WHO)
    names = [
        host.preview(program, caller=caller).require_ok().exports["name"]
        for caller in ("owner", "service-user", "owner")
    ]
    assert names == ["Grace Hopper", "deploy-pipeline", "Grace Hopper"]
    assert {request.path for request in host.sandbox.requests} >= {"/oauth/token"}


def test_several_at_the_same_time(host: PreviewHost, tmp_path: Path) -> None:
    """Threads may share a host; each gets its own caller's answer."""
    program = _program(tmp_path, WHO)
    callers = ["owner", "member", "service-user"]
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda name: host.preview(program, caller=name), callers))
    names = [result.require_ok().exports["name"] for result in results]
    assert names == ["Grace Hopper", "Linus Member", "deploy-pipeline"]


def test_nothing_is_left_of_a_run(host: PreviewHost, tmp_path: Path) -> None:
    """Modules, variables, the path, logging, the umask: the next run finds none of it."""
    program = _program(tmp_path, LEAKY, helper="count = 0\n")
    first = host.preview(program).require_ok().exports["leaks"]
    (tmp_path / "helper.py").write_text("count = 40 + 2\n", encoding="utf-8")
    second = host.preview(program).require_ok().exports["leaks"]
    assert second == [*first[:4], 42, first[5]]


@posix
def test_a_warm_process_is_what_a_plain_one_is(host: PreviewHost, tmp_path: Path) -> None:
    """Arguments, folder, environment, path and process group are the same; the parent is not."""
    program = _program(tmp_path, PROCESS)
    host.preview(program).require_ok()  # the nursery's own start is over
    warm = dict(host.preview(program, environ=os.environ).require_ok().exports)
    plain = dict(preview(program, environ=os.environ).require_ok().exports)
    assert (plain.pop("parent") == os.getpid(), warm.pop("parent") == os.getpid()) == (
        True,
        not CAN_FORK,
    )
    assert warm == plain


@posix
def test_another_python_environment_is_started_plainly(host: PreviewHost, tmp_path: Path) -> None:
    """Variables that imports look at are only right in a process that has them from its start."""
    program = _program(tmp_path, PROCESS)
    host.preview(program)
    environ = {**os.environ, "PYTHONPATH": str(tmp_path / "more")}
    exports = host.preview(program, environ=environ).require_ok().exports
    assert exports["parent"] == os.getpid()
    assert str(tmp_path / "more") in exports["path"]


@posix
def test_a_relative_python_path_begins_in_the_programs_folder(tmp_path: Path) -> None:
    """As it does under the engine, wherever the tests are started."""
    text = "import beside, pulumi\npulumi.export('where', beside.here)\n"
    environ = {**os.environ, "PYTHONPATH": "lib"}
    with PreviewHost() as host:
        for name in ("first", "second"):
            (tmp_path / name / "lib").mkdir(parents=True)
            beside = tmp_path / name / "lib" / "beside.py"
            beside.write_text(f"here = {name!r}\n", encoding="utf-8")
            program = _program(tmp_path / name, text)
            assert host.preview(program, environ=environ).require_ok().exports == {"where": name}


def test_a_failed_run_leaves_the_host_well(host: PreviewHost, programs: Path) -> None:
    """A program may raise, exit or never end; the next run does not notice."""
    assert "ValueError: something is wrong" in (host.preview(programs / "raising").error or "")
    exited = host.preview(programs / "exiting")
    assert (exited.error, exited.output) == (
        "an unhandled error occurred: program exited with non-zero exit code: 3",
        "to stdout\nto stderr\n",
    )
    assert "did not end within" in (host.preview(programs / "endless", timeout=0.5).error or "")
    assert host.preview(programs / "whoami", caller="person").error is None


def test_a_caller_may_be_a_file_or_a_scenario(host: PreviewHost, tmp_path: Path) -> None:
    """Neither has to be among the host's own."""
    file = tmp_path / "ghost.yaml"
    file.write_text("extends: owner\ncsp: {info: {user: {firstName: Boo}}}\n", encoding="utf-8")
    program = _program(tmp_path, WHO)
    by_text = preview(program, caller=str(file)).require_ok()
    assert by_text.exports["name"] == "Boo Hopper"
    scenario = library.read([file])["ghost"]
    assert host.preview(program, caller=scenario).exports == by_text.exports
    assert preview(program, caller="ghost", scenarios=[file]).exports == by_text.exports


def test_an_unknown_caller_is_refused(host: PreviewHost, tmp_path: Path) -> None:
    """The error names those that there are, and the nearest."""
    with pytest.raises(ConfigurationError, match=r"no caller ownr\. Did you mean owner\?.*member"):
        host.preview(_program(tmp_path, WHO), caller="ownr")


def test_a_python_file_is_a_program(host: PreviewHost, tmp_path: Path) -> None:
    """Alone it is a project of its own name; beside a Pulumi.yaml it is of that project."""
    file = tmp_path / "alone.py"
    file.write_text("import pulumi\npulumi.export('p', pulumi.get_project())\n", encoding="utf-8")
    assert host.preview(file).require_ok().exports == {"p": "alone"}
    (tmp_path / "Pulumi.yaml").write_text("name: whole\nruntime: python\n", encoding="utf-8")
    assert host.preview(file).require_ok().exports == {"p": "whole"}


def test_a_missing_program_is_an_error(host: PreviewHost, tmp_path: Path) -> None:
    """A name that leads nowhere is said to."""
    with pytest.raises(ConfigurationError, match=r"There is no program .*gone\.py\. Name a folder"):
        host.preview(tmp_path / "gone.py")


def test_a_missing_import_is_the_programs_error(host: PreviewHost, tmp_path: Path) -> None:
    """The traceback begins with the program's own line."""
    error = host.preview(_program(tmp_path, "import absent\n")).error or ""
    assert error.splitlines()[2].endswith('__main__.py", line 1, in <module>')
    assert error.splitlines()[-1] == "ModuleNotFoundError: No module named 'absent'"


def test_a_late_program_tells_where_it_was(host: PreviewHost, tmp_path: Path) -> None:
    """The stack is the program's own, down to the line that takes so long."""
    text = "import time\ndef nap():\n    time.sleep(60)\nnap()\n"
    error = host.preview(_program(tmp_path, text), timeout=1.5).error or ""
    assert "did not end within 1.5 s and was stopped. No call to the engine was open" in error
    if os.name == "posix":
        *_, here, outer, _, inner, line = error.splitlines()
        assert here == "The program was here:"
        assert outer.endswith('__main__.py", line 4, in <module>')
        assert inner.endswith('__main__.py", line 3, in nap')
        assert line == "    time.sleep(60)"


@posix
def test_a_late_program_tells_no_line_that_is_not_its_own(
    host: PreviewHost, tmp_path: Path
) -> None:
    """Neither of the SDK that waits for an answer, nor of Python below it."""
    known = library.built_in()["owner"].model_dump(by_alias=True, exclude_unset=True)
    faults = [{"endpoint": "*", "latencySeconds": 5}]
    slow = Scenario.model_validate({**known, "csp": {**known["csp"], "faults": faults}})
    error = host.preview(_program(tmp_path, WHO), caller=slow, timeout=2).error or ""
    head, _, place = error.partition("The program was here:\n")
    assert "It was waiting for: invoke of callerid:index:getCurrentUser." in head
    assert place.count('File "') == 1
    assert place.splitlines()[0].endswith('__main__.py", line 4, in <module>')


def test_results_help_tests(host: PreviewHost, programs: Path) -> None:
    """A failure is told with what was printed; a resource is found by its name."""
    with pytest.raises(PreviewFailedError, match=r"exit code: 3\n.*printed:\nto stdout\n"):
        host.preview(programs / "exiting").require_ok()
    result = host.preview(programs / "pending", caller="person").require_ok()
    assert result.resource("child", "tests:index:Thing").inputs == {"size": 1}
    with pytest.raises(LookupError, match=r"no resource nobody\. It declared: .*empty \(tests:"):
        result.resource("nobody")


AWAITING = """\
import asyncio, pulumi
async def never():
    await asyncio.Event().wait()
pulumi.export("x", pulumi.Output.from_input(never()))
"""
THREADED = """\
import threading, time
def work():
    time.sleep(60)
threading.Thread(target=work).start()
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signal to ask with")
@pytest.mark.parametrize(
    ("text", "line"),
    [(AWAITING, "line 3, in never"), (THREADED, "line 3, in work")],
    ids=["task", "thread"],
)
def test_a_late_program_says_what_it_awaits(
    host: PreviewHost, tmp_path: Path, text: str, line: str
) -> None:
    """Though its main thread is in none of its lines any more."""
    error = host.preview(_program(tmp_path, text), timeout=2).error or ""
    assert "did not end within 2 s" in error
    assert line in error
