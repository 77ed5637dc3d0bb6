"""Load what a first answer needs before anybody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.memory import cannot_load

if TYPE_CHECKING:
    from callerid.config import Config


def prepare(config: Config) -> None:
    """Load it, with what the platform needs that will be asked, as far as `config` tells.

    The certificates that https needs are read beside that.

    Raises:
        MemoryError: too little is left to load it.
    """
    if cannot_load():
        raise MemoryError
    ready = [platform for platform in config.platforms if platform.credential]
    if any(each.base_url.startswith("https:") for each in ready or config.platforms):
        from callerid.asking import certificates  # noqa: PLC0415 - others need none

        certificates.read_ahead()
    import callerid.core  # noqa: PLC0415 - slow, and reading has begun
    import callerid.functions.get_current_user  # noqa: PLC0415 - what is asked first
    import callerid.platforms.contract  # noqa: PLC0415, F401 - and what every platform needs
    from callerid.platforms import part  # noqa: PLC0415 - as above

    for platform in ready:
        part(platform.name, "answers")
