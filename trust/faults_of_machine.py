"""The machine gives too little: disk, home, descriptors, memory; and its clock jumps."""

from __future__ import annotations

import json
import resource
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from support import memory

import ends
import faults_of_clock
import faults_of_disk
import faults_of_memory
from callerid.sandbox.server import Sandbox
from ends import Command, Done
from outcome import NAME
from trial import Scale, Tried
from work import COMMANDS, in_peace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DESCRIPTORS = (64, 32, 24, 20, 16, 14, 12, 10, 9, 8)
MEMORY = (96, 80, *range(64, 15, -3))
"""In MiB: Python itself takes about 12, and a command 50."""


def tried(scale: Scale) -> Iterator[Tried]:
    """Take each away."""
    with Sandbox.start() as sandbox:
        environ = sandbox.environment("service-user")
        yield from faults_of_clock.tried(scale, environ)
        yield _descriptors(environ, DESCRIPTORS[: scale.of(short=3, whole=len(DESCRIPTORS))])
        if scale is Scale.WHOLE:
            yield _descriptors_of_all(environ)
        yield from faults_of_memory.tried(scale, environ)
        if scale is Scale.WHOLE:
            yield Tried("commands where nothing fails", len(COMMANDS), tuple(in_peace(environ)))
            yield _memory(environ)
            yield from faults_of_disk.tried(environ)


def _descriptors(environ: Mapping[str, str], limits: tuple[int, ...]) -> Tried:
    """Run a command with fewer and fewer."""
    command = Command(("whoami", "--json"), answered, answers=1)
    lost: list[str] = []
    with TemporaryDirectory() as place:
        for limit in limits:
            done = ends.run(command, Path(place), environ, {resource.RLIMIT_NOFILE: limit})
            wrong = ends.wrong(command, done, Path(place))
            if limit == limits[0] and done.code:
                lost.append(f"{limit} descriptors are enough: {done.stderr}")
            lost += [f"{limit} descriptors: {text}" for text in wrong]
    what = "numbers of descriptors, fewer and fewer"
    return Tried(what, len(limits), tuple(lost), f"of whoami, down to {limits[-1]}")


def _descriptors_of_all(environ: Mapping[str, str]) -> Tried:
    """Run all commands with fewer and fewer; a preview says in its report why it failed."""
    lost: list[str] = []
    for limit, command in product(DESCRIPTORS, COMMANDS):
        with TemporaryDirectory() as place:
            limits = {resource.RLIMIT_NOFILE: limit}
            done = ends.run(command, Path(place), environ, limits)
            wrong = list(ends.wrong(command, done, Path(place)))
        if limit == DESCRIPTORS[0] and done.code and not command.reports:
            wrong.append(f"{command.name}: they are enough, and it ended with {done.code}")
        lost += [f"{limit} descriptors: {text}" for text in wrong]
    times = len(DESCRIPTORS) * len(COMMANDS)
    what = "commands with a limit of descriptors, lower and lower"
    return Tried(what, times, tuple(lost), f"down to {DESCRIPTORS[-1]}")


def _memory(environ: Mapping[str, str]) -> Tried:
    """Run all commands with less and less; below a Python there is nobody to say so."""
    lost: list[str] = []
    for mib, command in product(MEMORY, COMMANDS):
        with TemporaryDirectory() as place:
            limits = {resource.RLIMIT_AS: mib * memory.MIB}
            wrong = ends.lost(command, Path(place), environ, limits)
            lost += [f"{mib} MiB: {text}" for text in wrong]
    times = len(MEMORY) * len(COMMANDS)
    what = "commands with a limit of memory, lower and lower"
    return Tried(what, times, tuple(lost), f"down to {MEMORY[-1]} MiB")


def answered(done: Done, _: Path) -> str:
    """Tell what is wrong with an answer that is printed as JSON."""
    try:
        name = json.loads(done.stdout)["displayName"]
    except (ValueError, KeyError):
        name = ""
    return "" if name == NAME else f"a wrong answer: {done.stdout!r}"
