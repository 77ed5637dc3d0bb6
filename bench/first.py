"""The first minute: from `git clone` to the first line of the answer that `make preview` prints."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from table import Row

ROOT = Path(__file__).parents[1]
PYTHON = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
ANSWER = "as person"


def rows() -> list[Row]:
    """Measure with an empty pip cache, then with that cache: what runs alone, and everything."""
    with TemporaryDirectory() as lean, TemporaryDirectory() as whole:
        return [
            Row(
                f"git clone, make preview, first line of its answer: {cache} pip cache",
                f"{_seconds(lean, 'preview'):.0f} s",
                f"{_seconds(whole, 'setup', 'preview'):.0f} s",
                "",
            )
            for cache in ("empty", "warm")
        ]


def _seconds(cache: str, *verbs: str) -> float:
    """Clone and call make, until the first caller's name is printed."""
    with TemporaryDirectory() as folder:
        environ = {**os.environ, "PIP_CACHE_DIR": cache}
        started = time.monotonic()
        subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)  # noqa: S603, S607 - ours
        with subprocess.Popen(  # noqa: S603 - our own Makefile
            ["make", *verbs, f"PYTHON={PYTHON}"],  # noqa: S607 - whichever is on PATH
            cwd=folder,
            env=environ,
            stdout=subprocess.PIPE,
            text=True,
        ) as make:
            lines = iter(make.stdout or ())
            if not any(line.startswith(ANSWER) for line in lines):
                message = f"make {' '.join(verbs)} gave no answer"
                raise AssertionError(message)
            took = time.monotonic() - started
            list(lines)
        return took
