"""Which roles count, and what a refusal says of those that do not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from callerid.guard.roles import HINTED, SHOWN, Flaw, Held, required
from callerid.model import Role, Statement

NOW = 1_800_000_000.0
DAY = 86400
MINT = "mint a token that carries"
ASK = "ask an administrator of the organization for the"


def _role(name: str, kind: Any = "policy", **more: Any) -> Role:
    fields = {"source": "api", "active": True, "end_known": True, **more}
    return Role(name=name, kind=kind, **fields)


def _held(*roles: Role, seconds: float | None = None, **more: Any) -> Held:
    evidence: Any = SimpleNamespace(
        held=SimpleNamespace(roles=roles),
        user=SimpleNamespace(
            platform=more.pop("platform", "m3ter"),
            credential_source="KEY",
            organization=more.pop("organization", SimpleNamespace(name="acme")),
        ),
        **{
            "org_vouched": True,
            "elsewhere": None,
            "now": NOW,
            "wider_token": "use another than",
            **more,
        },
        end_cure="ask who knows",
    )
    return Held(evidence, seconds)


ENDED = _role("Ended", expires_at="2027-01-15T08:00:00Z")
GARBLED = _role("Garbled", expires_at="soon")
SOON = _role("Soon", expires_at="2027-01-15T08:00:01Z")
ELSEWHERE = _role("Elsewhere", active=False)
THERE = _role("There", active=False, organization="Ac\nme")
LACKING = _role("Lacking", in_token=False)
EMPTY = _role("Empty", statements=[])
UNTOLD = _role("Untold", end_known=False)
CLAIMED = _role("Claimed", "permission", end_known=False, source="token")
BOTH = _role("Both", active=False, expires_at="2027-01-15T08:00:00Z")
FLAWS: list[tuple[Role, float | None, Flaw | None]] = [
    (_role("Good"), None, None),
    (_role("Good", expires_at="2027-01-15T08:00:00.5Z"), 0, None),
    (_role("Good"), DAY, None),
    (ENDED, None, Flaw("expired 2027-01-15", "renew Ended")),
    (
        GARBLED,
        None,
        Flaw("ends at no time that can be read", "have the end of Garbled put right"),
    ),
    (SOON, None, None),
    (SOON, 1, None),
    (SOON, 1.5, Flaw("ends 2027-01-15T08:00:01Z", "renew Soon")),
    (
        ELSEWHERE,
        None,
        Flaw(
            "held in an organization that is not told",
            "ask for Elsewhere in the organization asked about",
        ),
    ),
    (THERE, None, Flaw("held in Ac\\nme", "ask for There in the organization asked about")),
    (
        LACKING,
        None,
        Flaw("not in the token", "mint a token that carries Lacking: use another than KEY"),
    ),
    (
        EMPTY,
        None,
        Flaw("allows nothing", "have Empty allow what is needed, or ask for another"),
    ),
    (UNTOLD, None, None),
    (UNTOLD, 0, Flaw("nobody tells until when", "ask who knows")),
    (CLAIMED, None, None),
    (CLAIMED, 0, Flaw("known from the token alone, which tells no end", "ask who knows")),
    (BOTH, None, Flaw("expired 2027-01-15", "renew Both")),
]


@pytest.mark.parametrize(("role", "seconds", "flaw"), FLAWS)
def test_why_a_role_does_not_count(role: Role, seconds: float | None, flaw: Flaw | None) -> None:
    """A note beside its name, and what to do; both sides of each end."""
    held = _held(role, seconds=seconds)
    assert held.counts(role.name) is (flaw is None)
    assert held.described([]) == (f"{role.name} ({flaw.note})" if flaw else role.name)
    assert held.fix([role.name], every=True) == (flaw.fix if flaw else "")


NOWHERE = "an organization that is not told"
DOUBTED = Flaw("not surely held here", "have the API's answer put right: see the warning")
OURS = _role("Ours", "organization", active=False, organization="acme")
THEIRS = _role("Theirs", "organization", active=False, organization="rival")
NOBODYS = _role("Nobodys", "organization", active=False)
ASKED_ABOUT = "in the organization asked about"
PLACES: dict[str, tuple[Role, dict[str, Any], Flaw]] = {
    "of the name asked about, in an answer of another": (OURS, {"elsewhere": "id"}, DOUBTED),
    "of the name asked about": (OURS, {}, Flaw("held in acme", f"ask for Ours {ASKED_ABOUT}")),
    "of another name": (
        THEIRS,
        {"elsewhere": "id"},
        Flaw("held in rival", f"ask for Theirs {ASKED_ABOUT}"),
    ),
    "of no name, asked by one": (
        NOBODYS,
        {"elsewhere": "id", "organization": SimpleNamespace(name=None)},
        Flaw(f"held in {NOWHERE}", f"ask for Nobodys {ASKED_ABOUT}"),
    ),
    "of a name, asked by none": (
        OURS,
        {"elsewhere": "id", "organization": None},
        Flaw("held in acme", f"ask for Ours {ASKED_ABOUT}"),
    ),
    "a permission that cannot be read": (
        _role("odd", "permission", active=False),
        {"org_vouched": False},
        Flaw("in a form that callerid does not know", "require another role"),
    ),
    "a permission of a token, in an answer about another organization": (
        _role("CREATE", "permission", active=False, source="token"),
        {"elsewhere": "id"},
        Flaw(f"held in {NOWHERE}", "use a token that names its organization"),
    ),
    "a permission of a token that names no organization": (
        _role("CREATE", "permission"),
        {"org_vouched": False},
        Flaw(f"held in {NOWHERE}", "use a token that names its organization"),
    ),
    "a policy of a token that names no organization": (
        ELSEWHERE,
        {"org_vouched": False},
        Flaw(f"held in {NOWHERE}", "use a token that names its organization"),
    ),
}


@pytest.mark.parametrize("where", PLACES)
def test_where_a_role_is_held_instead(where: str) -> None:
    """Not surely here, somewhere else, or nobody knows; a form that is not read is told first."""
    role, more, flaw = PLACES[where]
    held = _held(role, **more)
    assert not held.counts(role.name)
    assert held.described([]) == f"{role.name} ({flaw.note})"
    assert held.fix([role.name], every=True) == flaw.fix


@pytest.mark.parametrize(
    ("effect", "actions", "resources", "allows"),
    [
        ("ALLOW", ["ALL"], ["*"], True),
        ("ALLOW", ["", "A"], ["", "r"], True),
        ("DENY", ["ALL"], ["*"], False),
        ("allow", ["ALL"], ["*"], False),
        (None, ["ALL"], ["*"], False),
        ("ALLOW", [], ["*"], False),
        ("ALLOW", None, ["*"], False),
        ("ALLOW", [""], ["*"], False),
        ("ALLOW", ["ALL"], [], False),
        ("ALLOW", ["ALL"], None, False),
        ("ALLOW", ["ALL"], [""], False),
    ],
)
def test_a_policy_counts_if_one_statement_allows_something(
    effect: str | None, actions: list[str] | None, resources: list[str] | None, *, allows: object
) -> None:
    """An action on a resource; what the others say does not matter."""
    statement = Statement(effect=effect, actions=actions, resources=resources)
    denial = Statement(effect="DENY", actions=["ALL"], resources=["*"])
    for statements in ([statement], [denial, statement], [statement, denial]):
        assert _held(_role("Policy", statements=statements)).counts("Policy") is allows


def test_roles_of_an_organization_that_only_a_setting_names() -> None:
    """None of them counts."""
    held = _held(_role("Good"), org_vouched=False)
    assert not held.counts("Good")
    assert held.described([]) == "Good (held in an organization that is not told)"


def test_one_of_several_roles_of_a_name_is_enough() -> None:
    """The other one is told all the same."""
    good = _role("Ended", membership_type="GROUP")
    assert _held(ENDED, good).counts("Ended")
    assert _held(ENDED, good).described([]) == "Ended (expired 2027-01-15), Ended"
    assert not _held(good).counts("ended")


def test_roles_are_told_in_order() -> None:
    """Those that were asked for first, each text once, and no more than fit."""
    many = [_role(f"r{number:02}") for number in range(SHOWN)]
    assert _held(*reversed(many), many[3]).described(["r05", "no", "r02"]) == (
        "r02, r05, r00, r01, r03, r04, r06, r07, r08, r09, r10, r11"
    )
    assert _held(*many, _role("r12"), _role("r13")).described([]) == (
        "r00, r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11 and 2 more"
    )
    assert _held().described(["a"]) == "none"


def _hint(name: str, meant: str) -> str:
    return f"no role {name} is held: did you mean {meant}?"


def _slip(name: str, meant: str) -> str:
    return f"{_hint(name, meant)} Otherwise {ASK} role {name}"


ADMIN = _role("vmc:admin", "service", service_name="compute")
PARTED = _role("admin", "service", service_name="a/b")
NETWORK = _role("vmc:admin", "service", service_name="network")
ORG, READER, WRITER = _role("org_owner", "organization"), _role("Reader"), _role("Writer")
OVER = "Ended (expired 2027-01-15)"
FIXES: list[tuple[list[Role], list[str], bool, str]] = [
    ([], ["a"], True, f"{ASK} role a"),
    ([], ["a", "b"], True, f"{ASK} roles a and b"),
    ([], ["a", "b"], False, f"{ASK} role a or b"),
    ([ENDED, SOON], ["a", "Ended"], True, f"{ASK} role a, and renew Ended"),
    ([ENDED, SOON], ["a", "Ended"], False, f"{ASK} role a, or renew Ended"),
    # What is minted goes first: what is asked for may not be needed then.
    (
        [ENDED, LACKING],
        ["a", "Ended", "Lacking"],
        True,
        f"{MINT} Lacking: use another than KEY, and {ASK} role a, and renew Ended",
    ),
    # What differs in case or prefix alone is meant; what is near may be.
    ([READER], ["reader"], True, _hint("reader", "Reader")),
    ([READER], ["READER", "x"], True, f"{_hint('READER', 'Reader')} Otherwise {ASK} role x"),
    (
        [READER, WRITER],
        ["READER", "WRITER"],
        True,
        f"{_hint('READER', 'Reader')} {_hint('WRITER', 'Writer')}",
    ),
    ([READER], ["Raeder"], True, _slip("Raeder", "Reader")),
    ([_role("Rea_der"), READER], ["READER"], True, _hint("READER", "Reader")),
    ([READER], ["Leader!"], True, f"{ASK} role Leader!"),
    (
        [_role("Reader", expires_at="soon"), _role("reader")],
        ["READER"],
        True,
        _hint("READER", "reader"),
    ),
    ([ENDED], ["ended"], True, f"{_hint('ended', OVER)} If so, renew Ended."),
    ([ENDED], ["ended", "Ended"], True, f"{_hint('ended', OVER)} Otherwise renew Ended"),
    ([ADMIN], ["COMPUTE/vmc:admin"], True, _hint("COMPUTE/vmc:admin", "compute/vmc:admin")),
    (
        [ADMIN],
        ["service/Compute/VMC:admin"],
        True,
        _hint("service/Compute/VMC:admin", "compute/vmc:admin"),
    ),
    ([ADMIN], ["compute/vmc:admni"], True, _slip("compute/vmc:admni", "compute/vmc:admin")),
    (
        [ADMIN, _role("x", "service", service_name="other")],
        ["compute_/vmc:admin"],
        True,
        _slip("compute_/vmc:admin", "compute/vmc:admin"),
    ),
    # Another service, or no service at all, is another role.
    ([ADMIN], ["network/vmc:admin"], True, f"{ASK} role network/vmc:admin"),
    ([ADMIN], ["compound/vmc:admin"], True, f"{ASK} role compound/vmc:admin"),
    ([ADMIN], ["compute/other"], True, f"{ASK} role compute/other"),
    ([PARTED], ["a/b/admni"], True, _slip("a/b/admni", "service/admin")),
    ([NETWORK, ADMIN], ["compute/vmc:admn"], True, _slip("compute/vmc:admn", "compute/vmc:admin")),
    ([_role("admin/x"), _role("b")], ["adminx"], True, f"{ASK} role adminx"),
    ([_role("admin/x")], ["admin/xx"], True, _slip("admin/xx", "policy/admin/x")),
    ([ORG], ["csp:ORG_owner"], True, _hint("csp:ORG_owner", "org_owner")),
    ([ORG], ["organization/csp:org_ownr"], True, _slip("organization/csp:org_ownr", "org_owner")),
]


@pytest.mark.parametrize(("roles", "missing", "every", "fix"), FIXES)
def test_how_to_get_the_roles_that_are_missing(
    roles: list[Role], missing: list[str], *, every: bool, fix: str
) -> None:
    """Whatever is told, each piece of advice stands there once."""
    assert _held(*roles).fix(missing, every=every) == fix


def test_a_few_of_many_missing_roles_have_a_hint() -> None:
    """The others are named all the same, as those to ask for."""
    missing = [f"Reader{n}" for n in range(HINTED + 2)]
    fix = _held(_role("Reader")).fix(missing, every=True)
    assert fix.count("did you mean Reader?") == HINTED
    assert fix.endswith(f"{ASK} roles {' and '.join(missing)}")


def test_every_missing_name_that_differs_in_case_alone_has_a_hint() -> None:
    """Whoever writes it wrongly once does so for all."""
    held = [f"Reader{n}" for n in range(HINTED + 2)]
    fix = _held(*map(_role, held)).fix([each.upper() for each in held], every=True)
    assert [f"did you mean {each}?" in fix for each in held] == [True] * len(held)


def test_the_nearest_of_several_roles_of_a_name_is_the_first() -> None:
    """Those that count go first."""
    ended = _role("Reader", expires_at="2027-01-15T08:00:00Z")
    assert (
        _held(ended, _role("Reader"))
        .fix(["Raeder"], every=True)
        .startswith("no role Raeder is held: did you mean Reader? Otherwise")
    )


def test_a_name_is_compared_with_so_many_roles_at_most() -> None:
    """With those that count first; a token may claim thousands, and each takes a while."""
    others = [_role(f"{number}", active=False) for number in range(5_000)]
    held = _held(*others, _role("Reader"))
    assert "did you mean Reader?" in held.fix(["Reades"], every=True)
    last = _held(*others, _role("Reader", active=False))
    assert "did you mean" not in last.fix(["Reades"], every=True)
    assert "did you mean Reader (" in last.fix(["READER"], every=True)


def test_a_custom_role_that_is_named_like_one_of_the_organization() -> None:
    """The bare name means the organization's, whether it is held or built in."""
    named = [_role("Boss", "custom"), _role("org_owner", "custom")]
    assert [_held(*named).counts(each.name) for each in named] == [True, True]
    assert [_held(*named, platform="csp").counts(each.name) for each in named] == [True, False]
    boss = _role("Boss", "organization", active=False)
    assert not _held(*named, boss).counts("Boss")
    assert _held(*named, boss).described([]) == (
        "custom/Boss, Boss (held in an organization that is not told), org_owner"
    )


@pytest.mark.parametrize(
    ("wanted", "seconds", "every", "text"),
    [
        (["a"], None, True, "a"),
        (["a"], None, False, "a"),
        (["a", "a"], None, True, "a"),
        (["a", "b"], None, True, "all of a, b"),
        (["b", "a", "b"], None, False, "any of b, a"),
        (["a"], 0, True, "a, for 0 s more"),
        (["a", "b"], 90_000_000.5, False, "any of a, b, for 90000000.5 s more"),
    ],
)
def test_what_a_rule_requires(
    wanted: list[str], seconds: float | None, *, every: bool, text: str
) -> None:
    """The names, each once, and for how long."""
    assert required(wanted, seconds, every=every) == text
