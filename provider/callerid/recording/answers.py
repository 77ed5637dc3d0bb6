"""What a platform answered while recording, by path: the last answer that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Sequence

    from callerid.recording.tape import Exchange

_REFUSED = frozenset({401, 403, 404})


class Answers:
    """Final answers by path and query.

    What is transient (429, 5xx) is no answer, and a refusal takes no earlier answer's place: a
    token may end while recording.
    """

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        """Sort the exchanges of one platform."""
        self._last: dict[str, dict[str, Exchange]] = {}
        for each in exchanges:
            before = self._last.get(each.path, {}).get(each.query)
            if each.ok or (each.status in _REFUSED and not (before and before.ok)):
                self._last.setdefault(each.path, {})[each.query] = each

    def matching(self, pattern: re.Pattern[str]) -> list[tuple[str, Any]]:
        """Return the bodies of matching paths, with the first group of each; None if refused."""
        return [
            (found[1], _body(next(iter(queries.values()))))
            for path, queries in self._last.items()
            if (found := pattern.fullmatch(path))
        ]

    def body(self, path: str) -> Any:
        """Return the body of a path; None if it was refused or never requested."""
        return _body(next(iter(self._last.get(path, {}).values()), None))

    def listed(
        self, path: str, read: Callable[[Any], tuple[list[Any], str | None]]
    ) -> list[Any] | None:
        """Return all items of a list's pages; None if one was refused or never requested.

        `read` gives the items of a page, and its `nextToken` where another one follows.
        """
        pages = self._last.get(path, {})
        page = next((each for query, each in pages.items() if "nextToken=" not in query), None)
        found: list[Any] = []
        seen: set[str] = set()
        while page and page.ok:
            items, token = read(page.body)
            found += items
            if token is None or token in seen:
                return found
            seen.add(token)
            page = next((each for query, each in pages.items() if _asks(query, token)), None)
        return None


def _body(exchange: Exchange | None) -> Any:
    return exchange.body if exchange and exchange.ok else None


def _asks(query: str, token: str) -> bool:
    return parse_qs(query).get("nextToken") == [token]
