"""requireCaller: may this caller go on?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.errors import RefusedError, Warned
from callerid.functions import Function, get_current_user, get_user_org_roles
from callerid.guard import refusal
from callerid.guard.arguments import RequireCallerArgs, missing
from callerid.guard.evidence import Evidence
from callerid.guard.rules import broken
from callerid.model import Value, outside
from callerid.platforms import part

if TYPE_CHECKING:
    from callerid.asking.call import Call
    from callerid.asking.client import Client
    from callerid.asking.refusals import Org


class RequireCallerResult(Value):
    """Whether the caller may go on, and if not, why."""

    allowed: bool
    """True when the caller keeps every rule; never true on a refusal."""
    reasons: list[str]
    """Why not: a sentence for each rule that is not kept. Empty when `allowed`. It quotes the
    rules, so keep secrets out of them."""
    role_names: list[str]
    """The names of the caller's active roles, sorted, each once."""
    id: str
    """The caller's id at the platform; stable."""
    display_name: str
    """The caller's name for people, never empty."""
    org_id: str
    """The id of the organization that was asked about."""
    recorded_at: str | None = None
    """When the answer was recorded, RFC 3339 in UTC, or `an unknown time`; only in answers replayed
    from a recording."""

    def __bool__(self) -> bool:
        """Return `allowed`: `if require_caller(..., on_refusal="warn"):` must not let all pass."""
        return self.allowed


def require_caller(args: RequireCallerArgs, call: Call) -> RequireCallerResult:
    """Require that the caller may go on: of the right kind, with the right roles.

    It fails closed: what the platform does not tell never passes a rule that needs it, and an API
    that fails is an error, with `onRefusal: warn` too.

    Raises:
        ArgumentError: there is no rule, or `minRoleSecondsLeft` has no role to apply to.
        RefusedError: the caller does not keep a rule, and `onRefusal` is `stop`.
        CalleridError: see the tree in `callerid.errors`.
    """
    if error := missing(outside(args)):
        raise error
    client, org = call.ask(args.platform, args.org_id)
    evidence = _evidence(client, org, call, args.min_token_seconds_left)
    user, held = evidence.user, evidence.held
    reasons = broken(args, evidence)
    if reasons:
        text, rule = refusal.text(evidence, reasons), reasons[0].rule
        if args.on_refusal != "warn":
            raise RefusedError(text, about=rule)
        client.warn(Warned(text, about=rule))
    return RequireCallerResult(
        allowed=not reasons,
        reasons=[reason.sentence for reason in reasons],
        role_names=held.role_names,
        id=user.id,
        display_name=user.display_name,
        org_id=user.org_id,
        recorded_at=user.recorded_at,
    )


def _evidence(client: Client, org: Org, call: Call, token_lasting: float | None) -> Evidence:
    """Ask for all that a rule may need, with a token that lasts if there is one."""
    if token_lasting is not None:
        client.token(call.deadline, org, token_lasting)
    answers = part(client.name, "answers").ANSWERS
    who = answers.who(client, org, call.deadline)
    rights = answers.rights(client, org, call.deadline)
    token = client.token(call.deadline, org)
    by_token = who.principal.by_token
    return Evidence(
        user=get_current_user.result(client, who),
        held=get_user_org_roles.result(client, org, rights),
        email_refuted=who.principal.email_refuted,
        type_inferred=who.principal.type_inferred,
        elsewhere=who.elsewhere,
        end_cure=rights.end_cure,
        token_left=client.token_left(token),
        token_end_is_garbled=token.end_is_garbled,
        by_token=by_token,
        renewable=client.renewable,
        org_vouched=not by_token or client.own_organization(token) is not None,
        org_source=org.source,
        now=client.clock.time(),
        type_cure=answers.type_cure,
        wider_token=answers.wider_token,
    )


FUNCTION = Function(
    "requireCaller", RequireCallerArgs, RequireCallerResult, require_caller, missing
)
