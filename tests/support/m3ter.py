"""A client of m3ter that asks a scripted API, and what belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.asking.refusals import Org
from callerid.config import load
from callerid.model import Role
from callerid.platforms.m3ter.answers import ANSWERS
from callerid.platforms.m3ter.client import M3ter
from support import bodies
from support.api import json_reply
from support.clock import HandClock

if TYPE_CHECKING:
    from callerid.asking.clock import Deadline
    from callerid.platforms.contract import Rights, Who
    from support.api import Api

OTHER = "00000000-1111-2222-3333-444444444444"
HERE = Org(bodies.ORG, "provider setting m3terOrgId")
TOKEN = {"m3terApiToken": "opaque"}
KEY = {"m3terApiKey": "key", "m3terApiSecret": "secret"}
REFUSED = json_reply({"message": "Forbidden"}, 403)


class World:
    """A client that asks a scripted API, and what it warned of."""

    def __init__(self, api: Api, **settings: str) -> None:
        """Set a token that tells nothing, unless settings say otherwise."""
        self.hand, self.warnings = HandClock(), list[str]()
        given = {"m3terBaseUrl": api.url, "m3terOrgId": bodies.ORG, **(settings or TOKEN)}
        chosen = load(given, {}).choose("m3ter")
        assert chosen.credential
        clock = self.hand.clock()
        self.client = M3ter(chosen, chosen.credential, clock, self.warnings.append)

    @property
    def deadline(self) -> Deadline:
        """More than is needed."""
        return self.client.clock.deadline(30)

    def who(self) -> Who:
        """Ask who calls."""
        return ANSWERS.who(self.client, HERE, self.deadline)

    def rights(self) -> Rights:
        """Ask what the caller may do."""
        return ANSWERS.rights(self.client, HERE, self.deadline)


def role(name: str, statements: Any = (), **more: Any) -> Role:
    """Give what comes of a policy that is held in person."""
    fields = {"kind": "policy", "source": "api", "active": True, "end_known": True, **more}
    fields = {"membership_type": "DIRECT", **fields}
    return Role(name=name, statements=list(statements), **fields)
