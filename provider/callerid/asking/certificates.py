"""The certificate authorities that are trusted; reading them takes longer than an answer may."""

from __future__ import annotations

import errno
import os
import re
import ssl
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import certifi

from callerid import background
from callerid.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE, FOLDER, SECRETS = "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"
"""The variables; Python's ssl writes the secrets of connections to the last, for Wireshark."""
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables of other tools: the first that is set counts where neither of ours is."""
_A_FILE, _A_FOLDER = "a file of certificates (PEM)", "a folder of certificates, as OpenSSL has it"
_UNREADABLE = "nothing that can be read as certificates"
MOST_BYTES = 16 * 1024 * 1024
"""A hundred times what systems trust. A file without end is never read to its end."""
_HASHED = r"[0-9a-f]{8}\.r?[0-9]+"
"""What OpenSSL looks for in a folder, in the middle of a handshake."""
_MOST_FOLDERS, _LOOK_SECONDS = 16, 60.0
"""So many are looked through once, for so long, if they do not change."""
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)
"""Windows has no pipes among its files."""


class _Reading:
    """The lock of whoever reads authorities."""

    def __init__(self) -> None:
        self.start_anew()

    def start_anew(self) -> None:
        """Be free: in a child of a fork, the thread that held it is not there."""
        self.lock = Lock()


_READING = _Reading()
if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_READING.start_anew)


class Authorities(NamedTuple):
    """What is trusted: by a file, by folders, or by both; None for the file means certifi's."""

    file: Path | None = None
    folders: tuple[Path, ...] = ()
    file_variable: str = FILE
    folder_variable: str = FOLDER

    @property
    def variables(self) -> str:
        """The variables that say so, empty if none does."""
        found = (self.file and self.file_variable, self.folders and self.folder_variable)
        return " and ".join(each for each in found if each)


def authorities(environ: Mapping[str, str] = os.environ) -> Authorities:
    """Read the variables: SSL_CERT_FILE and SSL_CERT_DIR together, else a bundle of other tools."""
    file, folders = environ.get(FILE), environ.get(FOLDER, "").split(os.pathsep)
    if file or any(folders):
        return Authorities(
            Path(file) if file else None, tuple(Path(each) for each in folders if each)
        )
    for variable in BUNDLES:
        bundle = Path(environ.get(variable, ""))
        if not environ.get(variable) or _is_gone(bundle):
            continue
        found = _look(bundle)
        if found and S_ISDIR(found.st_mode):
            return Authorities(None, (bundle,), folder_variable=variable)
        return Authorities(bundle, file_variable=variable)
    return Authorities()


def trusted() -> ssl.SSLContext:
    """Return what trusts the authorities that the variables name, else certifi's.

    They are read once, until they change, and whoever asks meanwhile waits.

    Raises:
        ConfigurationError: they cannot be read, or reading them might never end.
    """
    _check_secrets(os.environ.get(SECRETS))
    wanted = authorities()
    folders = _usable(wanted)
    file = wanted.file if wanted.file or folders else Path(certifi.where())
    try:
        if file:
            _check_file(file, wanted.file_variable)
        changed = tuple(each.stat().st_mtime_ns for each in (file, *folders) if each)
        with _READING.lock:
            return _read(file and str(file), os.pathsep.join(map(str, folders)) or None, changed)
    except OSError:
        _refuse(wanted.file_variable, _UNREADABLE, _A_FILE)


def warnings(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Tell what is left out, where something else is trusted all the same."""
    wanted = authorities(environ)
    left_out = [(wanted.folder_variable, what) for what in map(_useless, wanted.folders) if what]
    if not (environ.get(FILE) or environ.get(FOLDER)):
        bundles = (each for each in BUNDLES if environ.get(each))
        gone = (each for each in bundles if _is_gone(Path(environ[each])))
        left_out += [(each, "a file that does not exist") for each in gone]
    return tuple(f"{variable} names {what}; it is left out." for variable, what in left_out)


def _usable(wanted: Authorities) -> list[Path]:
    """Return the folders that have something to trust.

    Raises:
        ConfigurationError: none has, and there is nothing else; or OpenSSL might hang in one.
    """
    useless = {each: _useless(each) for each in wanted.folders}
    usable = [folder for folder, what in useless.items() if what is None]
    for each in usable:
        _check_folder(each, wanted.folder_variable)
    if useless and not usable and not wanted.file:
        _refuse(wanted.folder_variable, str(next(iter(useless.values()))), _A_FOLDER)
    return usable


def _useless(folder: Path) -> str | None:
    """Describe a folder in which OpenSSL would find nothing."""
    if _look(folder) is None:
        return "a folder that does not exist"
    try:
        found = any(_is_hashed(each.name) for each in folder.iterdir())
    except OSError:
        return "a folder that cannot be read"
    return None if found else "a folder that openssl rehash has not prepared"


def _is_hashed(name: str) -> bool:
    return bool(re.fullmatch(_HASHED, name))


def _check_secrets(file: str | None) -> None:
    """Open it as OpenSSL would, but for a pipe that nobody reads."""
    if not file:
        return
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _AT_ONCE, 0o600))
    except OSError:
        _refuse(SECRETS, "nothing that can be written to", "a file")


def _check_file(file: Path, variable: str) -> None:
    found = _look(file)
    if found is None:
        gone = "a file that does not exist"
        _refuse(variable, gone if _is_gone(file) else _UNREADABLE, _A_FILE)
    if not S_ISREG(found.st_mode):
        _refuse(variable, "a pipe, a device or a folder, and no file", _A_FILE)
    if found.st_size > MOST_BYTES:
        _refuse(variable, "a file of more than 16 MiB", _A_FILE)


def _check_folder(folder: Path, variable: str) -> None:
    found = folder.stat()
    state = (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_ctime_ns)
    try:
        _look_through(folder, state, int(time.monotonic() // _LOOK_SECONDS))
    except _DangerousError:
        what = "a folder in which a pipe, a device or a huge file has a certificate's name"
        _refuse(variable, what, _A_FOLDER)


class _DangerousError(Exception):
    """OpenSSL might hang in a folder."""


@lru_cache(maxsize=_MOST_FOLDERS)
def _look_through(folder: Path, _state: tuple[int, ...], _minute: int) -> None:
    """Look at each file that OpenSSL may open in a folder, of which a system has hundreds.

    A link to a file elsewhere may be good at one moment and not at the next: hence the minute.

    Raises:
        _DangerousError: reading one may never end. That is found out anew each time.
    """
    with os.scandir(folder) as entries:
        if not all(_may_be_read(each) for each in entries if _is_hashed(each.name)):
            raise _DangerousError


def _may_be_read(file: os.DirEntry[str]) -> bool:
    """Return whether reading a file ends, if there still is one."""
    found = _look(file)
    return found is None or (S_ISREG(found.st_mode) and found.st_size <= MOST_BYTES)


def _look(place: Path | os.DirEntry[str]) -> os.stat_result | None:
    """Return what is at a place; None if there is nothing, or nobody may look."""
    try:
        return place.stat()
    except OSError:
        return None


def _is_gone(place: Path) -> bool:
    """Return whether nothing can be there: a variable may hold anything, certificates too."""
    try:
        place.stat()
    except OSError as error:
        return error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}
    return False


def _refuse(variable: str, what: str, wanted: str) -> NoReturn:
    text = f"{variable} cannot be used: it names {what}.\nName {wanted}, or unset it."
    raise ConfigurationError(text)


@lru_cache(maxsize=1)
def _read(file: str | None, folders: str | None, _changed: tuple[int, ...]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=file, capath=folders)


def read_ahead() -> None:
    """Read them on a thread: OpenSSL lets others work meanwhile.

    Python waits for it when it ends: OpenSSL, interrupted, would crash the process.
    """
    background.start(_read_quietly, daemon=False)  # without a thread they are read when needed


def _read_quietly() -> None:
    with suppress(ConfigurationError, OSError):  # whoever needs them is told
        trusted()
