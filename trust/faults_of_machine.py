"""The machine gives too little: disk, home, descriptors, memory; and its clock jumps."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import ends
import faults_of_clock
import faults_of_disk
import faults_of_memory
from callerid.sandbox.server import Sandbox
from ends import Command, Done
from outcome import NAME
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DESCRIPTORS = (64, 32, 24, 20, 16, 14, 12, 10, 9, 8)


def tried(scale: Scale) -> Iterator[Tried]:
    """Take each away."""
    with Sandbox.start() as sandbox:
        environ = sandbox.environment("service-user")
        yield from faults_of_clock.tried(scale, environ)
        yield _descriptors(environ, DESCRIPTORS[: scale.of(short=3, whole=len(DESCRIPTORS))])
        yield from faults_of_memory.tried(scale, environ)
        if scale is Scale.WHOLE:
            yield from faults_of_disk.tried(environ)


def _descriptors(environ: Mapping[str, str], limits: tuple[int, ...]) -> Tried:
    """Run a command with fewer and fewer."""
    command = Command(("whoami", "--json"), answered)
    lost: list[str] = []
    with TemporaryDirectory() as place:
        for limit in limits:
            done = ends.run(command, Path(place), environ, limit)
            wrong = ends.wrong(command, done, Path(place))
            lost += [f"{limit} descriptors: {text}" for text in wrong]
    return Tried(
        "numbers of descriptors, fewer and fewer", len(limits), tuple(lost), f"down to {limits[-1]}"
    )


def answered(done: Done, _: Path) -> str:
    """Tell what is wrong with an answer that is printed as JSON."""
    try:
        name = json.loads(done.stdout)["displayName"]
    except (ValueError, KeyError):
        name = ""
    return "" if name == NAME else f"a wrong answer: {done.stdout!r}"
