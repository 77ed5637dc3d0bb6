"""The disk is full, or nothing may be written to it and to the home of who runs callerid."""

from __future__ import annotations

import os
import resource
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from support import terraform_host

import ends
from sentence import wrong_with
from served import FRONTS
from trial import Tried
from work import COMMANDS, KEPT, RECORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ends import Command, Done
    from served import Front

_QUESTIONS = 3
_FULL, _UNWRITABLE = "that is full", "that cannot be written to"


def tried(environ: Mapping[str, str]) -> Iterator[Tried]:
    """Take each away, from commands and from front ends."""
    for how, spoil in ((_FULL, _fill), (_UNWRITABLE, _protect)):
        with _disk(environ, spoil) as folder:
            yield _commands(f"commands with a home and disk {how}", folder, environ)
            yield _fronts(
                f"questions to both front ends, with a home and disk {how}", folder, environ
            )
    yield _of_plain_user(environ)


def _commands(what: str, folder: Path | None, environ: Mapping[str, str]) -> Tried:
    if not folder:
        return _untried(what)
    tries = [(each, _NO_LIMITS) for each in COMMANDS]
    tries.append((RECORD, {resource.RLIMIT_FSIZE: len(_kept(folder)) // 2}))
    lost = [text for each, limits in tries for text in _command(each, folder, environ, limits)]
    return Tried(what, len(tries), tuple(lost), "an earlier recording is there, and looked at")


_NO_LIMITS: Mapping[int, int] = {}
"""A disk has room again for who empties a file; with a limit of files it stays as full."""


def _command(
    command: Command, folder: Path, environ: Mapping[str, str], limits: Mapping[int, int]
) -> Iterator[str]:
    before = _kept(folder)
    done = ends.run(command, folder, environ, limits)
    yield from ends.wrong_unwritten(command, done, folder)
    yield from harmed(command, done, before, _kept(folder))


def _kept(folder: Path) -> bytes:
    try:
        return (folder / KEPT).read_bytes()
    except OSError:
        return b""


def harmed(command: Command, done: Done, before: bytes, after: bytes) -> Iterator[str]:
    """Tell of an earlier recording that is not as it was, though no new one was made."""
    if not before:
        yield f"{command.name}: nothing was tried: there was no recording"
    elif after != before and (done.code or command != RECORD):
        yield f"{command.name}: exit code {done.code}, and {KEPT} is not as it was"


def _fronts(what: str, folder: Path | None, environ: Mapping[str, str]) -> Tried:
    if not folder:
        return _untried(what)
    can_write = not os.statvfs(folder).f_flag & os.ST_RDONLY
    fronts = FRONTS if can_write else FRONTS[:1]
    lost = [text for front in fronts for text in front_on_disk(front, folder, environ)]
    if can_write:
        return Tried(what, len(fronts) * _QUESTIONS, tuple(lost))
    seen = "Terraform's provider cannot listen there, and says so"
    return Tried(what, _QUESTIONS + 1, (*lost, *refusal(folder)), seen)


def _untried(what: str) -> Tried:
    return Tried(what, 0, (), "not tried: this needs the right to mount")


def _of_plain_user(environ: Mapping[str, str]) -> Tried:
    """Take away the right to write; root would have it all the same, and becomes somebody else."""
    what = "commands of a plain user, in a home that he must not write to"
    with TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o555)
        lost = [
            text
            for each in COMMANDS
            for text in ends.unwritten(each, folder, environ, before=_as_plain())
        ]
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


def front_on_disk(front: Front, folder: Path, environ: Mapping[str, str]) -> Iterator[str]:
    """Ask a front end that lives there: it needs no disk to answer, nor to leave cleanly."""
    when = f"{front.name} on {folder}"
    try:
        with front.start({**environ, **ends.homes(folder)}) as served:
            served.go_to("configured")
            for _ in range(_QUESTIONS):
                yield from served.ask("").lost(when, answer=True)
    except Exception as error:  # noqa: BLE001 - whatever a host would meet with is a loss
        yield f"{when}: {type(error).__name__}: {error}"


def refusal(folder: Path) -> Iterator[str]:
    """Start Terraform's provider where it can make no socket: it says so, and leaves."""
    with terraform_host.start(environ=ends.homes(folder)) as process:
        try:
            said, more = process.communicate(timeout=ends.SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            said = more = ""
    wrong = wrong_with(said + more)
    if process.returncode <= 0 or wrong:
        yield f"Terraform's provider on {folder}: exit code {process.returncode}: {wrong}"


@contextmanager
def _disk(environ: Mapping[str, str], spoil: Callable[[Path], None]) -> Iterator[Path | None]:
    """Give a folder on a disk of 64 KiB, spoilt after a recording; None without rights."""
    with TemporaryDirectory() as place:
        mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place]
        if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:  # noqa: S603 - a plain tool
            yield None
            return
        try:
            ends.run(RECORD, Path(place), environ)
            spoil(Path(place))
            yield Path(place)
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)  # noqa: S603, S607 - as above


def _protect(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)  # noqa: S603, S607 - as above


def _fill(folder: Path) -> None:
    try:
        with (folder / "all").open("wb", buffering=0) as file:
            while file.write(bytes(1024)):
                pass
    except OSError:
        return
