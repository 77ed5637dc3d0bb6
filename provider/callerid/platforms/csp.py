"""VMware Cloud Services: the IAM API, as far as a caller needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.config import CSP_ACCESS_TOKEN, CSP_API_TOKEN, CSP_OAUTH_APP
from callerid.platforms import claims
from callerid.platforms.auth import Token, TokenReply, pair, single
from callerid.platforms.client import Client, segment
from callerid.platforms.csp_replies import CspUserInfo
from callerid.platforms.http import Answer, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.platforms.clock import Deadline

PREFIX = "/csp/gateway/am/api"
_BAD_TOKEN_STATUSES = frozenset({400, 404})
"""VMware Cloud Services says `invalid_grant` with these, where OAuth would say 401."""


class Csp(Client):
    """VMware Cloud Services, asked with one credential."""

    org_claim = "context_name"

    def info(self, org_id: str, deadline: Deadline) -> CspUserInfo:
        """Ask who the caller is, and with which roles: one answer for both questions."""
        path = f"{PREFIX}/loggedin/user/orgs/{segment(org_id)}/info"
        return self.read(path, CspUserInfo, deadline)

    def is_machine(self, token: Token) -> bool:
        """Tell a service account: an OAuth app, or a ready token that names no user."""
        flow = self.credential.flow
        if flow is CSP_ACCESS_TOKEN:
            return bool(token.claims) and claims.text(token.claims, "username") is None
        return flow is CSP_OAUTH_APP

    def _mint(self) -> Callable[[Deadline], TokenReply] | None:
        minters = {CSP_API_TOKEN: self._exchange_api_token, CSP_OAUTH_APP: self._exchange_app}
        return minters.get(self.credential.flow)

    def _exchange_api_token(self, deadline: Deadline) -> TokenReply:
        form = {"api_token": single(self.credential)}
        request = Request("POST", f"{PREFIX}/auth/api-tokens/authorize", form=form)
        return self._token_reply(self.exchange(request, deadline))

    def _exchange_app(self, deadline: Deadline) -> TokenReply:
        form = {"grant_type": "client_credentials"}
        request = Request("POST", f"{PREFIX}/auth/token", form=form, basic=pair(self.credential))
        return self._token_reply(self.exchange(request, deadline))

    def _token_reply(self, answer: Answer) -> TokenReply:
        if answer.answered.status in _BAD_TOKEN_STATUSES and "invalid_grant" in answer.said:
            hint = (
                f" It may be expired or revoked, or belong to another host than {self._http.host}: "
                "then set cspBaseUrl (CSP_BASE_URL)."
            )
            self.refuse_credential(answer.answered, hint)
        return self.token_reply(answer)
