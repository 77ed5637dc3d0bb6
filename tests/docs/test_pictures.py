"""The pictures show what the commands print now."""

from __future__ import annotations

import html
import re
import sys

import pytest
from support.pages import DOCS

if sys.platform == "win32":
    pytest.skip("a pseudo-terminal is POSIX only", allow_module_level=True)

import pictures

FOLDER = DOCS / "pictures"


def _shown(svg: str) -> list[str]:
    """Give the lines of a picture, each with the pieces that stand at its height."""
    lines: dict[float, dict[float, str]] = {}
    for x, y, text in re.findall(
        r'<text [^>]*-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', svg, re.DOTALL
    ):
        lines.setdefault(float(y), {})[float(x)] = html.unescape(text)
    pieces = (
        "".join(text for _, text in sorted(line.items())) for _, line in sorted(lines.items())
    )
    return [" ".join(each.split()) for each in pieces if each.strip()]


@pytest.mark.parametrize("picture", pictures.PICTURES, ids=lambda each: each.name)
def test_a_picture_is_fresh(picture: pictures.Picture) -> None:
    """Its text is what `make docs` would draw; rich may draw the frame differently."""
    kept = (FOLDER / f"{picture.name}.svg").read_text(encoding="utf-8")
    assert _shown(kept) == _shown(pictures.draw(picture))
    assert len(_shown(kept)) > 3


def test_every_picture_is_shown_and_described() -> None:
    """The page shows each one, with a sentence for those who cannot see it."""
    page = (DOCS / "guard.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"!\[([^\]]{20,})\]\(pictures/([\w-]+)\.svg\)", page))
    assert sorted(shown.values()) == sorted(each.name for each in pictures.PICTURES)
    assert {file.stem for file in FOLDER.iterdir()} == {each.name for each in pictures.PICTURES}


def test_pictures_fetch_nothing() -> None:
    """No font and no script comes from elsewhere, and no path of a machine is in them."""
    for file in FOLDER.iterdir():
        text = file.read_text(encoding="utf-8")
        assert "url(http" not in text
        assert "<script" not in text
        assert str(DOCS.parent) not in text
