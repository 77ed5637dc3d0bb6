"""Which roles count for a rule, which do not and why, and how to fix it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from callerid.config import ROLE_PREFIXES
from callerid.errors import printable_line
from callerid.model import epoch_seconds
from callerid.nearest import nearest_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callerid.functions.get_current_user import GetCurrentUserResult
    from callerid.functions.get_user_org_roles import GetUserOrgRolesResult
    from callerid.model import Role

_PREFIX = re.compile(ROLE_PREFIXES or r"(?!)")
NONE = ""
"""In place of an organization: it is unknown, so no role counts."""
SHOWN = 12
"""How many held roles a refusal lists; a token may carry hundreds of permissions."""


_SLIP = 0.8
"""How alike two roles' names are where one is a slip of the pen: `Auditor` is none of `Editor`."""


class Flaw(NamedTuple):
    """Why a role that is held does not count: a note beside its name, and how to fix it."""

    note: str
    fix: str


def organization_of(user: GetCurrentUserResult, held: GetUserOrgRolesResult) -> str | None:
    """Name the organization whose roles count; None if the API reported one or none.

    Where an API reports several, roles of the others do not count, and if it is unknown which
    one was asked about, none of them does.
    """
    if len(held.organizations) < 2:  # noqa: PLR2004 - several
        return None
    name = user.organization.name if user.organization else None
    names = [each.name for each in held.organizations]
    return name if name and names.count(name) == 1 else NONE


class Held(NamedTuple):
    """The roles of an answer, as a rule sees them.

    `organization` is the only one whose roles count, None for any; `now` is in seconds since 1970;
    `seconds_left` is how long a role must last, None for any time; `source` names the credential;
    `wider_token` says how to get a token that carries a role, as in `platforms.contract`.
    """

    roles: Sequence[Role]
    organization: str | None
    now: float
    seconds_left: float | None
    source: str
    wider_token: str

    def counts(self, name: str) -> bool:
        """Return whether a role of this name is held without a flaw."""
        return any(name in names(role) and self._flaw(role) is None for role in self.roles)

    def described(self, wanted: Sequence[str]) -> str:
        """List the roles held, the wanted ones first, each with its flaw."""
        ordered = sorted(self.roles, key=lambda role: (not names(role) & set(wanted), role.name))
        texts = list(dict.fromkeys(self._described(role) for role in ordered))
        more = f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
        return ", ".join(texts[:SHOWN]) + more or "none"

    def fix(self, missing: Sequence[str], *, every: bool) -> str:
        """Describe the fix for the `missing` names: all of them if `every`, else any one."""
        absent = [name for name in missing if not self._of(name)]
        meant = {name: role for name in absent if (role := self._meant(name))}
        unknown = [name for name in absent if name not in meant]
        held = [role for name in missing for role in self._of(name)]
        flaws = [flaw.fix for role in held if (flaw := self._flaw(role))]
        ask = [_ask(unknown, every=every)] if unknown else []
        fixes = dict.fromkeys(sorted([*ask, *flaws], key=lambda fix: not fix.startswith(_MINT)))
        rest = (", and " if every else ", or ").join(fixes)
        hints = " ".join(
            self._hint(name, role, flaws)
            for name in absent
            if (role := meant.get(name) or self._near(name))
        )
        return f"{hints} Otherwise {rest}" if hints and rest else hints or rest

    def _of(self, name: str) -> list[Role]:
        return [role for role in self.roles if name in names(role)]

    def _described(self, role: Role) -> str:
        flaw = self._flaw(role)
        return f"{_name(role)} ({flaw.note})" if flaw else _name(role)

    def _meant(self, wanted: str) -> Role | None:
        """Find a held role whose name differs from the wanted one in case or prefix alone."""
        return next(
            (
                role
                for role in self._best_first()
                if _bare(wanted, role.service_name) == role.name.casefold()
            ),
            None,
        )

    def _near(self, wanted: str) -> Role | None:
        """Find the held role that a slip of the pen in its name, or its service's, makes `wanted`.

        The parts are compared one by one: `network/admin` is no slip of `compute/admin`.
        """
        bare = _PREFIX.sub("", wanted)
        service, slash, name = bare.rpartition("/")
        roles = self._best_first()
        found = _slip(bare, [role for role in roles if ("/" in role.name) == bool(slash)])
        if found or not slash:
            return found
        services = [role.service_name for role in roles if role.service_name]
        meant = nearest_name(service, services, _SLIP)
        return _slip(name, [role for role in roles if meant and role.service_name == meant])

    def _best_first(self) -> list[Role]:
        """Order the roles so that those that count come first."""
        return sorted(self.roles, key=lambda role: self._flaw(role) is not None)

    def _hint(self, wanted: str, role: Role, told: Sequence[str]) -> str:
        """Ask whether a role is meant; one that does not count is no cure by itself."""
        text = f"no role {printable_line(wanted)} is held: did you mean {self._described(role)}?"
        flaw = self._flaw(role)
        return f"{text} If so, {flaw.fix}." if flaw and flaw.fix not in told else text

    def _flaw(self, role: Role) -> Flaw | None:
        name = _name(role)
        if not role.active:
            day = f" {role.expires_at[:10]}" if role.expires_at else ""
            return Flaw(f"expired{day}", f"renew {name}")
        if role.in_token is False:
            return Flaw("not in the token", f"{_MINT} {name}: {self.wider_token} {self.source}")
        if self._is_elsewhere(role):
            place = printable_line(role.organization or "an organization that is not told")
            return Flaw(f"held in {place}", f"ask for {name} in the organization asked about")
        if role.expires_at and epoch_seconds(role.expires_at) is None:
            return Flaw("ends at no time that can be read", f"have the end of {name} put right")
        return self._ends_too_soon(role)

    def _is_elsewhere(self, role: Role) -> bool:
        return self.organization is not None and role.organization != self.organization

    def _ends_too_soon(self, role: Role) -> Flaw | None:
        if self.seconds_left is None:
            return None
        if role.source == "token":
            return Flaw("known from the token alone, which tells no end", _NO_END)
        ends = epoch_seconds(role.expires_at)
        if ends is None or ends - self.now >= self.seconds_left:
            return None
        return Flaw(f"ends {role.expires_at}", f"renew {_name(role)}")


_MINT = "mint a token that carries"
_NO_END = (
    "leave minRoleSecondsLeft out for a caller whose roles only the token tells, or use a person's "
    "credential"
)


def names(role: Role) -> set[str]:
    """Return the names that a rule may use for a role."""
    return {role.name, f"{role.service_name}/{role.name}"} if role.service_name else {role.name}


def required(wanted: Sequence[str], seconds_left: float | None, *, every: bool) -> str:
    """Describe what a rule requires: `any of a, b`, `all of a, b`, or the one name."""
    several = "all of " if every else "any of "
    texts = [printable_line(name) for name in dict.fromkeys(wanted)]
    lasting = f", for {seconds_left:.15g} s more" if seconds_left is not None else ""
    return (several if len(texts) > 1 else "") + ", ".join(texts) + lasting


def _ask(unknown: Iterable[str], *, every: bool) -> str:
    texts = [printable_line(name) for name in unknown]
    many = "roles" if len(texts) > 1 and every else "role"
    listed = (" and " if every else " or ").join(texts)
    return f"ask an administrator of the organization for the {many} {listed}"


def _name(role: Role) -> str:
    name = f"{role.service_name}/{role.name}" if role.kind == "service" else role.name
    return printable_line(name)


def _slip(name: str, roles: Sequence[Role]) -> Role | None:
    """Find the role whose name is nearest; of several of one name the first."""
    known = {role.name: role for role in reversed(roles)}
    found = nearest_name(name, known, _SLIP)
    return known[found] if found else None


def _bare(name: str, service: str | None) -> str:
    """Strip what people write before a name: a token's prefix, `Service/NAME`."""
    bare = _PREFIX.sub("", name.casefold())
    return bare.removeprefix(f"{service.casefold()}/") if service else bare
