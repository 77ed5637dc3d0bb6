"""The disk is full, or nothing may be written to it and to the home of who runs callerid."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from support import terraform_host
from support.commands import CALLERID

import ends
from callerid.errors import CalleridError
from callerid.launch import PLUGIN_NAME
from callerid.sandbox import library
from ends import Command, says
from outcome import NAME
from sentence import wrong_with
from served import FRONTS
from trial import Tried

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ends import Done
    from served import Front

_PROGRAM = str(Path(__file__).resolve().parents[1] / "examples" / "python")
_KEPT, _ROLE = "kept.yaml", "Config Editor"
_QUESTIONS = 3


def _recorded(_: Done, folder: Path) -> str:
    """Read the recording back."""
    try:
        return "" if library.read([folder / _KEPT]) else f"{_KEPT} holds nobody"
    except (CalleridError, OSError) as error:
        return f"{_KEPT} cannot be read: {error}"


def _installed(_: Done, folder: Path) -> str:
    """Look for a launcher that can be run."""
    launchers = list(folder.glob(f"plugins/*/{PLUGIN_NAME}"))
    good = [each for each in launchers if each.stat().st_size and os.access(each, os.X_OK)]
    return "" if good else "there is no launcher"


COMMANDS = (
    Command(("whoami",), says(NAME)),
    Command(("roles",), says(_ROLE)),
    Command(("require", "--any-role", _ROLE), says(f"{NAME} may run this")),
    Command(("record", "--output", _KEPT), _recorded),
    Command(("install", "pulumi"), _installed),
    Command(("preview", _PROGRAM), says(NAME)),
    Command(("doctor",), says(NAME)),
    Command(("sandbox", "--as", "service-user", "--", *CALLERID, "whoami"), says(NAME)),
)
"""What people run, in a folder that is the one that fails, as are home and temporary folder."""
_DISKS = {"that is full": "size=64k", "that cannot be written to": "ro"}


def tried(environ: Mapping[str, str]) -> Iterator[Tried]:
    """Take each away, from commands and from front ends."""
    for how, option in _DISKS.items():
        with _disk(option) as folder:
            yield _commands(f"commands with a home and disk {how}", folder, environ)
            yield _fronts(
                f"questions to both front ends, with a home and disk {how}", folder, environ
            )
    yield _of_plain_user(environ)


def _commands(what: str, folder: Path | None, environ: Mapping[str, str]) -> Tried:
    if not folder:
        return _untried(what)
    lost = [text for each in COMMANDS for text in on_disk(each, folder, environ)]
    return Tried(what, len(COMMANDS), tuple(lost))


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
        lost = [text for each in COMMANDS for text in on_disk(each, folder, environ, _as_plain())]
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


def on_disk(
    command: Command,
    folder: Path,
    environ: Mapping[str, str],
    before: tuple[str, ...] = (),
) -> Iterator[str]:
    """Run a command there, and tell what is wrong with its end."""
    done = ends.run(command, folder, {**environ, **_homes(folder)}, before=before)
    yield from ends.wrong(command, done, folder)


def front_on_disk(front: Front, folder: Path, environ: Mapping[str, str]) -> Iterator[str]:
    """Ask a front end that lives there: it needs no disk to answer, nor to leave cleanly."""
    when = f"{front.name} on {folder}"
    try:
        with front.start({**environ, **_homes(folder)}) as served:
            served.go_to("configured")
            for _ in range(_QUESTIONS):
                yield from served.ask("").lost(when, answer=True)
    except Exception as error:  # noqa: BLE001 - whatever a host would meet with is a loss
        yield f"{when}: {type(error).__name__}: {error}"


def refusal(folder: Path) -> Iterator[str]:
    """Start Terraform's provider where it can make no socket: it says so, and leaves."""
    with terraform_host.start(environ=_homes(folder)) as process:
        try:
            said, more = process.communicate(timeout=ends.SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            said = more = ""
    wrong = wrong_with(said + more)
    if process.returncode <= 0 or wrong:
        yield f"Terraform's provider on {folder}: exit code {process.returncode}: {wrong}"


def _homes(folder: Path) -> dict[str, str]:
    return dict.fromkeys(("HOME", "PULUMI_HOME", "TMPDIR", "XDG_CACHE_HOME"), str(folder))


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
