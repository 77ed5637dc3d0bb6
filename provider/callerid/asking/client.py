"""What the platforms' clients share: one answer for all who ask, errors for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from callerid.asking import refusals
from callerid.asking.once import Kept, Once
from callerid.asking.request import Answer, Request
from callerid.asking.signed_in import SKEW_SECONDS, SignedIn, waiting
from callerid.model import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.asking.clock import Clock, Deadline
    from callerid.asking.path import ApiPath
    from callerid.asking.refusals import Org
    from callerid.asking.tokens import Token, Tokens
    from callerid.config import Credential, PlatformConfig
    from callerid.errors import ApiError

R = TypeVar("R", bound=Reply)
ANSWER_SECONDS = 300.0
"""How long an answer is kept."""
UNAUTHORIZED, NOT_ALLOWED = 401, 405


class _RefusedAnswer(Exception):  # noqa: N818 - it is an answer, and becomes an error for each who waits
    """An answer that is no 2xx, to a token."""

    def __init__(self, answer: Answer, token: Token) -> None:
        super().__init__()
        self.answer = answer
        self.token = token


class _Question(NamedTuple):
    """What an answer is kept for: ids make one path of two templates, and each has its model.

    Where `may_be_refused`, a refusal is an answer too. What is told to one organization's `tokens`
    is none of another's.
    """

    path: ApiPath
    model: type[Reply]
    may_be_refused: bool
    tokens: Tokens

    def __str__(self) -> str:
        """Show the path, as logs may have it."""
        return self.path.shown


class Client(SignedIn):
    """One platform, asked with one credential."""

    def __init__(
        self,
        platform: PlatformConfig,
        credential: Credential,
        clock: Clock,
        warn: Callable[[str], None],
        tell: Callable[[str], None] | None = None,
    ) -> None:
        """As `SignedIn`, and with no answer yet."""
        super().__init__(platform, credential, clock, warn, tell)
        self._answers: Once[Reply | None] = Once(clock)

    def read(self, path: ApiPath, model: type[R], org: Org, deadline: Deadline) -> R:
        """Read a path once in five minutes, however many threads ask for it; it is about `org`.

        Raises:
            ApiError: see the tree in `callerid.errors`; the text is safe to show.
        """
        return cast("R", self._keep(path, model, org, deadline, may_be_refused=False))

    def read_if_allowed(
        self, path: ApiPath, model: type[R], org: Org, deadline: Deadline
    ) -> R | None:
        """Like `read`, but return None, and cache it, if the API refuses: HTTP 403 or 404."""
        return cast("R | None", self._keep(path, model, org, deadline, may_be_refused=True))

    def _keep(
        self,
        path: ApiPath,
        model: type[Reply],
        org: Org,
        deadline: Deadline,
        *,
        may_be_refused: bool,
    ) -> Reply | None:
        """Return the answer to a question; each thread that waits gets its own error."""
        question = _Question(path, model, may_be_refused, self._tokens_for(org))

        def produce() -> Kept[Reply | None]:
            answer, token = self._ask(question, org, deadline)
            return Kept(answer, self.clock.monotonic() + self._kept_for(token))

        try:
            with waiting(self.title, deadline):
                return self._answers.get(question, produce, deadline)
        except _RefusedAnswer as refused:
            raise self._refusal(refused.answer, refused.token, org) from None

    def _kept_for(self, token: Token) -> float:
        """Return for how many seconds an answer is kept: no longer than an existing token lasts.

        Where that is over by our clock and the API takes it, our clock is ahead.
        """
        left = None if self._tokens.renewable else self._tokens.left(token)
        if left is None:
            return ANSWER_SECONDS
        return min(ANSWER_SECONDS, left if left > 0 else SKEW_SECONDS)

    def _refusal(self, answer: Answer, token: Token, org: Org) -> ApiError:
        """Return the error: the credential is not accepted, or this request is denied."""
        answered = answer.answered
        if answer.is_page:
            return self._http.no_json(answered)
        ready_refused = not self._tokens.renewable and self._token_refused(answer, token)
        if ready_refused or self._is_told_expired(answer) or answered.status == UNAUTHORIZED:
            expiry = self._expiry(token)
            return refusals.of_credential(self.title, self.credential, answered, expiry)
        if answered.status == NOT_ALLOWED:
            return refusals.of_method(self.title, answered, self._http.check_base_url())
        return refusals.of_question(self.title, self.credential, answered, org)

    def _ask(self, question: _Question, org: Org, deadline: Deadline) -> tuple[Reply | None, Token]:
        """Ask; return the token it was asked with too.

        A page is no refusal by the API, whose word no claims may then replace; nor may those of a
        token of which the API says that it has expired.
        """
        answer, token = self._answer(question.path, org, deadline)
        refused = answer.answered.status in refusals.ERRORS and not answer.is_page
        if question.may_be_refused and refused and not self._is_told_expired(answer):
            return None, token
        if not answer.ok:
            raise _RefusedAnswer(answer, token)
        return self.parse(answer, question.model, "answer"), token

    def _is_told_expired(self, answer: Answer) -> bool:
        """Return whether the API says of an existing token that it has expired, in this word.

        `Unauthorized` is no proof: it may be said where a right is missing, too.
        """
        return not self._tokens.renewable and "expired" in answer.said

    def _answer(self, path: ApiPath, org: Org, deadline: Deadline) -> tuple[Answer, Token]:
        """Get the answer, with a new token where the first is refused, and the token it is to."""
        token = self.token(deadline, org)
        answer = self._get(path, token, deadline)
        if self._tokens.renewable and self._token_refused(answer, token):
            self._tokens_for(org).drop(token)
            token = self.token(deadline, org)
            answer = self._get(path, token, deadline)
        return answer, token

    def _get(self, path: ApiPath, token: Token, deadline: Deadline) -> Answer:
        return self.send(Request("GET", path, token.headers()), deadline)

    def _token_refused(self, answer: Answer, token: Token) -> bool:  # noqa: ARG002 - some platforms' need it
        """Return whether the answer refuses the token itself, not the caller's rights."""
        return answer.answered.status == UNAUTHORIZED
