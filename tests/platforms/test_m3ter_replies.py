"""What of m3ter's replies is read, absent or an error, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from callerid.model import outside
from callerid.platforms.m3ter.replies import (
    M3terCurrentUser,
    M3terOrganization,
    M3terPermissionPolicy,
    M3terPolicyStatement,
    M3terServiceUser,
    M3terUser,
    M3terUserDetails,
    M3terUserGroup,
    PolicyPage,
    one_or_more,
    read_next_token,
)
from callerid.platforms.m3ter.results import M3terUserOrgRoles

if TYPE_CHECKING:
    from callerid.model import Value


@pytest.mark.parametrize("sent", ["", " ", None, 7, [], ["a"], {}])
def test_what_is_no_plain_text_is_no_list_of_one(sent: object) -> None:
    """It stays what it is."""
    assert one_or_more(sent) is sent
    assert one_or_more(" a ") == [" a "]


@pytest.mark.parametrize("sent", ["0.0", " 0.0 ", "False", "NULL", 0, 0.0, False, None, "", "0"])
def test_what_ends_a_list(sent: object) -> None:
    """None in all forms."""
    assert read_next_token(sent) is None


@pytest.mark.parametrize(
    ("model", "sent"),
    [
        *((each, {"id": "i"}) for each in (M3terUser, M3terServiceUser, M3terOrganization)),
        *((each, {"id": "i"}) for each in (M3terPermissionPolicy, M3terUserGroup)),
        *((each, {}) for each in (M3terPolicyStatement, M3terUserDetails, M3terUserOrgRoles)),
        (PolicyPage, {"data": []}),
    ],
)
def test_what_is_not_sent_is_absent(model: type[Value], sent: dict[str, Any]) -> None:
    """No field has a value of its own."""
    read = model.model_validate(sent)
    others = model.model_fields.keys() - sent.keys()
    assert {name: getattr(read, name) for name in others} == dict.fromkeys(others)


@pytest.mark.parametrize("blank", ["", " "])
def test_what_decides_is_not_left_out_by_a_blank(blank: str) -> None:
    """It is no way to say nothing; no answer has a blank text."""
    me = {"user": {"id": "a"}, "organization": {"id": "o", "orgId": blank}}
    read = M3terCurrentUser.model_validate(me)
    assert read.unread
    assert outside(read)["organization"] == {"id": "o"}
    assert M3terUserDetails.model_validate({"dtEndAccess": blank}).dt_end_access == "unreadable"
    policies = (M3terUserDetails, M3terPermissionPolicy)
    for model, name in (*((each, "permissionPolicy") for each in policies), (PolicyPage, "data")):
        with pytest.raises(ValidationError):
            model.model_validate({"id": "i", name: blank})
