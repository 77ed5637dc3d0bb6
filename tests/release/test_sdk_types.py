"""SDK and library as an editor reads them: pyright's rules, at their strictest."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYRIGHT = shutil.which("basedpyright", path=str(Path(sys.executable).parent))


@pytest.mark.skipif(PYRIGHT is None, reason="basedpyright is not installed beside this Python")
def test_pyright_has_nothing_to_say(tmp_path: Path) -> None:
    """Neither of what is public in SDK and library nor of programs that use all of it.

    What those programs do wrong, as mypy finds, is wrong here too: a comment that hides nothing is
    an error.
    """
    settings = {
        "include": [
            str(ROOT / "sdk" / "python" / "pulumi_callerid"),
            str(ROOT / "tests" / "sdk" / "typed_program.py"),
            str(ROOT / "provider" / "callerid" / "__init__.py"),
            str(ROOT / "tests" / "typed_library.py"),
        ],
        "extraPaths": [str(ROOT / "sdk" / "python"), str(ROOT / "provider")],
        "pythonVersion": "3.10",
        "typeCheckingMode": "strict",
        "reportUnnecessaryTypeIgnoreComment": True,
    }
    config = tmp_path / "pyrightconfig.json"
    config.write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - the type checker that is installed here
        [str(PYRIGHT), "--project", str(config), "--pythonpath", sys.executable],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
