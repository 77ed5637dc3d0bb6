"""Which roles count for a rule, which do not and why, and how to fix it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from callerid.config import BUILT_IN_ROLES
from callerid.errors import printable_line
from callerid.guard.role_names import names, shown, without_kind, without_prefix
from callerid.model import epoch_seconds, is_past
from callerid.nearest import nearest_name
from callerid.role_rules import lack
from callerid.shown import shown_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callerid.guard.evidence import Evidence
    from callerid.model import Role

SHOWN = 12
"""How many held roles a refusal lists; a token may carry hundreds of permissions."""
HINTED = 5
"""For how many missing roles a refusal looks for a slip of the pen."""
_SLIP = 0.8
"""How alike two roles' names are where one is a slip of the pen: `Auditor` is none of `Editor`."""
_MOST_COMPARED = 1_000
"""With how many roles a name is compared for a slip of the pen: each takes a while."""


class Flaw(NamedTuple):
    """Why a role that is held does not count: a note beside its name, and how to fix it."""

    note: str
    fix: str


class Held:
    """The roles of a caller, as a rule sees them."""

    def __init__(self, evidence: Evidence, seconds_left: float | None) -> None:
        """Take the roles of an answer; each must last for `seconds_left`, None for any time."""
        self.evidence = evidence
        self.seconds_left = seconds_left
        self.roles: Sequence[Role] = evidence.held.roles
        own = {role.name for role in self.roles if role.kind == "organization"}
        self._taken = BUILT_IN_ROLES[evidence.user.platform] | own
        self._by_name: dict[str, list[Role]] = {}
        for role in self.roles:
            for name in names(role, self._taken):
                self._by_name.setdefault(name, []).append(role)

    def counts(self, name: str) -> bool:
        """Return whether a role of this name is held without a flaw."""
        return any(self._flaw(role) is None for role in self._of(name))

    def described(self, wanted: Sequence[str]) -> str:
        """List the roles held, the wanted ones first, each with its flaw."""
        first = {id(role) for name in wanted for role in self._of(name)}
        ordered = sorted(self.roles, key=lambda role: (id(role) not in first, role.name))
        texts = list(dict.fromkeys(self._described(role) for role in ordered))
        more = f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
        return ", ".join(texts[:SHOWN]) + more or "none"

    def fix(self, missing: Sequence[str], *, every: bool) -> str:
        """Describe the fix for the `missing` names: all of them if `every`, else any one."""
        absent = [name for name in missing if not self._of(name)]
        meant = {name: role for name in absent if (role := self._meant(name))}
        unknown = [name for name in absent if name not in meant]
        near = {name: role for name in unknown[:HINTED] if (role := self._near(name))}
        held = [role for name in missing for role in self._of(name)]
        flaws = [flaw.fix for role in held if (flaw := self._flaw(role))]
        ask = [_ask(unknown, every=every)] if unknown else []
        fixes = dict.fromkeys(sorted([*ask, *flaws], key=lambda fix: not fix.startswith(_MINT)))
        rest = (", and " if every else ", or ").join(fixes)
        hints = " ".join(
            self._hint(name, role, flaws)
            for name in absent
            if (role := meant.get(name) or near.get(name))
        )
        return f"{hints} Otherwise {rest}" if hints and rest else hints or rest

    def _of(self, name: str) -> list[Role]:
        return self._by_name.get(name, [])

    def _name(self, role: Role) -> str:
        return printable_line(shown(role, self._taken))

    def _described(self, role: Role) -> str:
        flaw = self._flaw(role)
        return f"{self._name(role)} ({flaw.note})" if flaw else self._name(role)

    def _meant(self, wanted: str) -> Role | None:
        """Find a held role whose name differs from the wanted one in case or prefix alone."""
        bare = _bare(wanted, None)
        ends = [bare, *(bare[place.end() :] for place in re.finditer("/", bare))]
        alike = (role for end in ends for role in self._by_folded_name.get(end, ()))
        return next(
            (each for each in alike if _bare(wanted, each.service_name) == each.name.casefold()),
            None,
        )

    @cached_property
    def _by_folded_name(self) -> dict[str, list[Role]]:
        found: dict[str, list[Role]] = {}
        for role in self._best:
            found.setdefault(role.name.casefold(), []).append(role)
        return found

    def _near(self, wanted: str) -> Role | None:
        """Find the held role that a slip of the pen in its name, or its service's, makes `wanted`.

        The parts are compared one by one: `network/admin` is no slip of `compute/admin`.
        """
        bare = without_kind(without_prefix(wanted))
        service, slash, name = bare.rpartition("/")
        roles = self._best[:_MOST_COMPARED]
        found = _slip(bare, [role for role in roles if ("/" in role.name) == bool(slash)])
        if found or not slash:
            return found
        services = [role.service_name for role in roles if role.service_name]
        meant = nearest_name(service, services, _SLIP)
        return _slip(name, [role for role in roles if meant and role.service_name == meant])

    @cached_property
    def _best(self) -> list[Role]:
        """The roles, those that count first."""
        return sorted(self.roles, key=lambda role: self._flaw(role) is not None)

    def _hint(self, wanted: str, role: Role, told: Sequence[str]) -> str:
        """Ask whether a role is meant; one that does not count is no cure by itself."""
        text = f"no role {shown_name(wanted)} is held: did you mean {self._described(role)}?"
        flaw = self._flaw(role)
        return f"{text} If so, {flaw.fix}." if flaw and flaw.fix not in told else text

    def _flaw(self, role: Role) -> Flaw | None:
        return self._ended(role) or self._misplaced(role) or self._ends_too_soon(role)

    def _ended(self, role: Role) -> Flaw | None:
        name, ends = self._name(role), role.expires_at
        if ends and epoch_seconds(ends) is None:
            return Flaw("ends at no time that can be read", f"have the end of {name} put right")
        if ends and is_past(ends, self.evidence.now):
            return Flaw(f"expired {ends[:_DAY]}", f"renew {name}")
        return None

    def _misplaced(self, role: Role) -> Flaw | None:
        name = self._name(role)
        why = lack(role)
        if why == "not active" or not self.evidence.org_vouched:
            return self._elsewhere(role)
        if why == "not in the token":
            how = f"{self.evidence.wider_token} {self.evidence.user.credential_source}"
            return Flaw(why, f"{_MINT} {name}: {how}")
        if why == "allows nothing":
            return Flaw(why, f"have {name} allow what is needed, or ask for another")
        return None

    def _elsewhere(self, role: Role) -> Flaw:
        """Tell of a role that is not surely held in the organization asked about."""
        of_another = role.source == "token" and self.evidence.elsewhere is not None
        if role.kind == "permission" and not role.active and not of_another:
            return Flaw("in a form that callerid does not know", "require another role")
        if of_another or not self.evidence.org_vouched:
            return Flaw(f"held in {_NOWHERE}", "use a token that names its organization")
        if self._is_doubted(role):
            return Flaw("not surely held here", "have the API's answer put right: see the warning")
        place, name = printable_line(role.organization or _NOWHERE), self._name(role)
        return Flaw(f"held in {place}", f"ask for {name} in the organization asked about")

    def _is_doubted(self, role: Role) -> bool:
        """Return whether a role is of the organization asked about, by its name alone."""
        if role.organization is None or self.evidence.elsewhere is None:
            return False
        asked = self.evidence.user.organization
        return asked is not None and role.organization == asked.name

    def _ends_too_soon(self, role: Role) -> Flaw | None:
        if self.seconds_left is None:
            return None
        if not role.end_known:
            return Flaw(_NOTES[role.source], self.evidence.end_cure)
        ends = epoch_seconds(role.expires_at)
        if ends is None or ends - self.evidence.now >= self.seconds_left:
            return None
        return Flaw(f"ends {role.expires_at}", f"renew {self._name(role)}")


_NOWHERE = "an organization that is not told"
_DAY = len("2026-11-22")
_MINT = "mint a token that carries"
_NOTES = {
    "api": "nobody tells until when",
    "token": "known from the token alone, which tells no end",
}
"""What is said of a role whose end is unknown, by where the role is known from."""


def required(wanted: Sequence[str], seconds_left: float | None, *, every: bool) -> str:
    """Describe what a rule requires: `any of a, b`, `all of a, b`, or the one name."""
    several = "all of " if every else "any of "
    texts = [shown_name(name) for name in dict.fromkeys(wanted)]
    lasting = f", for {seconds_left:.15g} s more" if seconds_left is not None else ""
    return (several if len(texts) > 1 else "") + ", ".join(texts) + lasting


def _ask(unknown: Iterable[str], *, every: bool) -> str:
    texts = [shown_name(name) for name in unknown]
    many = "roles" if len(texts) > 1 and every else "role"
    listed = (" and " if every else " or ").join(texts)
    return f"ask an administrator of the organization for the {many} {listed}"


def _slip(name: str, roles: Sequence[Role]) -> Role | None:
    """Find the role whose name is nearest; of several of one name the first."""
    known = {role.name: role for role in reversed(roles)}
    found = nearest_name(name, known, _SLIP)
    return known[found] if found else None


def _bare(name: str, service: str | None) -> str:
    """Strip what people write before a name: a token's prefix, `KIND/NAME`, `SERVICE/NAME`."""
    bare = without_kind(without_prefix(name.casefold()))
    return bare.removeprefix(f"{service.casefold()}/") if service else bare
