"""Pictures of commands: what they print on a terminal of 80 columns, against the sandbox, as SVG.

Needs a POSIX system: the commands run on a pseudo-terminal.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.text import Text
from support import commands, terminal

from callerid.cli.doctor_settings import CERTIFICATE_VARIABLES

CALLERID = str(Path(sys.executable).with_name("callerid"))
COLUMNS = 80
_WRONG_TOKEN = ("/usr/bin/env", "CSP_API_TOKEN=one-that-is-revoked")


class Picture(NamedTuple):
    """One picture: its file's name, the sandbox's caller, and the command that is run."""

    name: str
    caller: str
    command: tuple[str, ...]
    before: tuple[str, ...] = ()
    """What goes before the command and is not shown."""


PICTURES = (
    Picture("whoami", "person", ("whoami",)),
    Picture("roles", "owner", ("roles",)),
    Picture("doctor", "service-user", ("doctor",)),
    Picture("doctor-problem", "owner", ("doctor",), _WRONG_TOKEN),
    Picture(
        "refusal", "member", ("require", "--any-role", "org_owner", "--any-role", "Administrator")
    ),
)
_MASKS = (
    (re.compile(r"\x1b\[\?25l.*?\x1b\[\?25h\r\x1b\[1A\x1b\[2K", re.DOTALL), ""),
    (re.compile(r"\r\n"), "\n"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:49152"),
    (re.compile(r"(version|callerid) \d\S+\d(?=[ .])", re.IGNORECASE), r"\1 0.1.0"),
    (
        re.compile(r"Python \d\S*:(\s+)\S.*?(?=\n\n)", re.DOTALL),
        r"Python 3.14.0:\1/home/ada/infra/.venv/bin/python",
    ),
)
"""What differs from one run, or one machine, to the next: progress, ports, versions, paths."""
_FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
    <style>
    .{unique_id}-matrix {{
        font-family: "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
        font-size: {char_height}px;
        line-height: {line_height}px;
    }}
    .{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
    {styles}
    </style>
    <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
    </clipPath>
    {lines}
    </defs>
    {chrome}
    <g clip-path="url(#{unique_id}-clip-terminal)"
        transform="translate({terminal_x}, {terminal_y})">
    {backgrounds}
    <g class="{unique_id}-matrix" xml:space="preserve">
    {matrix}
    </g>
    </g>
</svg>
"""
"""rich's frame, without the fonts that it would fetch from the network."""


def write(folder: Path) -> None:
    """Write every picture into a folder."""
    folder.mkdir(exist_ok=True)
    for picture in PICTURES:
        file = folder / f"{picture.name}.svg"
        file.write_text(draw(picture), encoding="utf-8", newline="\n")


def draw(picture: Picture) -> str:
    """Run a picture's command, and give what the terminal shows as SVG."""
    console = Console(
        record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="standard"
    )
    shown = " ".join(("callerid", *picture.command))
    console.print(Text.assemble(("$ ", "bold green"), (shown, "bold")))
    console.print(Text.from_ansi(printed(picture)))
    svg = console.export_svg(title=shown, code_format=_FORMAT, unique_id=f"pic-{picture.name}")
    return "\n".join(line.rstrip() for line in svg.splitlines() if line.strip()) + "\n"


def printed(picture: Picture) -> str:
    """Give what a picture's command prints, colours included, the same on every machine."""
    argv = (CALLERID, "sandbox", "--as", picture.caller, "--")
    with tempfile.TemporaryDirectory() as home:
        environ = commands.environment(PULUMI_HOME=home, PATH=home)
        for name in CERTIFICATE_VARIABLES:
            environ.pop(name, None)
        seen = terminal.run([*argv, *picture.before, CALLERID, *picture.command], environ, COLUMNS)
    return masked(seen.raw)


def masked(text: str) -> str:
    """Replace what differs from one machine to the next."""
    for pattern, shown in _MASKS:
        text = pattern.sub(shown, text)
    return text
