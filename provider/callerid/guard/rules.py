"""The rules of requireCaller: each is met, or yields the reason why it is not."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from callerid.config import PLATFORM_TITLES, organization_id, shortest_way
from callerid.errors import printable_line
from callerid.guard.evidence import Reason
from callerid.guard.roles import Held, required
from callerid.model import PRINCIPAL_TITLES
from callerid.shown import shown_address, shown_id, shown_name, shown_principal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callerid.guard.arguments import RequireCallerArgs
    from callerid.guard.evidence import Evidence
    from callerid.model import PrincipalType


def broken(args: RequireCallerArgs, evidence: Evidence) -> list[Reason]:
    """Return a reason for each rule that the caller does not meet."""
    reasons = (
        ("principalTypes", _principal(args.principal_types, evidence)),
        ("ids", _id(args.ids, evidence)),
        ("emails", _email(args.emails, evidence)),
        ("orgIds", _organization(args.org_ids, evidence)),
        ("allRoles", _roles(args, evidence, every=True)),
        ("anyRoles", _roles(args, evidence, every=False)),
        ("minTokenSecondsLeft", _token(args.min_token_seconds_left, evidence)),
        (None, _good_token(evidence)),
    )
    return [reason._replace(rule=rule) for rule, reason in reasons if reason]


def _principal(allowed: Sequence[PrincipalType] | None, evidence: Evidence) -> Reason | None:
    own = evidence.user.principal_type
    if allowed is None or (own in allowed and not evidence.type_inferred):
        return None
    wanted = " or ".join(f"a {PRINCIPAL_TITLES[each]} ({each})" for each in sorted(set(allowed)))
    if own in allowed:
        found = f"a caller who may be a {PRINCIPAL_TITLES[own]}: nothing says so"
        return Reason(wanted, found, evidence.type_cure)
    return Reason(wanted, f"a {PRINCIPAL_TITLES[own]} ({own})", f"use the credential of {wanted}")


def _id(allowed: Sequence[str] | None, evidence: Evidence) -> Reason | None:
    own = evidence.user.id
    if allowed is None or own in allowed:
        return None
    wanted = some_of(map(shown_principal, allowed))
    return Reason(f"caller {wanted}", printable_line(own), f"use a credential of {wanted}")


def _email(allowed: Sequence[str] | None, evidence: Evidence) -> Reason | None:
    own, title = evidence.user.email, _title(evidence)
    listed = own is not None and _fold(own) in map(_fold, allowed or ())
    if allowed is None or (listed and not evidence.email_refuted):
        return None
    wanted = some_of(map(shown_address, allowed))
    needed = f"e-mail address {wanted}"
    if own and listed:
        found = f"{printable_line(own)}, which {title} calls unverified"
        own_id = printable_line(evidence.user.id)
        return Reason(needed, found, f"verify the address, or use the rule ids with {own_id}")
    found = f"none, as {title} tells none" if own is None else printable_line(own)
    return Reason(needed, found, f"use a credential of {wanted}")


def _organization(allowed: Sequence[str] | None, evidence: Evidence) -> Reason | None:
    own, source = evidence.user.org_id, evidence.org_source
    ids = [organization_id(evidence.user.platform, each) for each in allowed or ()]
    listed = _fold(own) in map(_fold, ids)
    doubted = not evidence.org_vouched or evidence.elsewhere is not None
    if allowed is None or (listed and not doubted):
        return None
    wanted = some_of(map(shown_id, ids))
    needed = f"organization {wanted}"
    if not evidence.org_vouched:
        found = f"{shown_id(own)}, by {source} alone: the token names none"
        return Reason(needed, found, "use a token that names its organization")
    if listed:
        found = f"an answer about {printable_line(evidence.elsewhere or '')}"
        fix = f"ask {_title(evidence)} why it answers so, or use another credential"
        return Reason(needed, found, fix)
    fix = f"use a credential of {wanted}"
    if source:
        fix = f"choose organization {wanted} with {source}"
    return Reason(needed, shown_id(own), fix)


def _title(evidence: Evidence) -> str:
    return PLATFORM_TITLES[evidence.user.platform]


def _roles(args: RequireCallerArgs, evidence: Evidence, *, every: bool) -> Reason | None:
    names = args.all_roles if every else args.any_roles
    if names is None:
        return None
    held = Held(evidence, args.min_role_seconds_left)
    missing = [name for name in dict.fromkeys(names) if not held.counts(name)]
    if not missing or (not every and len(missing) < len(set(names))):
        return None
    return Reason(
        required=required(names, args.min_role_seconds_left, every=every),
        found=held.described(names),
        fix=held.fix(missing, every=every),
        label="held",
    )


def _token(seconds: float | None, evidence: Evidence) -> Reason | None:
    if seconds is None:
        return None
    left = evidence.token_left
    if left is not None and left >= seconds:
        return None
    found = _UNTOLD[evidence.token_end_is_garbled]
    if left is not None:
        found = f"{max(0, int(left))} s left"
    return Reason(f"an access token good for {seconds:.15g} s", found, _new_token(evidence))


def _good_token(evidence: Evidence) -> Reason | None:
    """Require of a token that alone speaks for its caller that it is known to be good."""
    if evidence.token_left is not None or not evidence.by_token:
        return None
    fix = f"use a token that tells when it ends: {_title(evidence)} does not check a machine's"
    return Reason("an access token that has not ended", _UNTOLD[False], fix)


_UNTOLD = {
    True: "one that tells its end in a form that cannot be read",
    False: "one that does not tell when it ends",
}
"""What a token is whose end is unknown, by whether it tells one."""


def _new_token(evidence: Evidence) -> str:
    if evidence.renewable:
        return "run this again with a new token, or lower minTokenSecondsLeft"
    source, renewed = evidence.user.credential_source, shortest_way(evidence.user.platform)
    return (
        f"set a new token in place of {source}, or unset it and use {renewed}, whose tokens renew"
    )


_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def _fold(text: str) -> str:
    """Fold the case of ASCII letters alone: Unicode folds other mailboxes into one as well."""
    return text.translate(_LOWER)


def some_of(names: Iterable[str]) -> str:
    """List what a program asks for, in its own order: `a, b or c`."""
    *head, last = [shown_name(name) for name in dict.fromkeys(names)]
    return f"{', '.join(head)} or {last}" if head else last
