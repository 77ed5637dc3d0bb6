"""Where the provider listens: in a folder that only its user can enter, whatever TMPDIR says."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from callerid.frontends.terraform import cookie, listening


@pytest.mark.parametrize("name", ["x" * 90, "a|b", "a\nb"])
def test_a_tmpdir_that_is_of_no_use(tmp_path: Path, name: str) -> None:
    """Never a port, which other users can reach: without TLS they would be let in."""
    folder = tmp_path / name
    folder.mkdir()
    place = listening.bind({"TMPDIR": str(folder)})
    with closing(place.socket):
        assert place.network == "unix"
        assert Path(place.address).parent.parent == Path("/tmp")  # noqa: S108 - as it says
        assert Path(place.address).parent.stat().st_mode & 0o777 == 0o700
        assert not list(folder.iterdir())
        place.remove()
    assert not Path(place.address).parent.exists()


def test_a_socket_that_cannot_be_made_leaves_no_folder(tmp_path: Path) -> None:
    """The disk may be full."""
    folder = tmp_path / "callerid-x"
    folder.mkdir()
    taken = listening._socket_in(folder)  # noqa: SLF001 - what a full disk would do
    with closing(taken.socket):
        other = tmp_path / ("y" * 120)
        other.mkdir()
        with pytest.raises(OSError, match="path too long"):
            listening._socket_in(other)  # noqa: SLF001 - as above
    assert not other.exists()
    taken.remove()


@pytest.mark.parametrize(
    "limits", [("abc", "20"), ("", ""), ("30000", "20000"), ("99999", "99999"), ("0", "")]
)
def test_limits_of_ports_that_are_none(limits: tuple[str, str]) -> None:
    """Any port is taken then."""
    lowest, highest = limits
    environ = {cookie.LOWEST_PORT: lowest, cookie.HIGHEST_PORT: highest}
    place = listening._port(environ)  # noqa: SLF001 - Windows alone comes here
    place.socket.close()
    assert int(place.address.rpartition(":")[2]) > 0


def test_nothing_of_the_environment_is_needed() -> None:
    """A host may start it with none."""
    place = listening.bind({})
    with closing(place.socket):
        assert os.path.exists(place.address)  # noqa: PTH110 - it is a socket
        place.remove()
