"""Lay out every page of the documentation in one folder, for the builder of the site.

    python docs/stage.py FOLDER

The folder has the repository's own shape, so that a link between two files is the same on the
site as it is in the repository.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILES = (
    "*.md",
    "LICENSE",
    "bench/*.md",
    "docs/[!_]*.md",
    "docs/terraform/**/*.md",
    "docs/pictures/*.svg",
    "docs/site.css",
    "examples/**/README.md",
    "provider/callerid/errors.py",
)
"""What is on the site; docs/_index.md is the Pulumi Registry's front page, and not ours."""
_MATTER = re.compile(r"\A---\n.*?^---\n", re.DOTALL | re.MULTILINE)


def main() -> None:
    """Lay out the folder anew."""
    folder = Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    for file in files():
        target = folder / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".md":
            page = _MATTER.sub("", file.read_text(encoding="utf-8"))
            target.write_text(page, encoding="utf-8")
        else:
            shutil.copyfile(file, target)


def files() -> list[Path]:
    """Find every file of the site."""
    return sorted(
        path
        for pattern in FILES
        for path in ROOT.glob(pattern)
        if not {"node_modules", "venv", ".venv", "sdks"} & set(path.parts)
    )


if __name__ == "__main__":
    main()
