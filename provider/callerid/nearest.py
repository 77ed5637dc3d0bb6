"""What a wrong name may have been meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """Give ` Did you mean X?` for the known name nearest to `name`, or an empty text.

    Case and underscores do not count: `m3ter_api_key` is near `m3terApiKey`.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - the plugin prints its port before

    folded = {candidate.replace("_", "").lower(): candidate for candidate in known}
    found = get_close_matches(name.replace("_", "").lower(), folded, n=1)
    return f" Did you mean {folded[found[0]]}?" if found else ""
