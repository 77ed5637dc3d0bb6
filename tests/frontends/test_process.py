"""The process of a front end, tried in processes of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from support import commands

_HEAD = "import gc, os, signal, sys, threading, time\nfrom callerid.frontends import process\n"


def _run(program: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", _HEAD + program],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environ,
        timeout=30,
    )


def test_stdout_carries_the_line_alone() -> None:
    """What is printed, by Python or by a library in C, goes to stderr, before the line and after.

    The line is there at once, and not when the process ends.
    """
    done = _run(
        "stdout = process.keep_stdout()\n"
        "print('early', flush=True)\n"
        "process.print_line(stdout, 4711)\n"
        "os.write(1, b'late')\n"
        "os._exit(0)\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "4711\n", "early\nlate")


@pytest.mark.skipif(os.name != "posix", reason="Windows ends a process without its knowing")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_the_process_cleanly(name: str) -> None:
    """With exit code 0 and without a word, whatever its threads do."""
    done = _run(
        "process.leave_on(signal.SIGINT, signal.SIGTERM)\n"
        "threading.Thread(target=time.sleep, args=(60,)).start()\n"
        f"os.kill(os.getpid(), signal.{name})\n"
        "time.sleep(60)\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(os.name != "posix", reason="Windows ends a process without its knowing")
def test_a_signal_that_was_not_named_is_left_alone() -> None:
    """A host that shuts its plugins down by itself has them ignore Ctrl-C."""
    done = _run("process.leave_on(signal.SIGINT)\nos.kill(os.getpid(), signal.SIGTERM)\n")
    assert done.returncode == -signal.SIGTERM


def test_garbage_is_collected_when_all_is_loaded() -> None:
    """Not before: what importing makes stays, and is frozen."""
    done = _run(
        "process.spare_the_start()\n"
        "before = gc.isenabled(), 'pydantic_core' in sys.modules, gc.get_freeze_count()\n"
        "process.warm_up()\n"
        "after = gc.isenabled(), 'pydantic_core' in sys.modules, gc.get_freeze_count() > 10_000\n"
        "print(before, after)\n"
    )
    assert done.stdout == "(False, False, 0) (True, True, True)\n", done.stderr


def test_only_what_is_loaded_first_is_kept_for_good() -> None:
    """Settling again, as each call may, would keep all garbage that is not collected yet."""
    done = _run(
        "process.spare_the_start()\n"
        "process.settle()\n"
        "kept = gc.get_freeze_count()\n"
        "garbage = [[] for _ in range(5000)]\n"
        "process.settle()\n"
        "print(kept > 5000, gc.get_freeze_count() - kept)\n"
    )
    assert (done.stdout, done.stderr) == ("True 0\n", "")


def test_a_warm_up_that_fails_leaves_no_garbage_behind() -> None:
    """The call that comes next says what is wrong; memory is collected as ever."""
    done = _run(
        "sys.modules['callerid.core'] = None\n"
        "process.spare_the_start()\n"
        "process.warm_up()\n"
        "print(gc.isenabled())\n"
    )
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_importing_process_imports_next_to_nothing() -> None:
    """Stdout is not settled before it is imported."""
    script = (
        "import __future__, gc, os, signal, sys, typing\n"
        "before = set(sys.modules)\n"
        "import callerid.frontends.process\n"
        "print(sorted(set(sys.modules) - before))\n"
    )
    done = commands.run_python(script)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "['callerid', 'callerid.frontends', 'callerid.frontends.process']\n"


def test_a_module_that_comes_late_is_there_for_whoever_uses_it() -> None:
    """For many threads at once, each module; who only imports them does not load them."""
    done = _run(
        "process.spare_the_start('asyncio')\n"
        "from callerid.frontends import late\n"
        "import anyio, ast, asyncio, calendar, certifi, email.parser, idna, inspect, mimetypes\n"
        "import ntpath, shutil, tokenize, traceback\n"
        "from google.protobuf import descriptor_pool, struct_pb2\n"
        "from google.protobuf.internal import python_message\n"
        "assert struct_pb2.Struct.FromString(struct_pb2.Struct().SerializeToString()) is not None\n"
        "print({type(sys.modules[name]).__name__ for name in (*late.NAMES, 'asyncio')})\n"
        "found = []\n"
        "uses = [\n"
        "    lambda: anyio.sleep, lambda: asyncio.run, lambda: certifi.where,\n"
        "    lambda: idna.encode, lambda: calendar.timegm, lambda: email.parser.Parser,\n"
        "    lambda: shutil.copy, lambda: inspect.signature,\n"
        "    lambda: traceback.print_exc, lambda: ast.parse, lambda: mimetypes.guess_type,\n"
        "    lambda: ntpath.join, lambda: tokenize.generate_tokens,\n"
        "    lambda: python_message.GeneratedProtocolMessageType,\n"
        "]\n"
        "threads = [\n"
        "    threading.Thread(target=lambda use=use: found.append(use()))\n"
        "    for _ in range(12) for use in uses\n"
        "]\n"
        "[each.start() for each in threads]; [each.join() for each in threads]\n"
        "print(len(found), len(set(found)))\n"
        "print({type(sys.modules[name]).__name__ for name in (*late.NAMES, 'asyncio')})\n"
        "print(asyncio.run(asyncio.sleep(0, result='slept')))\n",
        **commands.UNCOUNTED,
    )
    assert (done.stdout, done.stderr) == ("{'_Late'}\n168 14\n{'module'}\nslept\n", "")


@pytest.mark.parametrize("first", ["asyncio.events", "asyncio.tools_of_nobody", "asyncio"])
def test_a_module_that_comes_late_is_found_by_its_whole_name(first: str) -> None:
    """Whatever of it is imported first, each of its modules is there once, or known not to be."""
    done = _run(
        "import importlib\n"
        "process.spare_the_start('asyncio')\n"
        "try:\n"
        f"    found = importlib.import_module({first!r})\n"
        "except ModuleNotFoundError as error:\n"
        "    print(error.name)\n"
        "else:\n"
        f"    print(found is sys.modules[{first!r}])\n"
        "import asyncio\n"
        "import asyncio.base_events\n"
        "print(asyncio.base_events.events is asyncio.events is sys.modules['asyncio.events'])\n"
        "print(asyncio.events.__spec__.origin == asyncio.events.__file__)\n"
    )
    unknown = first.endswith("nobody")
    assert done.stderr == ""
    assert done.stdout.split() == [first if unknown else "True", "True", "True"]


def test_a_bug_is_logged_whole_by_the_late_traceback() -> None:
    """Logging loads it when the first bug is told."""
    done = _run(
        "process.spare_the_start()\n"
        "import logging\n"
        "print(type(sys.modules['traceback']).__name__)\n"
        "def broken(): raise KeyError('why')\n"
        "try:\n"
        "    broken()\n"
        "except KeyError:\n"
        "    logging.exception('a bug')\n",
        **commands.UNCOUNTED,
    )
    assert done.stdout == "_Late\n"
    first, *_, last = done.stderr.splitlines()
    assert (first, last) == ("ERROR:root:a bug", "KeyError: 'why'")
    assert "in broken" in done.stderr


def test_an_error_in_a_module_that_comes_late_is_whole() -> None:
    """Its traceback leads to the line that raised, through the line that used it."""
    done = _run(
        "process.spare_the_start('asyncio')\n"
        "import idna, traceback\n"
        "try:\n"
        "    idna.encode('a..b')\n"
        "except idna.IDNAError as error:\n"
        "    names = [each.name for each in traceback.extract_tb(error.__traceback__)]\n"
        "    print(names[:2], type(error).__module__)\n"
    )
    assert done.stderr == ""
    assert done.stdout == "['<module>', 'encode'] idna.core\n"
