"""The tokens: their claims, their lives, and whose they are."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from callerid.sandbox.tokens import Holder, Tokens

if TYPE_CHECKING:
    from callerid.platforms.csp.sandbox.caller import CspCaller
    from callerid.platforms.m3ter.sandbox.caller import M3terCaller
    from callerid.sandbox.scenario import Scenario

NOW = 1_800_000_000


class Clock:
    """A clock that stands until it is set."""

    now: float = NOW

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def _parts(token: str) -> list[dict[str, Any]]:
    """Read a token's header and claims."""
    parts = token.split(".")[:2]
    return [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts]


def _m3ter(callers: dict[str, Scenario], name: str = "service-user") -> M3terCaller:
    caller: M3terCaller | None = callers[name].m3ter
    assert caller
    return caller


def _csp(callers: dict[str, Scenario], name: str) -> CspCaller:
    caller: CspCaller | None = callers[name].csp
    assert caller
    return caller


def test_m3ter_claims(callers: dict[str, Scenario]) -> None:
    """A m3ter token has the documented header and claims, and lives for five hours."""
    caller = _m3ter(callers)
    header, claims = _parts(caller.mint(Tokens(Clock()), "x"))
    kid = f"serviceUser_{caller.organization_id}"
    assert header == {"typ": "JWT", "pt": "service", "alg": "HS256", "kid": kid}
    assert claims == {
        "sub": caller.subject,
        "permissions": caller.permissions,
        "iss": "https://m3ter.com/oauth2",
        "orgId": caller.organization_id,
        "iat": NOW,
        "exp": NOW + 18000,
    }


def test_m3ter_without_permissions(callers: dict[str, Scenario]) -> None:
    """No permissions in the scenario means no such claim."""
    token = _m3ter(callers, "person").mint(Tokens(Clock()), "x")
    assert "permissions" not in _parts(token)[1]


def test_csp_claims_of_a_person(callers: dict[str, Scenario]) -> None:
    """A person's CSP token names the organization, the person and the roles it carries."""
    caller = _csp(callers, "owner")
    header, claims = _parts(caller.mint(Tokens(Clock()), "x"))
    assert header == {"typ": "JWT", "alg": "HS256", "kid": "signing_3"}
    assert sorted(claims) == sorted(
        "sub azp domain context context_name username perms iss iat exp".split()  # noqa: SIM905 - reads better
    )
    assert claims["sub"] == caller.subject
    assert claims["domain"] == "example.com"
    assert claims["context_name"] == caller.organization_id
    assert claims["username"] == "grace@example.com"
    assert claims["perms"] == caller.perms
    assert claims["iss"] == "https://gaz.csp-vidm-prod.com"
    assert claims["exp"] - claims["iat"] == 1800


def test_csp_claims_of_a_machine(callers: dict[str, Scenario]) -> None:
    """An OAuth app's token is issued to the app and names no user."""
    claims = _parts(_csp(callers, "app").mint(Tokens(Clock()), "x"))[1]
    assert claims["azp"] == "sandbox-app"
    assert "username" not in claims


def test_life_can_only_be_shortened(callers: dict[str, Scenario]) -> None:
    """A CSP token lives for as long as asked, but never longer than 1800 s."""
    tokens = Tokens(Clock())
    lives = [
        claims["exp"] - claims["iat"]
        for seconds in (60, 9999)
        for claims in [_parts(_csp(callers, "owner").mint(tokens, "x", seconds))[1]]
    ]
    assert lives == [60, 1800]


def test_a_token_is_good_until_it_expires(callers: dict[str, Scenario]) -> None:
    """A token is its caller's, at its own platform, until its last second has passed."""
    clock = Clock()
    tokens = Tokens(clock)
    token = _csp(callers, "owner").mint(tokens, "owner")
    assert tokens.holder(token, "csp") == "owner"
    assert tokens.holder(token, "m3ter") is None
    assert tokens.holder(token + "x", "csp") is None
    clock.now += 1799.9
    assert tokens.holder(token, "csp") == "owner"
    clock.now += 0.1
    assert tokens.holder(token, "csp") is None


def test_a_ready_token_never_expires() -> None:
    """An opaque ready token is good for ever."""
    clock = Clock()
    tokens = Tokens(clock)
    tokens.remember("sandbox-ready", Holder("m3ter", "x"))
    clock.now += 1e9
    assert tokens.holder("sandbox-ready", "m3ter") == "x"


def test_another_process_signs_otherwise(callers: dict[str, Scenario]) -> None:
    """The key is random: a token of one sandbox is unknown to the next."""
    one, other = Tokens(Clock()), Tokens(Clock())
    token = _m3ter(callers).mint(one, "x")
    assert other.holder(token, "m3ter") is None
    assert _m3ter(callers).mint(other, "x") != token


@pytest.mark.parametrize("platform", ["csp", "m3ter"])
def test_last_minted(callers: dict[str, Scenario], platform: str) -> None:
    """The last exchange of each holder is remembered."""
    tokens = Tokens(Clock())
    assert tokens.last_minted(Holder(platform, "x")) is None
    _csp(callers, "owner").mint(tokens, "x")
    _m3ter(callers).mint(tokens, "x")
    assert tokens.last_minted(Holder(platform, "x")) == NOW


def test_tokens_that_ended_long_ago_are_forgotten() -> None:
    """Those that ended of late are told apart from those that never were."""
    clock = Clock()
    tokens = Tokens(clock)
    holder = Holder("m3ter", "me")
    minted = []
    for _ in range(5000):
        clock.now += 60
        minted.append(tokens.mint(holder, {}, {}, 1800))
    assert len(tokens._known) <= 1100  # noqa: SLF001 - nothing else shows it
    assert tokens.owner(minted[0], "m3ter") is None
    assert tokens.holder(minted[-40], "m3ter") is None
    assert tokens.owner(minted[-40], "m3ter") == "me"
    assert tokens.holder(minted[-1], "m3ter") == "me"
