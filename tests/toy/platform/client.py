"""Toy Cloud's API, as far as a caller needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.platforms.toy.replies import ToyMe

from callerid.asking.client import Client
from callerid.asking.path import path
from callerid.asking.request import Request
from callerid.asking.tokens import TokenReply, pair

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.asking.clock import Deadline
    from callerid.asking.refusals import Org


class Toy(Client):
    """Toy Cloud, asked with one credential."""

    org_claim = "org"

    def me(self, org: Org, deadline: Deadline) -> ToyMe:
        """Ask who the caller is: one answer for both questions."""
        return self.read(
            path("/toy/orgs/{organization}/me", organization=org.id), ToyMe, org, deadline
        )

    def _mint(self) -> Callable[[Deadline], TokenReply]:
        return self._exchange_key

    def _exchange_key(self, deadline: Deadline) -> TokenReply:
        request = Request("POST", "/toy/token", basic=pair(self.credential))
        return self.token_reply(self.send(request, deadline))
