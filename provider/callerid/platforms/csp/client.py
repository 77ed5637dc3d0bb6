"""VMware Cloud Services: the IAM API, as far as a caller needs it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from callerid.asking.client import Client
from callerid.asking.path import path
from callerid.asking.request import Answer, Request
from callerid.asking.token_endpoint import NoToken, is_missing
from callerid.asking.tokens import TokenReply, pair, single
from callerid.platforms.csp.replies import CspApiTokenDetails, CspUserInfo
from callerid.platforms.csp.settings import ACCESS_TOKEN, API_TOKEN, NAMES_NONE, OAUTH_APP
from callerid.shown import is_uuid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from callerid.asking.clock import Deadline
    from callerid.asking.refusals import Org
    from callerid.setting import Flow

PREFIX = "/csp/gateway/am/api"
HOSTS = (
    "console.cloud.vmware.com",
    "console.cloud.broadcom.com",
    "console.tanzu.broadcom.com",
    "console.cloud-us-gov.vmware.com",
    "console.cloud.omnissa.com",
)
"""VMware Cloud Services and its descendants; a token of one is unknown to the others."""
BAD_REQUEST = 400
TOKEN_PATHS = (f"{PREFIX}/auth/token", f"{PREFIX}/auth/authorize")
"""Where an OAuth app gets its tokens: the documented path, and an older one, which public clients
ask with the same request. That a deployment may have only the latter is inferred from them."""


class Csp(Client):
    """VMware Cloud Services, asked with one credential.

    The tokens of an OAuth app are by organization: `orgId` is a documented field of the request for
    one, and without it the token is of the organization that owns the app. Others are bound to one.
    """

    org_claim = "context_name"
    names_none = NAMES_NONE
    _token_paths: tuple[str, ...] = TOKEN_PATHS
    """The paths to try; the one alone that gave a token, as soon as one did."""

    def info(self, org: Org, deadline: Deadline) -> CspUserInfo | None:
        """Ask who the caller is, and with which roles: one answer for both functions.

        Returns:
            The answer; None for a machine, which the API refuses: so an OAuth app does not ask. An
            existing token may be a machine's where its claims name no user, and is, if refused.
        """
        if self.is_app:
            return None
        asked = path(f"{PREFIX}/loggedin/user/orgs/{{organization}}/info", organization=org.id)
        if self._may_be_machine(deadline):
            return self.read_if_allowed(asked, CspUserInfo, org, deadline)
        return self.read(asked, CspUserInfo, org, deadline)

    def api_token_details(self, deadline: Deadline) -> CspApiTokenDetails | None:
        """Ask until when the API token in use is good, and where.

        Returns:
            The details, or None if the request is refused or the credential is of another kind.

        Raises:
            ApiError: no usable answer came.
        """
        if self.credential.flow is not API_TOKEN:
            return None
        body = {"tokenValue": single(self.credential)}
        request = Request("POST", f"{PREFIX}/auth/api-tokens/details", json=body)
        answer = self.send(request, deadline)
        return self.parse(answer, CspApiTokenDetails, "answer") if answer.ok else None

    @property
    def is_app(self) -> bool:
        """Whether the credential is an OAuth app, and so the caller surely a machine."""
        return self.credential.flow is OAUTH_APP

    def _may_be_machine(self, deadline: Deadline) -> bool:
        if self.credential.flow is not ACCESS_TOKEN:
            return False
        claims = self.token(deadline).claims
        return bool(claims) and "username" not in claims

    def _mint(self) -> Callable[[Deadline], TokenReply] | None:
        minters: Mapping[Flow, Callable[[Deadline], TokenReply]] = {
            API_TOKEN: self._exchange_api_token,
            OAUTH_APP: partial(self._exchange_app, {}),
        }
        return minters.get(self.credential.flow)

    def _mint_for(self, org_id: str) -> Callable[[Deadline], TokenReply] | None:
        """Mint for an organization; its id is documented as a UUID, and nothing else is sent."""
        if not self.is_app or not is_uuid(org_id):
            return None
        return partial(self._exchange_app, {"orgId": org_id})

    def _exchange_api_token(self, deadline: Deadline) -> TokenReply:
        """Send the token under its current name, then, if that is unknown, under its old one."""
        answer = self._authorize("api_token", deadline)
        if _knows_no_such_parameter(answer):
            answer = self._authorize("refresh_token", deadline)
        return self._token_reply(answer)

    def _authorize(self, parameter: str, deadline: Deadline) -> Answer:
        form = {parameter: single(self.credential)}
        request = Request("POST", f"{PREFIX}/auth/api-tokens/authorize", form=form)
        return self.send(request, deadline)

    def _exchange_app(self, organization: Mapping[str, str], deadline: Deadline) -> TokenReply:
        """Ask at the documented path and, where that is missing, at the older one."""
        form = {"grant_type": "client_credentials", **organization}
        basic, answers = pair(self.credential), []
        for each in self._token_paths:
            answer = self.send(Request("POST", each, form=form, basic=basic), deadline)
            if answer.ok:
                self._token_paths = (each,)
            if not is_missing(answer):
                return self._token_reply(answer)
            answers.append(answer)
        return self._token_reply(answers[0])

    def _token_reply(self, answer: Answer) -> TokenReply:
        """Read an answer; `invalid_grant` comes with HTTP 400 or 404, where OAuth would say 401."""
        if not answer.ok and "invalid_grant" in answer.said:
            others = ", ".join(hosts_beside(self._http.host))
            hint = (
                f" It may be expired or revoked. {self._http.host} knows its own tokens only:\n"
                f"for one of another host ({others}) {self._http.other_base_url}."
            )
            raise NoToken(answer, hint)
        return self.token_reply(answer)


def hosts_beside(own: str) -> list[str]:
    """List the hosts of the platform without one of them, as it stands in a URL."""
    return [host for host in HOSTS if host != own.lower().removesuffix(":443")]


def _knows_no_such_parameter(answer: Answer) -> bool:
    """Return whether a 400 asks for the deprecated name; its wording is not documented."""
    if answer.answered.status != BAD_REQUEST or "invalid_grant" in answer.said:
        return False
    return any(word in answer.said for word in ("api_token", "refresh_token", "parameter"))
