"""Previews in tests: one by itself, and one more caller of a host that is warm."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import start
from callerid.testing import PreviewHost
from table import Row

if TYPE_CHECKING:
    from collections.abc import Mapping

ALONE, FURTHER = 7, 21
CALLERS = ("owner", "member", "service-user")
PROGRAM = """import pulumi
import pulumi_callerid as callerid
me = callerid.get_current_user()
mine = callerid.get_user_org_roles()
if me.principal_type == "serviceUser":
    size = 16
else:
    size = 4 if "org_owner" in mine.role_names else 1
pulumi.ComponentResource("acme:index:Database", "orders", {"size": size})
pulumi.export("summary", f"{me.display_name} gets {size} GB")
"""
ONE_PREVIEW = """
from callerid.testing import preview
preview("program.py", caller="owner").require_ok()
"""


def rows() -> list[Row]:
    """Time whole processes that preview once, then the further callers of one host."""
    with TemporaryDirectory() as folder, start.compiling() as compiling:
        (Path(folder) / "program.py").write_text(PROGRAM, encoding="utf-8")
        environ = {**os.environ, **compiling}
        alone = _process(ONE_PREVIEW, folder, environ)
        imported = _process("import pulumi", folder, environ)
        further = _further(Path(folder) / "program.py", environ)
    return [
        Row(
            f"a process that calls preview() once, from start to end ({ALONE} times)",
            f"{alone:.2f} s",
            "",
            "2 s",
        ),
        Row("of that, twice: a Python that imports the pulumi SDK", f"{imported:.2f} s", "", ""),
        Row(
            f"one more caller of a warm host, provider process included ({FURTHER} times)",
            f"{further * 1000:.0f} ms",
            "",
            "300 ms",
        ),
    ]


def _process(code: str, folder: str, environ: Mapping[str, str]) -> float:
    """Give the median of the seconds that a Python takes for some code, after a first time."""
    taken = []
    for _ in range(1 + ALONE):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], cwd=folder, env=environ, check=True)  # noqa: S603 - this Python
        taken.append(time.perf_counter() - started)
    return median(taken[1:])


def _further(program: Path, environ: Mapping[str, str]) -> float:
    """Give the median of the seconds that a further caller takes."""
    taken = []
    with PreviewHost() as host:
        host.preview(program, caller=CALLERS[0], environ=environ).require_ok()
        for number in range(FURTHER):
            caller = CALLERS[number % len(CALLERS)]
            started = time.perf_counter()
            host.preview(program, caller=caller, environ=environ).require_ok()
            taken.append(time.perf_counter() - started)
    return median(taken)
