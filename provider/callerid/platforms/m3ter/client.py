"""The m3ter API: https://www.m3ter.com/docs (permissions, users), as far as a caller needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from callerid.asking.client import Client
from callerid.asking.path import ApiPath, path
from callerid.asking.refusals import FORBIDDEN
from callerid.asking.request import Answer, Request
from callerid.asking.tokens import Token, TokenReply, pair
from callerid.errors import UnexpectedReplyError
from callerid.model import MOST_ITEMS
from callerid.platforms.m3ter.replies import (
    M3terCurrentUser,
    M3terPermissionPolicy,
    M3terUserDetails,
    M3terUserGroup,
    Page,
    PolicyPage,
    T,
    UserGroupPage,
)
from callerid.platforms.m3ter.settings import KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.asking.clock import Deadline
    from callerid.asking.refusals import Org

    Holder = Literal["users", "serviceusers", "resourcegroups/user"]
    """Who can hold a permission policy, as its part of the path."""

PAGE_SIZE = 100
"""The largest page size that all of m3ter's lists allow."""
MAX_PAGES = 50
"""Where following pages ends: an API that never ends its list must not hold a preview."""
_LOOP = "m3ter does not end a list of the caller's rights: a nextToken leads to itself."
_TOO_MANY = f"m3ter lists more than {MOST_ITEMS:,} rights of the caller."


class M3ter(Client):
    """m3ter, asked with one credential."""

    org_claim = "orgId"

    def me(self, org: Org, deadline: Deadline) -> M3terCurrentUser:
        """Ask who the caller is: `GET /organizations/{orgId}/users/me`."""
        asked = path("/organizations/{organization}/users/me", organization=org.id)
        return self.read(asked, M3terCurrentUser, org, deadline)

    def policies(
        self, org: Org, holder: Holder, holder_id: str, deadline: Deadline
    ) -> list[M3terPermissionPolicy] | None:
        """List the permission policies of a person, service user or user group, all pages.

        For service users the operation is documented; its path is inferred from the one of users.

        Returns:
            The policies, or None if m3ter denies the request (HTTP 403 or 404).
        """
        asked = _path(org, holder, holder_id, "/permissions")
        return self._list(asked, PolicyPage, org, deadline)

    def user_groups(
        self, org: Org, user_id: str, deadline: Deadline
    ) -> list[M3terUserGroup] | None:
        """List the user groups of a person, all pages; None where m3ter refuses.

        Those that hold a group of the person's are among them: `inherited`.
        """
        asked = _path(org, "users", user_id, "/usergroups")
        return self._list(asked, UserGroupPage, org, deadline, inherited="true")

    def user_details(self, org: Org, user_id: str, deadline: Deadline) -> M3terUserDetails | None:
        """Read what a person holds in person, and until when; None where m3ter refuses."""
        asked = _path(org, "users", user_id)
        return self.read_if_allowed(asked, M3terUserDetails, org, deadline)

    def _list(
        self,
        asked: ApiPath,
        page_model: type[Page[T]],
        org: Org,
        deadline: Deadline,
        **more: str,
    ) -> list[T] | None:
        found: list[T] = []
        query = {"pageSize": f"{PAGE_SIZE}", **more}
        followed: set[str] = set()
        while len(followed) < MAX_PAGES:
            page = self.read_if_allowed(asked.asking(query), page_model, org, deadline)
            if page is None:
                return None
            found += page.data
            if len(found) > MOST_ITEMS:
                raise UnexpectedReplyError(_TOO_MANY)
            if not page.next_token:
                return found
            if page.next_token in followed:
                raise UnexpectedReplyError(_LOOP)
            followed.add(page.next_token)
            query["nextToken"] = page.next_token
        message = f"m3ter does not end a list of the caller's rights after {MAX_PAGES} pages."
        raise UnexpectedReplyError(message)

    def _mint(self) -> Callable[[Deadline], TokenReply] | None:
        return self._exchange_key if self.credential.flow is KEY else None

    def _exchange_key(self, deadline: Deadline) -> TokenReply:
        body = {"grant_type": "client_credentials"}
        request = Request("POST", "/oauth/token", json=body, basic=pair(self.credential))
        return self.token_reply(self.send(request, deadline))

    def _token_refused(self, answer: Answer, token: Token) -> bool:
        """Read m3ter's 403 too: it says `Unauthorized` for an expired token."""
        if answer.answered.status != FORBIDDEN:
            return super()._token_refused(answer, token)
        said_so = "unauthorized" in answer.said or "expired" in answer.said
        return said_so or self._tokens.expired(token)


_GAPS: dict[Holder, str] = {
    "users": "user",
    "serviceusers": "service_user",
    "resourcegroups/user": "user_group",
}
"""What a holder is called where its id is no good."""


def _path(org: Org, holder: Holder, holder_id: str, rest: str = "") -> ApiPath:
    gap = _GAPS[holder]
    template = f"/organizations/{{organization}}/{holder}/{{{gap}}}{rest}"
    return path(template, organization=org.id, **{gap: holder_id})
