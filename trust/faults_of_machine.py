"""The machine gives too little: disk, home, descriptors, memory; and its clock jumps."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from support.commands import CALLERID, environment

import faults_of_memory
from callerid.asking.clock import Clock
from callerid.config import load
from callerid.core import Core
from callerid.errors import CalleridError
from callerid.sandbox.server import Sandbox
from outcome import ENVIRON
from sentence import wrong_with
from steps import LATENCY, slow_caller
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PROGRAM = str(Path(__file__).resolve().parents[1] / "examples" / "python")
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("whoami",),
    ("roles",),
    ("require", "--any-role", "CONFIG_CREATE"),
    ("record", "--output", "kept.yaml"),
    ("install", "pulumi"),
    ("preview", _PROGRAM),
)
"""What people run, in a folder that is the one that fails, as are home and temporary folder."""
SECONDS = 30.0
DESCRIPTORS = (64, 32, 24, 20, 16, 14, 12, 10, 9, 8)
_HOUR = 3600.0
JUMPS = (-10_000 * _HOUR, -_HOUR, -5.0, 5.0, _HOUR, 10_000 * _HOUR)


class Done(NamedTuple):
    """A command that ended."""

    code: int
    stdout: str
    stderr: str


def tried(scale: Scale) -> Iterator[Tried]:
    """Take each away."""
    with Sandbox.start() as sandbox:
        environ = sandbox.environment("service-user")
        yield _clock(environ, scale.of(short=100, whole=2_000))
        yield _clock_in_flight(scale.of(short=2, whole=60))
        yield _descriptors(environ, DESCRIPTORS[: scale.of(short=3, whole=len(DESCRIPTORS))])
        yield from faults_of_memory.tried(scale, environ)
        if scale is Scale.WHOLE:
            yield _commands("disk that is full", "size=64k", environ)
            yield _commands("home and disk that cannot be written to", "ro", environ)
            yield _of_plain_user(environ)


def _commands(what: str, option: str, environ: Mapping[str, str]) -> Tried:
    what = f"commands with a {what}"
    with _disk(option) as folder:
        if not folder:
            return Tried(what, 0, (), "not tried: this needs the right to mount")
        lost = [text for each in COMMANDS for text in _on_disk(each, folder, environ)]
    return Tried(what, len(COMMANDS), tuple(lost))


def _of_plain_user(environ: Mapping[str, str]) -> Tried:
    """Take away the right to write; root would have it all the same, and becomes somebody else."""
    what = "commands of a plain user, in a home that he must not write to"
    with TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o555)
        lost = [text for each in COMMANDS for text in _on_disk(each, folder, environ, _as_plain())]
        made = [each.name for each in folder.iterdir()]
        folder.chmod(0o755)
    return Tried(what, len(COMMANDS), (*lost, *(f"{name} was made" for name in made)))


def _as_plain() -> tuple[str, ...]:
    """Run what follows as nobody, who may read where this Python is."""
    read = "dac_read_search"
    who = ("--reuid=65534", "--regid=65534", "--clear-groups")
    return (
        () if os.geteuid() else ("setpriv", *who, f"--inh-caps=+{read}", f"--ambient-caps=+{read}")
    )


def _on_disk(
    command: tuple[str, ...],
    folder: Path,
    environ: Mapping[str, str],
    before: tuple[str, ...] = (),
) -> Iterator[str]:
    homes = dict.fromkeys(("HOME", "PULUMI_HOME", "TMPDIR", "XDG_CACHE_HOME"), str(folder))
    yield from _wrong(command, _run(command, folder, {**environ, **homes}, before=before))


def _wrong(command: tuple[str, ...], done: Done) -> Iterator[str]:
    """Tell what is wrong: a command ends well, or tells why not."""
    said = done.stderr.partition("rror: ")[2] or done.stderr
    if done.code and (wrong := wrong_with(f"{' '.join(said.split())}.")):
        yield f"{' '.join(command[:2])}: exit code {done.code}: {wrong}"
    if not done.code and "Traceback" in done.stderr:
        yield f"{' '.join(command[:2])}: {done.stderr}"


def _run(
    command: tuple[str, ...],
    folder: Path,
    environ: Mapping[str, str],
    descriptors: int = 0,
    before: tuple[str, ...] = (),
) -> Done:
    def limit() -> None:
        if descriptors:
            resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

    try:
        done = subprocess.run(  # noqa: S603 - our own commands
            [*before, *CALLERID, *command],
            check=False,
            capture_output=True,
            cwd=folder,
            env=environment(**environ, **ENVIRON),
            preexec_fn=limit,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return Done(-1, "", f"it did not end within {SECONDS:g} s")
    return Done(done.returncode, done.stdout, done.stderr)


@contextmanager
def _disk(option: str) -> Iterator[Path | None]:
    """Give a folder on a disk of its own, which is full: 64 KiB, all taken; None without rights."""
    with TemporaryDirectory() as place:
        mount = ["mount", "-t", "tmpfs", "-o", option, "tmpfs", place]
        if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:  # noqa: S603 - a plain tool
            yield None
            return
        try:
            _fill(Path(place))
            yield Path(place)
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)  # noqa: S603, S607 - as above


def _fill(folder: Path) -> None:
    try:
        with (folder / "all").open("wb", buffering=0) as file:
            while file.write(bytes(1024)):
                pass
    except OSError:
        return


def _descriptors(environ: Mapping[str, str], limits: tuple[int, ...]) -> Tried:
    """Run a command with fewer and fewer."""
    command = ("whoami", "--json")
    lost: list[str] = []
    with TemporaryDirectory() as folder:
        for limit in limits:
            done = _run(command, Path(folder), environ, limit)
            wrong = _wrong(command, done) if done.code else _no_answer(done)
            lost += [f"{limit} descriptors: {text}" for text in wrong]
    return Tried(f"numbers of descriptors, down to {limits[-1]}", len(limits), tuple(lost))


def _no_answer(done: Done) -> Iterator[str]:
    if json.loads(done.stdout)["displayName"] != "deploy-pipeline":
        yield f"a wrong answer: {done.stdout}"


class _Jumping:
    """A core whose wall clock jumps; the other clock goes on as it does."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._chance = Random(17)  # noqa: S311 - the same jumps each time
        self._ahead = 0.0
        self.core = Core(load({}, environ), Clock(time=lambda: time.time() + self._ahead))

    def jump(self) -> None:
        self._ahead += self._chance.choice(JUMPS)

    def ask(self) -> list[str]:
        """Ask, and tell what is wrong with what comes."""
        try:
            answer = self.core.ask("getUserOrgRoles", {})
        except CalleridError as error:
            return [f"{self._ahead:+.0f} s: {error}"]
        return [] if answer["roleNames"] else [f"{self._ahead:+.0f} s: no roles"]


def _clock(environ: Mapping[str, str], times: int) -> Tried:
    """Let it jump before each question."""
    lost, jumping = list[str](), _Jumping(environ)
    for _ in range(times):
        jumping.jump()
        lost += jumping.ask()
    jumping.core.close()
    return Tried("jumps of the clock, forth and back by up to a year", times, tuple(lost))


def _clock_in_flight(times: int) -> Tried:
    """Let it jump before a question, and again while the API thinks about it."""
    lost = list[str]()
    with Sandbox.start({"slow": slow_caller()}) as sandbox, ThreadPoolExecutor(1) as pool:
        jumping = _Jumping(sandbox.environment("slow"))
        for _ in range(times):
            jumping.jump()
            asking = pool.submit(jumping.ask)
            for _ in range(2):
                time.sleep(LATENCY * 0.7)
                jumping.jump()
            lost += asking.result()
        jumping.core.close()
    return Tried("jumps of the clock while a question is asked", times, tuple(lost))
