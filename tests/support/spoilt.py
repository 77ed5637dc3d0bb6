"""Good replies of both APIs, and what hypothesis makes of them."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from support import bodies

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUP = "4c1f0e9a"
POLICY = {
    **bodies.policy("reader", "CONFIG_RETRIEVE"),
    "version": 1,
    "managedPolicy": False,
    "dtCreated": "2025-01-08T13:30:00Z",
}
ROLE = {"name": "org_owner", "organizationLink": f"/orgs/{bodies.ORG}", "expiresAt": 3609941597}
SERVICE = {
    "refLink": "/definitions/external/d-1",
    "serviceName": "compute",
    "roles": [{"name": "admin", "membershipType": "DIRECT", "createdDate": "1704067200"}],
    "serviceRoles": ["admin", "viewer"],
}
ORGANIZATION = {"id": "o-1", "orgId": bodies.ORG, "type": "PRODUCTION", "dtCreated": "2023-11-07"}
M3TER = {
    bodies.ME: {**bodies.person(dtCreated="2023-11-07T05:31:56Z"), "organization": ORGANIZATION},
    bodies.POLICIES: {"data": [POLICY], "nextToken": None},
    bodies.DETAILS: {
        "id": bodies.ADA,
        "permissionPolicy": POLICY["permissionPolicy"],
        "dtEndAccess": None,
    },
    bodies.GROUPS: {"data": [{"id": GROUP, "name": "team", "version": 2}], "nextToken": ""},
    bodies.group_policies(GROUP): {"data": [POLICY]},
    bodies.MACHINE_POLICIES: {"data": [POLICY]},
}
INFO = bodies.info(
    ROLE, customRoles=[{"name": "release", "expiresAt": None}], servicesDef=[SERVICE]
)
CLAIMS: dict[str, Any] = {
    "sub": "acme:app",
    "context_name": bodies.ORG,
    "perms": ["csp:org_member", "external/d-1/admin"],
    "iat": 1_800_000_000,
    "exp": 1_800_001_800,
}

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, -1, 10**11, 10**30, "", " ", ".", "..", "null", "1e400", "\0"])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
JSON: st.SearchStrategy[Any] = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """List the paths to every part of a JSON value, its own included."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(item, (*path, key))


def _put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Copy a JSON value with the part at `path` replaced, as far as the path is still there."""
    if not path:
        return new
    copy = deepcopy(value)
    try:
        copy[path[0]] = _put(copy[path[0]], path[1:], new)
    except (KeyError, IndexError, TypeError):
        return copy
    return copy


def spoilt(value: Any) -> st.SearchStrategy[Any]:
    """Make values like this one, with one to three parts replaced by anything."""
    changes = st.lists(
        st.tuples(st.sampled_from(list(_places(value))), JSON), min_size=1, max_size=3
    )

    def apply(chosen: list[tuple[tuple[Any, ...], Any]]) -> Any:
        spoilt = value
        for path, new in chosen:
            spoilt = _put(spoilt, path, new)
        return spoilt

    return changes.map(apply)
