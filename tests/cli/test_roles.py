"""`callerid roles`, as people and pipelines run it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from support import bodies, commands
from support.api import json_reply
from support.jwt import jwt

if TYPE_CHECKING:
    from support.api import Api

PAST, FAR = 1609459200, 3609941597


def _csp(api: Api, perms: list[str], *org_roles: Any, **org: Any) -> dict[str, str]:
    """Script a person with a readable token; give the variables of that person."""
    environ = commands.csp(api)
    token = jwt(username="grace@example.com", perms=perms)
    api.on(bodies.AUTHORIZE, json_reply(bodies.token(token)))
    api.on(bodies.INFO, json_reply(bodies.info(*org_roles, **org)))
    return environ


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def test_where_how_and_until_when(api: Api) -> None:
    """Every kind of role in a row of its own; the active names below."""
    service = {
        "serviceName": "compute",
        "refLink": "/definitions/external/d1",
        "roles": [
            {"name": "admin", "membershipType": "NESTED", "resource": "r1", "expiresAt": FAR}
        ],
    }
    roles = [{"name": "org_owner", "expiresAt": 0}, {"name": "developer", "expiresAt": PAST}]
    environ = _csp(api, ["csp:org_owner"], *roles, servicesDef=[service])
    done = commands.call("roles", **environ)
    assert (done.exit_code, done.stderr) == (0, "")
    title, blank, heads, *rows, gap, active = done.stdout.splitlines()
    assert (title, blank, gap) == (f"Grace in Acme ({bodies.ORG})", "", "")
    assert _cells(heads) == ["role", "kind", "where", "held", "ends", "token"]
    assert [_cells(row) for row in rows] == [
        ["admin", "service", "compute, r1", "nested", "2084-05-23", "no"],
        ["developer", "organization", "acme", "api", "expired 2021-01-01", "no"],
        ["org_owner", "organization", "acme", "api", "never", "yes"],
    ]
    assert active == "active: admin, org_owner"


def test_an_opaque_token_cannot_tell(api: Api) -> None:
    """The column stays empty, and no line ends in spaces."""
    api.on(bodies.INFO, json_reply(bodies.info({"name": "org_owner", "expiresAt": None})))
    lines = commands.call("roles", **commands.csp(api)).stdout.splitlines()
    assert lines[3].endswith("never")


@pytest.mark.parametrize("end", [{}, {"expiresAt": "soon"}, {"expiresAt": "2099-W18-3"}])
def test_an_end_that_is_unknown_is_not_shown_as_never(api: Api, end: dict[str, Any]) -> None:
    """Not told is unknown; a text that is no time is shown as it came."""
    api.on(bodies.INFO, json_reply(bodies.info({"name": "org_owner", **end})))
    lines = commands.call("roles", **commands.csp(api)).stdout.splitlines()
    assert lines[3].endswith(end.get("expiresAt", "unknown"))
    assert lines[-1] == ("active: none" if end else "active: org_owner")


def test_a_token_does_not_tell_when_a_role_ends(api: Api) -> None:
    """For a machine the token answers alone: the end is unknown, which is not never."""
    token = jwt(sub="acme:app", perms=["csp:org_member"], context_name=bodies.ORG)
    environ = {"CSP_BASE_URL": api.url, "CSP_ACCESS_TOKEN": token}
    lines = commands.call("roles", **environ).stdout.splitlines()
    assert lines[0] == f"acme:app in organization {bodies.ORG}"
    assert _cells(lines[3])[:4] == ["org_member", "organization", "token", "unknown"]


def test_no_roles(api: Api) -> None:
    """An empty list is said, not shown as a table without rows."""
    done = commands.call("roles", **_csp(api, []))
    assert done.stdout == f"Grace in Acme ({bodies.ORG}) has no roles.\n"


def test_none_active(api: Api) -> None:
    """Expired roles are listed, and nothing of them is active."""
    done = commands.call("roles", **_csp(api, [], {"name": "developer", "expiresAt": PAST}))
    assert done.stdout.splitlines()[-1] == "active: none"


def test_two_organizations_are_not_taken_for_the_one_asked_about(api: Api) -> None:
    """Where more than one is reported the id alone is sure."""
    info = bodies.info({"name": "org_owner"})
    info["userOrgInfo"].append({"name": "other", "orgRoles": [{"name": "org_member"}]})
    environ = commands.csp(api)
    api.on(bodies.INFO, json_reply(info))
    lines = commands.call("roles", **environ).stdout.splitlines()
    assert lines[0] == f"Grace in organization {bodies.ORG}"
    assert [_cells(line)[2] for line in lines[3:5]] == ["other", "acme"]


def test_names_from_outside_are_shown_not_obeyed(api: Api) -> None:
    """Neither markup nor escape codes nor line breaks of a role's name reach the terminal."""
    name = "[bold]x[/bold]\x1b[31m\n:smile:"
    api.on(bodies.INFO, json_reply(bodies.info({"name": name})))
    done = commands.call("roles", **commands.csp(api))
    shown = r"[bold]x[/bold]\x1b[31m\n:smile:"
    assert done.stdout.splitlines()[3].startswith(f"{shown}  organization")
    assert done.stdout.splitlines()[-1] == f"active: {shown}"


def test_json_is_the_functions_answer_sorted_by_name(api: Api) -> None:
    """The function's own answer, sorted by name, twice the same bytes."""
    environ = _csp(api, ["csp:org_owner"], {"name": "org_owner"}, {"name": "a", "expiresAt": PAST})
    first, second = (commands.call("roles", "--json", **environ) for _ in range(2))
    assert first.stdout_bytes == second.stdout_bytes
    answer = json.loads(first.stdout)
    assert list(answer) == sorted(answer)
    assert answer["roleNames"] == ["org_owner"]
    assert len(answer["fingerprint"]) == 64


def test_a_warning_does_not_spoil_the_answer(api: Api) -> None:
    """It goes to stderr, with control characters written out."""
    soon = time.time() + 3600
    environ = _csp(api, [], {"name": "x\x1b[31m", "expiresAt": int(soon)})
    done = commands.call("roles", "--json", **environ)
    assert (done.exit_code, json.loads(done.stdout)["roleNames"]) == (0, ["x\x1b[31m"])
    assert done.stderr.startswith(r"warning: the role x\x1b[31m of Grace ends at 20")
