"""The facts that rules are checked against, and the reason for a rule that is not met."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from callerid.functions.get_current_user import GetCurrentUserResult
    from callerid.functions.get_user_org_roles import GetUserOrgRolesResult


class Evidence(NamedTuple):
    """What is known of the caller.

    `now` is in seconds since 1970. `token_left` are the seconds that the access token is still good
    for, None if unknown: because it does not tell, or because that `token_end_is_garbled`;
    `renewable` says whether callerid mints the tokens itself; `org_vouched` whether API or token
    confirm the organization, which otherwise only `org_source` names, a setting or argument;
    The rest is as in `platforms.contract`: `by_token`, `email_refuted`, `type_inferred`,
    `elsewhere`, and the cures `end_cure`, `type_cure` and `wider_token`.
    """

    user: GetCurrentUserResult
    held: GetUserOrgRolesResult
    email_refuted: bool
    type_inferred: bool
    elsewhere: str | None
    end_cure: str
    token_left: float | None
    token_end_is_garbled: bool
    by_token: bool
    renewable: bool
    org_vouched: bool
    org_source: str | None
    now: float
    type_cure: str
    wider_token: str


class Reason(NamedTuple):
    """Why a rule is not kept: what it requires, what there is instead, and what to do about it.

    `rule` is the argument; None for what every rule requires.
    """

    required: str
    found: str
    fix: str
    label: str = "found"
    rule: str | None = None

    @property
    def sentence(self) -> str:
        """The reason as data: one line."""
        fix = self.fix[0].upper() + self.fix[1:].removesuffix("?")
        end = "?" if self.fix.endswith("?") else "."
        return f"Required: {self.required}; {self.label}: {self.found}. {fix}{end}"
