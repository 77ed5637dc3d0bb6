"""The provider's process; a host of go-plugin starts it, and reads one line from stdout.

Order matters here: signals and stdout are settled before anything is imported but what settles
them.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

from callerid import __version__
from callerid.frontends import process
from callerid.frontends.terraform import cookie

EXTRA = 'pip install "callerid[terraform]"'
PACKAGE = "--package="
"""Precedes the version of the package that the host has chosen, and that started this process."""
_BY_HAND = """\
This is callerid's provider for Terraform and OpenTofu, which start it by themselves.
  callerid install terraform     lets them find it
  callerid provider --terraform  serves them from this shell, for a debugger
  callerid --help                shows everything else
"""
_NO_PROTOCOL = (
    "callerid: this version of Terraform or OpenTofu does not speak protocol 6 of providers (it "
    "offers {offered}); use Terraform 1.0 or OpenTofu 1.6, or a later one."
)
_NOT_WHOLE = (
    "callerid: the Python environment of this provider is not whole ({module} cannot be imported); "
    f"run {EXTRA}."
)
_OTHER_VERSION = (
    "callerid: version {chosen} of this provider was chosen, and version {own} is installed; run "
    "callerid install terraform, then terraform init -upgrade, or install that version."
)
_NO_CERTIFICATE = f"callerid: the certificate in {cookie.CLIENT_CERTIFICATE} cannot be read."
_NO_PLACE = "callerid: the provider cannot listen: {reason}. Check TMPDIR."


def main() -> NoReturn:
    """Serve a host until it says that it needs the provider no more, then exit with 0."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C reaches us too; the host decides
    stdout = process.keep_stdout()
    if os.environ.get(cookie.NAME) != cookie.VALUE:
        sys.exit(_BY_HAND)
    why = _wrong(sys.argv[1:], os.environ.get(cookie.VERSIONS, "")) or _serve(stdout)
    from callerid.errors import one_line  # noqa: PLC0415 - a host that is served needs it later

    process.print_line(stdout, one_line(why))  # a host shows this line, and nothing of stderr
    sys.exit(1)


def _serve(stdout: int) -> str:
    """Serve to the end of the process, or return why that cannot be."""
    process.spare_the_start()
    from callerid.frontends import memory  # noqa: PLC0415 - see the module

    memory.end_without()
    try:
        import asyncio  # noqa: PLC0415 - see the module

        from callerid.frontends.terraform.serving import serve  # noqa: PLC0415 - see the module
    except ImportError as error:
        return memory.TEXT if memory.lacks(error) else _NOT_WHOLE.format(module=error.name)
    try:
        asyncio.run(serve(os.environ, lambda line: process.print_line(stdout, line)))
    except OSError as error:
        return _unserved(error)


def _wrong(arguments: list[str], offered: str) -> str | None:
    """Return why this process cannot serve the host that started it."""
    for chosen in [each.removeprefix(PACKAGE) for each in arguments if each.startswith(PACKAGE)]:
        if chosen != __version__:
            return _OTHER_VERSION.format(chosen=chosen, own=__version__)
    if str(cookie.PROTOCOL) not in offered.split(","):
        return _NO_PROTOCOL.format(offered=offered or "none")
    return None


def _unserved(error: OSError) -> str:
    import ssl  # noqa: PLC0415 - loaded already

    if isinstance(error, ssl.SSLError):
        return _NO_CERTIFICATE
    return _NO_PLACE.format(reason=error.strerror)


if __name__ == "__main__":
    main()
