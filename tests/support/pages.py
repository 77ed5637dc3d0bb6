"""The documentation's pages, and the blocks of code in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "SECURITY.md", *sorted(DOCS.rglob("*.md"))]
PYTHON, YAML, SHELL, TEXT = "python", "yaml", "sh", "text"
HCL = ("hcl", "terraform")
"""What configurations are written in: for people, and as Terraform's registries have it."""
LEFT_OUT = "…"
"""A line of a text block that stands for lines of the output, none or many, that are not shown."""
_FENCE = re.compile(
    r"(?:<!-- as (?P<caller>[\w-]+)(?P<refused>: refused)? -->\n\n)?"
    r"^```(?P<language>\w*)\n(?P<code>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


class Block(NamedTuple):
    """A block of code: its language, and of a program who runs it, and whether it is refused.

    A comment before the fence says the last two: `<!-- as member: refused -->`.
    """

    language: str
    code: str
    caller: str = "owner"
    refused: bool = False

    @property
    def is_script(self) -> bool:
        """Whether it is a plain Python script, and no Pulumi program: it imports the library."""
        return bool(re.search(r"^import callerid$", self.code, re.MULTILINE))


def blocks(page: Path) -> list[Block]:
    """Give a page's blocks in order."""
    return [
        Block(found["language"], found["code"], found["caller"] or "owner", bool(found["refused"]))
        for found in _FENCE.finditer(page.read_text(encoding="utf-8"))
    ]


def name(page: Path) -> str:
    """Give a page's path from the root of the repository."""
    return page.relative_to(ROOT).as_posix()


def shows(text: str, printed: str) -> bool:
    """Tell whether a text block is what was printed: all of it, but where a line is `…`."""
    lines = text.strip("\n").splitlines()
    parts = (r"(?:.*\n)*" if each == LEFT_OUT else re.escape(each) + r" *\n" for each in lines)
    return re.fullmatch("".join(parts), printed.strip("\n") + "\n") is not None
