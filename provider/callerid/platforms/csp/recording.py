"""How recorded answers of VMware Cloud Services become a caller of the sandbox."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from callerid.asking import claims
from callerid.platforms.csp.replies import CspUserInfo, in_one_shape
from callerid.platforms.csp.settings import ACCESS_TOKEN, NAMES_NONE, OAUTH_APP
from callerid.recording.answers import Answers
from callerid.recording.contract import Block, Recording, claims_of
from callerid.recording.knowing import known
from callerid.recording.screening import MADE_UP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callerid.config import PlatformConfig
    from callerid.recording.tape import Exchange

_INFO = re.compile(r"/csp/gateway/am/api/loggedin/user/orgs/([^/]+)/info")


class CspRecording(Recording):
    """The one answer about a person, and the token's claims for a machine."""

    credential_headers = frozenset({"authorization", "csp-auth-token"})
    public_fields = frozenset({"orgId"})
    people = frozenset({"acct", "alternativeemail", "email", "username"})
    authors = frozenset({"createdby", "lastupdatedby"})
    links = frozenset({"organizationlink", "reflink", "servicedefinitionlink"})
    private = frozenset(
        {
            *("address", "city", "company", "customernumber", "linkeduseridaccount", "phone"),
            *("state", "statecode", "statename", "tradeid", "website", "workphone", "zipcode"),
        }
    )

    def block(
        self, exchanges: Sequence[Exchange], name: str, config: PlatformConfig
    ) -> Block | None:
        """Read the answer of `…/orgs/{orgId}/info`, and the claims of the token."""
        answers = Answers(exchanges)
        token = claims_of(exchanges)
        asked = answers.matching(_INFO)
        info = next((body for _, body in asked), None)
        org_id = _org_id(token) or next((found for found, body in asked if body is not None), None)
        subject = claims.text(token, "sub") or _user(info)
        if org_id is None or subject is None:
            return None
        block = {
            "organizationId": org_id,
            "credential": _credential(name, config, token),
            "subject": subject,
            "username": claims.text(token, "username"),
            "perms": _perms(token),
            "organizations": _further(exchanges, org_id, config),
            "info": known(_in_one_shape(info), CspUserInfo),
        }
        return {key: value for key, value in block.items() if key not in _OPTIONAL or value}


_OPTIONAL = frozenset({"username", "organizations"})


def _further(exchanges: Sequence[Exchange], main: str, config: PlatformConfig) -> Block:
    """Read an OAuth app's other organizations: each has a token of its own, whose claims tell."""
    if config.credential is None or config.credential.flow is not OAUTH_APP:
        return {}
    tokens = {org_id: each.claims for each in exchanges if (org_id := _org_id(each.claims))}
    return {
        org_id: {"perms": _perms(token)}
        for org_id, token in tokens.items()
        if org_id.lower() != main.lower()
    }


def _org_id(token: Mapping[str, Any]) -> str | None:
    return claims.organization(token, "context_name", NAMES_NONE)


def _perms(token: Mapping[str, Any]) -> list[str] | None:
    """Read the claim; one that is no list carries nothing."""
    if "perms" not in token:
        return None
    perms = token["perms"]
    return [each for each in perms if isinstance(each, str)] if isinstance(perms, list) else []


def _in_one_shape(value: Any) -> Any:
    """Write the services anywhere in JSON as `/info` does, so that what is known of them stays."""
    if isinstance(value, list):
        return [_in_one_shape(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _in_one_shape(item) for name, item in in_one_shape(value).items()}


def _user(info: Any) -> str | None:
    try:
        user = CspUserInfo.model_validate(info).user
    except ValidationError:
        return None
    return user.user_id if user else None


def _credential(name: str, config: PlatformConfig, token: Mapping[str, Any]) -> Block:
    """Return a way to sign in at a replay that makes requests to it.

    A machine with an existing token is refused by the API, so nothing would show that its answers
    are recorded: it becomes an OAuth app. An existing token that cannot be read is a person's, and
    becomes an API token: one minted without a user name would be a machine's.
    """
    flow = config.credential.flow if config.credential else None
    person = claims.text(token, "username") is not None
    if flow is OAUTH_APP or (flow is ACCESS_TOKEN and token and "username" not in token):
        return {"clientId": f"{MADE_UP}{name}-id", "clientSecret": f"{MADE_UP}{name}-secret"}
    if flow is ACCESS_TOKEN and person:
        return {"accessToken": True}
    return {"apiToken": f"{MADE_UP}{name}-token"}


RECORDING = CspRecording()
