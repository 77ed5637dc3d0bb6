"""Times that count from the sandbox's start, and the time of a recording."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from callerid.sandbox.moments import relative, settled
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox

START = 1_800_000_000.5
ORG = "00000000-0000-4000-8000-000000000001"
HEADER = "x-callerid-recorded-at"


def _scenario(**fields: Any) -> Scenario:
    m3ter = {
        "organizationId": ORG,
        "credential": {"apiToken": "sandbox-token"},
        "subject": "s",
        "me": {"user": {"id": "u"}},
        **fields,
    }
    return Scenario.model_validate({"description": "someone", "m3ter": m3ter})


def _get(sandbox: Sandbox, path: str, org_id: str = ORG) -> httpx.Response:
    headers = {"Authorization": "Bearer sandbox-token"}
    url = f"{sandbox.url}/organizations/{org_id}{path}"
    return httpx.get(url, headers=headers, trust_env=False)


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("now+3d", "2027-01-18T08:00:00Z"),
        ("now-1h", "2027-01-15T07:00:00Z"),
        ("now+0s", "2027-01-15T08:00:00Z"),
        ("now-99999d", "1753-04-02T08:00:00Z"),
        ("nowSeconds+10s", 1_800_000_010),
        ("nowMs-2m", 1_799_999_880_000),
        ("now", "now"),
        ("now or never", "now or never"),
        (" now+3d", " now+3d"),
        ("since now+3d", "since now+3d"),
    ],
)
def test_texts_that_are_times(text: str, answered: object) -> None:
    """A text that is a relative time, and nothing else, becomes a time or a number."""
    m3ter = settled(_scenario(me={"user": {"id": "u", "list": [{"at": text}]}}), START).m3ter
    assert m3ter is not None
    assert m3ter.me == {"user": {"id": "u", "list": [{"at": answered}]}}


@pytest.mark.parametrize(
    "text", ["now+3w", "now+3", "now + 3d", "now+3days", "nowMS+3d", "now+123456d", "nows+1s"]
)
def test_a_text_that_is_nearly_one(text: str) -> None:
    """What looks like a relative time but is none is a mistake that says where and what else."""
    assert relative(text) is None
    with pytest.raises(ValueError, match=r"permissionPolicy\.0: expected now\+3d, nowSeconds\+3d"):
        _scenario(userDetails={"permissionPolicy": [text]})
    with pytest.raises(ValueError, match=r"expected now\+3d"):
        _scenario(faults=[{"endpoint": "*", "body": text}])


def test_the_clock_at_the_start_decides() -> None:
    """Times count from the start, not from the question, so that a clock can pass them."""
    now = [START]
    faults = [
        {"endpoint": "users/me", "body": {"at": "nowSeconds+1h"}},
        {"endpoint": "user", "status": 500},
    ]
    caller = _scenario(userDetails={"dtEndAccess": "now+1h"}, faults=faults)
    with Sandbox.start({"me": caller}, clock=lambda: now[0]) as sandbox:
        now[0] += 7200
        assert _get(sandbox, "/users/me").json() == {"at": 1_800_003_600}
        assert _get(sandbox, "/users/u").json() == {"message": "Internal Server Error"}
        assert _get(sandbox, "/users/u/usergroups").status_code == 200


def test_a_caller_that_comes_later() -> None:
    """Who is added to the callers of a running sandbox, or replaced, calls; times count."""
    callers: dict[str, Scenario] = {}
    with Sandbox.start(callers, clock=lambda: START) as sandbox:
        for ends, told in (("now+1s", "2027-01-15T08:00:01Z"), ("now+2s", "2027-01-15T08:00:02Z")):
            key = {"apiKey": "sandbox-k", "apiSecret": "sandbox-s"}
            callers["me"] = _scenario(me={"user": {"id": "u", "ends": ends}}, credential=key)
            minted = httpx.post(
                f"{sandbox.url}/oauth/token",
                auth=("sandbox-k", "sandbox-s"),
                json={"grant_type": "client_credentials"},
                trust_env=False,
            ).json()["access_token"]
            headers = {"Authorization": f"Bearer {minted}"}
            url = f"{sandbox.url}/organizations/{ORG}/users/me"
            reply = httpx.get(url, headers=headers, trust_env=False).json()
            assert reply["user"]["ends"] == told


def test_every_answer_says_when_it_was_recorded() -> None:
    """Tokens, answers, refusals and faults of a recorded caller say so; those of others do not."""
    recorded = {"recordedAt": "2026-03-01T13:00:00.5+01:00"}
    written = _scenario(faults=[{"endpoint": "user", "html": True}]).model_dump(
        by_alias=True, exclude_unset=True
    )
    app = {
        "organizationId": ORG,
        "credential": {"clientId": "sandbox-id", "clientSecret": "sandbox-secret"},
        "subject": "s",
        "info": None,
    }
    callers = {
        "me": Scenario.model_validate({**written, **recorded, "csp": app}),
        "other": _scenario(credential={"apiToken": "sandbox-other"}),
    }
    with Sandbox.start(callers) as sandbox:
        token = httpx.post(
            f"{sandbox.url}/csp/gateway/am/api/auth/token",
            auth=("sandbox-id", "sandbox-secret"),
            data={"grant_type": "client_credentials"},
            trust_env=False,
        )
        paths = ["/users/me", "/users/u", "/users/x/usergroups"]
        replies = [token, *(_get(sandbox, path) for path in paths), _get(sandbox, "/users/me", "x")]
        nobody = httpx.get(f"{sandbox.url}/organizations/x/users/me", trust_env=False)
        other = httpx.get(
            f"{sandbox.url}/organizations/{ORG}/users/me",
            headers={"Authorization": "Bearer sandbox-other"},
            trust_env=False,
        )
    assert [reply.status_code for reply in replies] == [200, 200, 200, 404, 403]
    assert {reply.headers.get(HEADER) for reply in replies} == {"2026-03-01T12:00:00.5Z"}
    assert (nobody.headers.get(HEADER), other.headers.get(HEADER)) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-01",
        "2026-03-01T12:00:00",
        "2026-13-01T12:00:00Z",
        "0001-01-01T00:00:00+10:00",
        "1772366400",
        "now-1d",
    ],
)
def test_a_recording_has_a_time_with_its_zone(text: str) -> None:
    """Anything else than RFC 3339 is a mistake."""
    written = _scenario().model_dump(by_alias=True, exclude_unset=True)
    with pytest.raises(ValueError, match="expected a time with its zone, such as 2026-03-01T12:"):
        Scenario.model_validate({**written, "recordedAt": text})
