"""Which secrets stand in plain text in the files of a project.

The engine strips secrets of their marks before CheckConfig, so the plugin cannot tell from what it
is sent whether somebody forgot `--secret`. The files can: a value that is encrypted is not in them.
Where there is no project to be seen, what comes in plain text is taken for plain text.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from callerid.shown import shown_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MOST_BYTES = 1024 * 1024
"""No file of settings is larger."""
SHORTEST_SECRET = 8
"""A shorter text is a secret only where it stands beside the setting's own name."""
_ENDINGS = ("yaml", "yml", "json")
_STACK_FOLDER = re.compile(r"""^["']?stackConfigDir["']?\s*:\s*["']?([^"'\n#]+)""", re.MULTILINE)
_LINE = r"""^[ \t]*["']?([\w.:/-]+)["']?\s*:\s+(?:value\s*:\s+)?["']?VALUE["']?,?\s*(?:#.*)?$"""
"""A key and its value, in YAML or JSON."""
_NO_NAMES = frozenset({"value", "default"})
"""Keys beneath the name of a setting, in a project's own file."""


class Place(NamedTuple):
    """Where a secret stands: the provider's setting, the file, and what the file calls it."""

    setting: str
    file: Path
    key: str
    of_project: bool
    """Whether it is the project's file, which has a setting for all stacks."""


def warning(secrets: Mapping[str, str], urn: str) -> str | None:
    """Return the sentence about secrets that stand, or came, in plain text; None if none does.

    Args:
        secrets: setting to value.
        urn: of the provider; it names the stack.

    The project is that of the folder in which the engine started the plugin.
    """
    secrets = {name: value for name, value in secrets.items() if value.strip()}
    if not secrets:
        return None
    project = _project(Path())
    if project is None:
        return _unseen(secrets)
    found = list(_places(secrets, urn, project))
    if not found:
        return None
    names = " and ".join(dict.fromkeys(each.setting for each in found))
    files = " and ".join(dict.fromkeys(each.file.name for each in found))
    ways = "\n".join(dict.fromkeys(map(_way, found)))
    return (
        f"the secret of {names} is in plain text in {files}.\n"
        f"The stack's state has it encrypted; have the file encrypt it too:\n{ways}"
    )


def _unseen(names: Iterable[str]) -> str:
    """Warn of secrets of a project that this process does not see: the engine started elsewhere."""
    ways = "\n".join(f"  pulumi config set --secret callerid:{name}" for name in names)
    return (
        f"the secret of {' and '.join(names)} came in plain text.\n"
        f"The stack's state has it encrypted; if the stack's file has not:\n{ways}"
    )


def _way(place: Place) -> str:
    command = f"  pulumi config set --secret {shown_name(place.key)}"
    return f"{command}, and take it out of {place.file.name}" if place.of_project else command


def _places(secrets: Mapping[str, str], urn: str, project: Path) -> Iterator[Place]:
    text = _read(project)
    stacks = [(file, _read(file)) for file in _stack_files(project, text, urn)]
    for name, value in secrets.items():
        for file, its in stacks:
            if key := _key(its, name, value):
                yield Place(name, file, key, of_project=False)
        if key := _key(text, name, value):
            yield Place(name, project, key, of_project=True)


def _project(folder: Path) -> Path | None:
    """Find the project's file as the engine does: in the folder, or in one above it."""
    try:
        folders = [folder.resolve(), *folder.resolve().parents]
        files = (each / f"Pulumi.{end}" for each in folders for end in _ENDINGS)
        return next((file for file in files if file.is_file()), None)
    except OSError:  # the folder is gone, or closed to us
        return None


def _stack_files(project: Path, text: str, urn: str) -> Sequence[Path]:
    """Name the files that may have the settings of the stack that a URN is of."""
    stack = urn.removeprefix("urn:pulumi:").partition("::")[0]
    if not stack or "/" in stack or "\\" in stack:
        return []
    elsewhere = _STACK_FOLDER.search(text)
    folder = project.parent / (elsewhere[1].strip() if elsewhere else "")
    files = (folder / f"Pulumi.{stack}.{end}" for end in _ENDINGS)
    try:
        return [file for file in files if file.is_file()]
    except OSError:  # a name that no file can have
        return []


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES).decode(errors="replace")
    except OSError:
        return ""


def _key(text: str, name: str, value: str) -> str | None:
    """Find under which key a text of YAML or JSON has a value.

    Where it stands in a way that hides its key, as in a block or on one line with others, it is
    taken for the setting's own.
    """
    if value not in text:  # most are encrypted there, and a pattern of a long one takes long
        return None
    own = f"callerid:{name}"
    line = re.compile(_LINE.replace("VALUE", re.escape(value)), re.MULTILINE)
    keys = [own if key in _NO_NAMES else key for key in line.findall(text)]
    fitting = [key for key in keys if key == own or len(value) >= SHORTEST_SECRET]
    found = next(iter(sorted(fitting, key=lambda key: key != own)), None)
    hidden = rf"(?<![\w-]){re.escape(value)}(?![\w-])"
    return found or (own if len(value) >= SHORTEST_SECRET and re.search(hidden, text) else None)
