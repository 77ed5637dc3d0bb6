"""What a caller consists of, and what the callers that come with callerid are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.sandbox import library
from callerid.sandbox.scenario import Scenario

if TYPE_CHECKING:
    from callerid.sandbox.caller import Body

_SAMPLE_USER = [
    "id",
    "version",
    "firstName",
    "lastName",
    "contactNumber",
    "email",
    "organizations",
    "firstAcceptedTermsAndConditions",
    "lastAcceptedTermsAndConditions",
    "supportUser",
    "dtCreated",
    "dtLastModified",
    "createdBy",
    "lastModifiedBy",
]
_SAMPLE_SERVICE_USER = [
    "id",
    "version",
    "name",
    "dtCreated",
    "dtLastModified",
    "createdBy",
    "lastModifiedBy",
]
_SAMPLE_ORGANIZATION = [
    "id",
    "version",
    "orgId",
    "customerId",
    "organizationName",
    "shortName",
    "addressLine1",
    "addressLine2",
    "addressLine3",
    "addressLine4",
    "locality",
    "region",
    "postCode",
    "country",
    "taxId",
    "purchaseOrderNumber",
    "invoiceGeneralReference",
    "billingContactUserId1",
    "billingContactUserId2",
    "billingContactUserId3",
    "type",
    "status",
    "dtCreated",
    "dtLastModified",
    "createdBy",
    "lastModifiedBy",
]
_SAMPLE_ROLE = [
    "createdBy",
    "createdDate",
    "expiresAt",
    "lastUpdatedBy",
    "lastUpdatedDate",
    "membershipType",
    "name",
    "resource",
]
_SAMPLE_ORG_ROLE = [
    "createdBy",
    "createdDate",
    "displayName",
    "expiresAt",
    "lastUpdatedBy",
    "lastUpdatedDate",
    "name",
    "organizationLink",
    "resource",
    "visible",
]
_SAMPLE_CSP_USER = [
    "acct",
    "address",
    "city",
    "company",
    "country",
    "countryCode",
    "countryName",
    "customerNumber",
    "email",
    "emailVerified",
    "eulaInfo",
    "firstName",
    "lastName",
    "password",
    "refLink",
    "state",
    "stateCode",
    "stateName",
    "tnc",
    "tradeId",
    "userId",
    "userProfile",
    "username",
    "website",
    "workPhone",
    "zipcode",
]
_SAMPLE_PROFILE = [
    "alternativeEmail",
    "customerNumber",
    "defaultOrgId",
    "isFederated",
    "language",
    "linkedUserIdAccount",
    "locale",
]


def _body(value: object) -> Body:
    assert isinstance(value, dict)
    return value


def _only(value: object) -> Body:
    assert isinstance(value, list)
    (item,) = value
    return _body(item)


def _dates(body: Body) -> set[object]:
    return {value for name, value in body.items() if name.startswith("dt") or "Accepted" in name}


def test_built_in_callers() -> None:
    """The callers that come with callerid are these, each with a line for people."""
    callers = library.built_in()
    assert {name: caller.platforms for name, caller in callers.items()} == {
        "app": ("csp",),
        "both": ("m3ter", "csp"),
        "csp-sample": ("csp",),
        "expiring": ("csp",),
        "m3ter-sample": ("m3ter",),
        "member": ("csp",),
        "outage": ("m3ter",),
        "owner": ("csp",),
        "person": ("m3ter",),
        "refused": ("csp",),
        "service-user": ("m3ter",),
    }
    assert all(0 < len(caller.description) <= 53 for caller in callers.values())


def test_m3ter_sample_has_every_field() -> None:
    """The m3ter sample is the reference's body: these fields in this order, with its values."""
    m3ter = library.built_in()["m3ter-sample"].m3ter
    assert m3ter is not None
    me = _body(m3ter.me)
    assert list(me) == ["user", "serviceUser", "organization"]
    user, machine, organization = (_body(value) for value in me.values())
    assert list(user) == _SAMPLE_USER
    assert list(machine) == _SAMPLE_SERVICE_USER
    assert list(organization) == _SAMPLE_ORGANIZATION
    assert user["organizations"] == ["<string>"]
    assert user["supportUser"] is True
    assert (organization["type"], organization["status"]) == ("PRODUCTION", "ACTIVE")
    for body in (user, machine, organization):
        assert (body["id"], body["version"]) == ("<string>", 123)
        assert _dates(body) == {"2023-11-07T05:31:56Z"}


def test_csp_sample_has_every_field() -> None:
    """The CSP sample is the reference's body: these fields in this order, with its values."""
    csp = library.built_in()["csp-sample"].csp
    assert csp is not None
    info = _body(csp.info)
    assert list(info) == ["user", "userOrgInfo"]
    user, org = _body(info["user"]), _only(info["userOrgInfo"])
    assert list(user) == _SAMPLE_CSP_USER
    assert list(_body(user["userProfile"])) == _SAMPLE_PROFILE
    assert user["password"] == "string"
    assert list(org) == ["customRoles", "displayName", "name", "orgRoles", "servicesDef"]
    service, org_role = _only(org["servicesDef"]), _only(org["orgRoles"])
    fields = ["refLink", "roles", "serviceDisplayName", "serviceName", "serviceRoles"]
    assert list(service) == fields
    assert service["serviceRoles"] == ["string"]
    assert list(org_role) == _SAMPLE_ORG_ROLE
    assert (org_role["expiresAt"], org_role["visible"]) == (0, False)
    for role in (_only(org["customRoles"]), _only(service["roles"])):
        assert list(role) == _SAMPLE_ROLE
        assert role["expiresAt"] == 3609941597


@pytest.mark.parametrize(
    ("field", "value"), [("groupPolicies", {"nobody": []}), ("inheritedGroups", ["nobody"])]
)
def test_what_is_said_of_a_group_needs_it(field: str, value: object) -> None:
    """Policies of a group that the caller is not in are a mistake, as is that it is inherited."""
    m3ter = library.built_in()["person"].model_dump(by_alias=True, exclude_unset=True)
    m3ter["m3ter"][field] = value
    with pytest.raises(ValueError, match=rf"{field}.nobody: expected the id of one of"):
        Scenario.model_validate(m3ter)
