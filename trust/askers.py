"""Who asks for the replies that are made up: credentials, good replies, and what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support import bodies
from support.jwt import jwt
from support.spoilt import CLAIMS, INFO, M3TER, ORGANIZATION

from callerid.config import BY_NAME
from callerid.registry import PLATFORMS
from founded import Known

if TYPE_CHECKING:
    from collections.abc import Iterable

CREDENTIALS: dict[str, dict[str, str]] = {
    "person": {"m3terApiToken": "opaque"},
    "machine": {"m3terApiKey": "key", "m3terApiSecret": "secret"},
    "member": {"cspAccessToken": "opaque"},
    "token": {"cspApiToken": "token"},
    "app": {"cspClientId": "app", "cspClientSecret": "secret"},
}
"""Who asks, by a name of ours, and the settings of each."""
ROUTES: dict[str, list[str]] = {
    "person": [each for each in M3TER if each != bodies.MACHINE_POLICIES],
    "machine": [bodies.TOKEN, bodies.MACHINE_POLICIES],
    "member": [bodies.INFO],
    "token": [bodies.AUTHORIZE, bodies.INFO],
    "app": [bodies.APP_TOKEN],
}
"""What each asks for."""
ADA, GRACE = "ada@example.com", "grace@example.com"
_ACME = {"name": "acme", "displayName": "Acme"}
_MEMBER = Known("csp", "user", "acme:1", "Grace", "cspAccessToken", GRACE, _ACME)
KNOWN = {
    "person": Known(
        "m3ter",
        "user",
        bodies.ADA,
        "Ada Lovelace",
        "m3terApiToken",
        ADA,
        {"type": ORGANIZATION["type"]},
    ),
    "machine": Known("m3ter", "serviceUser", bodies.ADA, "deploy", "m3terApiKey"),
    "member": _MEMBER,
    "token": _MEMBER._replace(setting="cspApiToken"),
    "app": Known("csp", "serviceUser", "acme:app", "acme:app", "cspClientId"),
}
"""Who each of them is, by good replies."""
LASTING = {**CLAIMS, "perms": [*CLAIMS["perms"], "csp:org_owner"], "exp": 4_000_000_000}
"""Claims that have not ended when the clock has been turned on by years."""
GOOD: dict[str, Any] = {
    **M3TER,
    bodies.INFO: {**INFO, "user": {**INFO["user"], "email": GRACE, "emailVerified": True}},
    bodies.TOKEN: bodies.token("opaque", 60),
    bodies.AUTHORIZE: bodies.token("opaque", 60),
    bodies.APP_TOKEN: bodies.token(jwt(**LASTING), 60),
}


def asks(who: str) -> list[tuple[str, dict[str, Any]]]:
    """List the functions with what each is called with; the last goes by kept answers.

    Good replies keep all rules but one: no token tells until when a role of an app is held.
    """
    known = KNOWN[who]
    roles = {"anyRoles": ["reader", "org_owner"]}
    somebody = {"ids": ["acme:2", known.id], "orgIds": [bodies.ORG]}
    address = {"emails": [known.email]} if known.email else {}
    lasting = {"principalTypes": ["user", "serviceUser"], "minRoleSecondsLeft": 1}
    return [
        ("getCurrentUser", {}),
        ("getUserOrgRoles", {}),
        ("requireCaller", {**roles, **lasting}),
        ("requireCaller", {**roles, **somebody, **address}),
    ]


def unknown(platforms: Iterable[str] = PLATFORMS) -> list[str]:
    """Tell which platforms nobody here calls."""
    known = {BY_NAME[name].platform for given in CREDENTIALS.values() for name in given}
    return [
        f"nobody calls {each}: CREDENTIALS, ROUTES and GOOD in trust/askers.py lack it"
        for each in platforms
        if each not in known
    ]
