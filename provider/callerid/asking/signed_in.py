"""A platform's tokens: which organization they are of, and what is wrong where there are none."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic_core import ValidationError

from callerid.asking import claims, refusals
from callerid.asking.path import no_id
from callerid.asking.refusals import ARGUMENT, Org
from callerid.asking.token_endpoint import NoToken, refuses_credential
from callerid.asking.tokens import Token, TokenReply, Tokens, is_repeated, is_sendable
from callerid.asking.transport import Http
from callerid.config import (
    BY_NAME,
    PLATFORM_TITLES,
    TIMEOUT,
    Credential,
    PlatformConfig,
    organization_id,
)
from callerid.errors import (
    ApiError,
    ArgumentError,
    ConfigurationError,
    UnauthorizedError,
    UnexpectedReplyError,
    UnreachableError,
)
from callerid.model import Reply, rfc3339_seconds
from callerid.setting import setting_name
from callerid.shown import shown_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic_core import ErrorDetails

    from callerid.asking.clock import Clock, Deadline
    from callerid.asking.request import Answer, Request

R = TypeVar("R", bound=Reply)
SKEW_SECONDS = 60.0
"""By how much the clocks of an API and of this machine may differ."""
MOST_ORGANIZATIONS = 256
"""So many tokens are kept, where each organization takes one of its own."""
SHOWN = 3
"""How many problems of a reply an error lists."""


class SignedIn:
    """One platform, and the tokens of one credential there.

    Its tokens are of one organization: those of most credentials always of the same, which the
    platform knows. Of a credential that is in several, a token is asked for by organization: see
    `_mint_for`. Each then has tokens of its own, minted, renewed and dropped apart.
    """

    org_claim: str
    """The claim of the access token that names its organization."""
    names_none: frozenset[str] = frozenset()
    """Words in that claim, in lower case, that stand for no organization."""

    def __init__(
        self,
        platform: PlatformConfig,
        credential: Credential,
        clock: Clock,
        warn: Callable[[str], None],
        tell: Callable[[str], None] | None = None,
    ) -> None:
        """Open nothing yet; the first request does.

        `warn` shows a sentence to people; `tell` receives what is waited for.
        """
        self.name = platform.name
        self.title = PLATFORM_TITLES[platform.name]
        self.credential = credential
        self.clock = clock
        self.warn = warn
        self._org_setting = BY_NAME[setting_name(platform.name, "orgId")]
        self._org = Org(platform.org_id, platform.org_source) if platform.org_id else None
        self._http = Http(platform, clock, tell, self._is_secret)
        self._tokens = Tokens(clock, self._mint())
        self._tokens_by_org: dict[str, Tokens] = {}
        self.recorded_at: str | None = None
        """When the answers were recorded (RFC 3339); None for an API that answers live."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What people should know of the environment's variables for the network."""
        return self._http.warnings

    def _mint(self) -> Callable[[Deadline], TokenReply] | None:
        """Return the function that mints a token; None if the credential is an existing token.

        The token is of the credential's own organization.
        """
        raise NotImplementedError

    def _mint_for(self, org_id: str) -> Callable[[Deadline], TokenReply] | None:  # noqa: ARG002 - some platforms' need it
        """Return the function that mints a token for an organization that was asked for or set.

        None where the credential's tokens do not depend on it: `_mint` makes them then.
        """
        return None

    def _is_secret(self, text: str) -> bool:
        """Return whether a text from outside repeats a part of the credential, or of its tokens."""
        tokens = [self._tokens, *list(self._tokens_by_org.values())]
        return is_repeated(self.credential, text) or any(each.are_repeated(text) for each in tokens)

    @property
    def renewable(self) -> bool:
        """Whether callerid can mint another token; an existing token cannot be renewed."""
        return self._tokens.renewable

    def token(
        self, deadline: Deadline, org: Org | None = None, lasting: float | None = None
    ) -> Token:
        """Return the access token in use; a new one if that may be good for `lasting` seconds more.

        It is for questions about `org`. Without one it is that of the organization which is set,
        else of the credential's own, and whose it is has to be looked at.

        Raises:
            ConfigurationError: the token is of another organization than `org`.
            UnauthorizedError: the credential was refused.
            ApiError: the token endpoint could not be asked.
        """
        tokens = self._tokens_for(org)
        try:
            with waiting(self.title, deadline):
                token = tokens.get(self.credential, deadline, lasting)
        except NoToken as failed:
            asked_for = None if tokens is self._tokens else org or self._org
            if asked_for:
                self._tokens_by_org.pop(asked_for.id.lower(), None)
            raise self._no_token(failed, asked_for) from None
        if org:
            self._require_own(token, org)
        return token

    def _tokens_for(self, org: Org | None) -> Tokens:
        """Return the tokens for `org`, else for the one that is set, else the credential's own."""
        asked_for = org or self._org
        if asked_for is None or asked_for.source is None:
            return self._tokens
        key = asked_for.id.lower()
        known = self._tokens_by_org.get(key)
        if known is None:
            mint = self._mint_for(asked_for.id)
            made = Tokens(self.clock, mint) if mint else self._tokens
            known = self._tokens_by_org.setdefault(key, made)
            if len(self._tokens_by_org) > MOST_ORGANIZATIONS:
                self._tokens_by_org.pop(next(iter(self._tokens_by_org)), None)
        return known

    def _no_token(self, failed: NoToken, asked_for: Org | None) -> ApiError:
        """Return the error: the credential is not accepted, or something else than the API answers.

        `asked_for` is the organization that the token was asked for, if it was for one.
        """
        answer = failed.answer
        if refuses_credential(answer):
            hint = failed.hint or (f" {self._http.check_base_url()}" if answer.body is None else "")
            return refusals.of_credential(
                self.title, self.credential, answer.answered, hint, asked_for
            )
        if answer.is_page:
            return self._http.no_json(answer.answered)
        check = self._http.check_base_url()
        return refusals.of_token_endpoint(
            self.title, self._http.place, answer.answered, check, asked_for
        )

    def token_left(self, token: Token) -> float | None:
        """Return the seconds that a token is still good for, 0 or less if none; None if unknown."""
        return self._tokens.left(token)

    def organization(self, asked: str | None, deadline: Deadline) -> Org:
        """Find the organization to ask about: the one asked for, else set, else the token's own.

        Raises:
            ArgumentError: the one asked for cannot be an id.
            ConfigurationError: none is known, the one that is set cannot be an id, or the token
                belongs to another one.
        """
        if wanted := self._argument(asked) or self._org:
            self._require_id(wanted)
            self.token(deadline, wanted)
            return wanted
        own = self.own_organization(self.token(deadline))
        if not own:
            text = (
                f"{self.title} needs an organization, and the token names none. "
                f"Set {self._org_setting.ways}, or {ARGUMENT}."
            )
            raise ConfigurationError(text)
        found = Org(own, None)
        self._require_id(found)
        return found

    def _require_id(self, org: Org) -> None:
        if what := _no_id(org.id):
            text = f"{what} Check {refusals.place(org, self.credential)}."
            kind = ArgumentError if org.about else ConfigurationError
            raise kind(text, about=org.about)

    def _require_own(self, token: Token, org: Org) -> None:
        """Refuse a token of another organization than the one it is to be used for."""
        own = self.own_organization(token)
        if own and own.lower() != org.id.lower():
            way_out = f"Change {org.source}, or use" if org.source else "Use"
            text = (
                f"The token ({self.credential.source}) belongs to {self.title} organization "
                f"{shown_id(own)}, and organization {shown_id(org.id)} was asked for.\n"
                f"{way_out} a credential of that organization."
            )
            raise ConfigurationError(text, about=org.about)

    def _argument(self, asked: str | None) -> Org | None:
        if not asked:
            return None
        if own_id := organization_id(self.name, asked):
            return Org(own_id, ARGUMENT)
        raise refusals.no_organization()

    def own_organization(self, token: Token) -> str | None:
        """Return the organization that a token names as its own, None if it names none.

        Raises:
            ConfigurationError: it names one in a form that cannot be read.
        """
        if claims.is_unreadable(token.claims, self.org_claim):
            text = (
                f"The token ({self.credential.source}) names its {self.title} organization in a "
                f"form that cannot be read (claim {self.org_claim}).\nUse another token."
            )
            raise ConfigurationError(text)
        return self.claimed_organization(token.claims)

    @classmethod
    def claimed_organization(cls, token: Mapping[str, Any]) -> str | None:
        """Read the organization in a token's claims; None where there is none to be read."""
        return claims.organization(token, cls.org_claim, cls.names_none)

    def stop(self) -> None:
        """End what is under way; nothing is asked any more."""
        self._http.stop()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def parse(self, answer: Answer, model: type[R], what: str) -> R:
        """Read a successful answer; one warning names the fields of it that are left out.

        Raises:
            UnexpectedReplyError: a field that decides something is missing or has another type
                than documented.
        """
        left_out: set[str] = set()
        try:
            read = model.model_validate(answer.body, context=left_out)
        except ValidationError as error:
            problems = error.errors(include_input=False, include_url=False)
            more = f", and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
            reasons = "; ".join(_reason(each) for each in problems[:SHOWN]) + more
            text = f"{self.title} sent an unexpected {what} ({answer.answered}): {reasons}."
            raise UnexpectedReplyError(text, answer.answered) from None
        if left_out:
            self.warn(
                f"{self.title} sent an {what} in which fields are of another type than documented. "
                f"They are left out, or count against the caller: {', '.join(sorted(left_out))}."
            )
        return read

    def send(self, request: Request, deadline: Deadline) -> Answer:
        """Send a request; a refusal comes back as an answer."""
        answer = self._http.send(request, deadline)
        if answer.recorded_at and not self.recorded_at:
            self.warn(
                f"the answers of {self.title} are a replay: they were recorded at "
                f"{answer.recorded_at}, and count in previews alone."
            )
        self.recorded_at = answer.recorded_at or self.recorded_at
        return answer

    def token_reply(self, answer: Answer) -> TokenReply:
        """Read a token endpoint's answer.

        Raises:
            NoToken: it brings none; `token` makes the error.
            UnexpectedReplyError: there is no usable token in it.
        """
        if not answer.ok:
            raise NoToken(answer)
        try:
            reply = self.parse(answer, TokenReply, "token reply")
        except UnexpectedReplyError as error:
            if isinstance(answer.body, dict) and "access_token" in answer.body:
                raise
            text = f"{error}\n{self._http.check_base_url()}"
            raise UnexpectedReplyError(text, answer.answered) from None
        if not is_sendable(reply.access_token):
            text = f"{self.title} sent a token that no header can carry ({answer.answered})."
            raise UnexpectedReplyError(text, answer.answered)
        return reply

    def require_life(self, token: Token) -> None:
        """Refuse a token that is not good any more, where its claims answer and no API does.

        One that does not tell when it ends may be good.

        Raises:
            UnauthorizedError: it has expired, or its end cannot be read.
        """
        left, source = self._tokens.left(token), self.credential.source
        if token.end_is_garbled:
            text = (
                f"The token ({source}) tells its end in a form that cannot be read, and "
                f"{self.title} confirms nothing of what it claims.\nUse another token."
            )
            raise UnauthorizedError(text)
        if claims.not_before(token.claims) > self.clock.time() + SKEW_SECONDS:
            text = f"The token ({source}) is not good yet. Check the clock of this machine."
            raise UnauthorizedError(text)
        if left is None or left > 0:
            return
        cure = f"Check {self.credential.whole}."
        if self.renewable:
            cure = 'It is new, so check the clock of this machine: "callerid doctor" compares it.'
        text = f"The token ({source}) is no longer good.{self._expiry(token)}\n{cure}"
        raise UnauthorizedError(text)

    def _expiry(self, token: Token) -> str:
        if token.life is None or not self._tokens.expired(token):
            return ""
        return f" It expired at {rfc3339_seconds(token.life.expires_at)}."


@contextmanager
def waiting(title: str, deadline: Deadline) -> Iterator[None]:
    """Turn running out of time behind another thread into the error that thread would get."""
    try:
        yield
    except TimeoutError:
        text = (
            f"{title} gave no answer within {deadline.seconds:g} s, the limit of {TIMEOUT}. "
            "Try again later."
        )
        raise UnreachableError(text) from None


def _no_id(text: str) -> str | None:
    """Report why a text cannot be the id of an organization."""
    if why := no_id(text):
        return f"An organization id cannot be {why}."
    if text.startswith("/") or "://" in text:
        return "An organization id is no link. Give the id in it alone."
    return None


def _reason(problem: ErrorDetails) -> str:
    """Report what is wrong with a reply: in the model's own words, or by the field's name."""
    if problem["type"] == "value_error":
        return str(problem["ctx"]["error"])
    place = ".".join(str(part) for part in problem["loc"]) or "the whole"
    return f"{place} is missing or of another type than documented"
