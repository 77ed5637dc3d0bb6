"""How recorded answers of Toy Cloud become a caller of the sandbox."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from callerid.platforms.toy.replies import ToyMe

from callerid.asking import claims
from callerid.recording.answers import Answers
from callerid.recording.contract import Block, Recording, claims_of
from callerid.recording.knowing import known
from callerid.recording.screening import MADE_UP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.config import PlatformConfig
    from callerid.recording.tape import Exchange

_ME = re.compile(r"/toy/orgs/([^/]+)/me")


class ToyRecording(Recording):
    """The one answer about the caller."""

    people = frozenset({"email"})
    organization_path = _ME

    def block(
        self, exchanges: Sequence[Exchange], name: str, config: PlatformConfig
    ) -> Block | None:
        """Read the answer and the claims of the token."""
        del config
        asked = Answers(exchanges).matching(_ME)
        if not asked:
            return None
        [(org_id, me), *_] = asked
        token = claims_of(exchanges)
        return {
            "organizationId": org_id,
            "credential": {
                "apiKey": f"{MADE_UP}{name}-key",
                "apiSecret": f"{MADE_UP}{name}-secret",
            },
            "subject": claims.text(token, "sub") or name,
            "roles": token.get("roles") or [],
            "me": known(me, ToyMe),
        }


RECORDING = ToyRecording()
