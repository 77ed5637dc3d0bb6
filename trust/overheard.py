"""A process, with all that comes out of it: streams, files, and the arguments of processes."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock
from typing import IO, TYPE_CHECKING, NamedTuple

from searched import RECORDINGS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from searched import Search

SECONDS = 90.0
_PAUSE = 0.05
_LARGEST = 20_000_000
FOLDERS = ("home", "tmp", "cwd")
"""The folders of a run: whatever a process writes is meant to go there."""


class Serving(NamedTuple):
    """A process that serves, and the first line that it printed."""

    process: subprocess.Popen[bytes]
    line: str


class Listening:
    """What is overheard of runs that share some folders."""

    def __init__(self, search: Search, folder: Path, ours: Collection[Path] = ()) -> None:
        """Look into `folder`, but for files that were put there with canaries in them."""
        self.search = search
        self.folder = folder
        self._ours = set(ours)
        self._arguments: set[bytes] = set()
        self._seen: dict[Path, tuple[int, int]] = {}
        self._looking = Lock()
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)

    @property
    def cwd(self) -> Path:
        """The folder that processes are started in."""
        return self.folder / "cwd"

    def environ(self, more: Mapping[str, str]) -> dict[str, str]:
        """Give the environment of a process that leaves its traces here."""
        kept = ("PATH", "LANG", "LC_ALL", "COVERAGE_PROCESS_CONFIG", "PYTHONPATH")
        own = {name: os.environ[name] for name in kept if name in os.environ}
        places = {"HOME": "home", "TMPDIR": "tmp"}
        folders = {name: str(self.folder / place) for name, place in places.items()}
        return {**own, **folders, **more}

    def put(self, name: str, text: str) -> Path:
        """Write a file of a user's, which may hold canaries."""
        file = self.folder / name
        self._ours.add(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def run(
        self, argv: Sequence[str], environ: Mapping[str, str], given: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a process to its end, and search all that comes out of it."""
        with self._process(argv, environ, subprocess.PIPE) as process:
            try:
                stdout, stderr = process.communicate(given, SECONDS)
            except BaseException:
                process.kill()
                raise
        return self._searched(process, stdout, stderr)

    @contextmanager
    def serving(self, argv: Sequence[str], environ: Mapping[str, str]) -> Iterator[Serving]:
        """Run a process that serves until it is told to end, and search all that comes out of it.

        What it says on stderr goes to a file: nobody reads it meanwhile.
        """
        with (
            (self.folder / "stderr").open("w+b") as stderr,
            self._process(argv, environ, stderr) as process,
        ):
            try:
                assert process.stdout  # noqa: S101 - it is a pipe
                first = process.stdout.readline()
                yield Serving(process, first.decode())
                process.terminate()
                stdout, _ = process.communicate(timeout=SECONDS)
            except BaseException:
                process.kill()
                raise
            stderr.seek(0)
            self._searched(process, first + stdout, stderr.read())

    @contextmanager
    def _process(
        self, argv: Sequence[str], environ: Mapping[str, str], stderr: int | IO[bytes]
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Start a process; its own arguments are those of whoever started it."""
        self._arguments.add(b"".join(os.fsencode(each) + b"\0" for each in argv))
        with (
            self.during(),
            subprocess.Popen(  # noqa: S603 - our own commands
                argv,
                cwd=self.cwd,
                env=self.environ(environ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
            ) as process,
        ):
            yield process

    def _searched(
        self, process: subprocess.Popen[bytes], stdout: bytes, stderr: bytes
    ) -> subprocess.CompletedProcess[bytes]:
        self.search.look("stdout", stdout)
        self.search.look("stderr", stderr)
        self.files()
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    @contextmanager
    def during(self) -> Iterator[None]:
        """Look at processes and files again and again, while something runs: some go before it."""
        over = Event()

        def watch() -> None:
            while not over.wait(_PAUSE):
                self.look()

        with ThreadPoolExecutor(1) as pool:
            watching = pool.submit(watch)
            try:
                yield
            finally:
                over.set()
            watching.result()

    def look(self) -> None:
        """Look at the arguments of processes, and at files, as they are now."""
        self.arguments()
        self.files()

    def arguments(self) -> None:
        """Search the arguments of every process of this machine that were not seen yet."""
        for process in Path("/proc").iterdir() if sys.platform == "linux" else ():
            if process.name.isdecimal():
                with suppress(OSError), self._looking:
                    line = (process / "cmdline").read_bytes()
                    if line and line not in self._arguments:
                        self._arguments.add(line)
                        self.search.look("process arguments", line)

    def files(self) -> None:
        """Search the names and contents of the files that are new or other than before."""
        for file in (file for name in FOLDERS for file in _files(self.folder / name)):
            with suppress(OSError), self._looking:
                self._file(file)

    def _file(self, file: Path) -> None:
        state = file.lstat()
        known = (state.st_mtime_ns, state.st_size)
        if file in self._ours or self._seen.get(file) == known:
            return
        self._seen[file] = known
        self.search.look("names of files", str(file.relative_to(self.folder)))
        if file.is_symlink():
            self.search.look("links", os.fsencode(file.readlink()))
        elif state.st_size > _LARGEST:
            self.search.miss(f"{file.name} is too large to be searched")
        elif file.is_file():
            self.search.look(_sink(file), file.read_bytes())


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        links = [each for each in folders if Path(place, each).is_symlink()]
        for name in [*files, *links]:
            yield Path(place, name)


_PULUMIS_PLAN = "plan.json"
_UNFINISHED = ".*-*.tmp"
"""What a recording is called until all of it is written."""
_SINKS = {".tfstate": "Terraform's state", ".tfplan": "Terraform's plan", ".yaml": RECORDINGS}


def _sink(file: Path) -> str:
    """Name what kind of file it is."""
    if ".pulumi" in file.parts:
        return "Pulumi's state"
    if file.name.startswith("Pulumi."):
        return "Pulumi's settings"
    if file.name == _PULUMIS_PLAN:
        return "Pulumi's plan"
    if file.match(_UNFINISHED):
        return RECORDINGS
    return _SINKS.get(file.suffix, "files")
