"""What each form of the guard holds off, and what not: the table of the page, by real runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support import pages
from support.configurations import NEEDS_TOOL, OTHER, Folder, Ran
from support.terraform import REAL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from callerid.sandbox.server import Sandbox

pytestmark = NEEDS_TOOL
PAGE = pages.DOCS / "terraform.md"
FILES = {
    "data source": "stop.tf",
    "precondition of a resource": "precondition.tf",
    "precondition of an output": "output.tf",
    "postcondition": "postcondition.tf",
    "check": "check.tf",
    "data source that waits": "late.tf",
}
"""Row of the table to the block that shows the form."""
YES = ("-auto-approve",)
GUARD = 'data "callerid_require_caller" "guard" {\n  all_roles = ["org_owner"]\n%s}\n'
CHECK = """\
check "guard" {
%s
  assert {
    condition     = data.callerid_require_caller.guard.allowed
    error_message = "Not allowed."
  }
}
"""
WARN = '  on_refusal = "warn"\n'


def _form(name: str) -> str:
    """Give the block of a form."""
    first = f"# {FILES[name]}\n"
    (code,) = (each.code for each in pages.blocks(PAGE) if each.code.startswith(first))
    return code


def _table() -> dict[str, dict[str, str]]:
    """Read the page's table: form to command to what a refusal does."""
    text = PAGE.read_text(encoding="utf-8")
    ((head, body),) = re.findall(
        r"^\| form (\| `plan`.*)\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE
    )
    commands = re.findall(r"`(.*?)`", head)
    return {
        re.sub(r"\[(.*)\]\(.*\)", r"\1", form): dict(zip(commands, cells, strict=True))
        for row in body.splitlines()
        for form, *cells in [[cell.strip() for cell in row.strip("|").split("|")]]
    }


def _outcome(ran: Ran) -> str:
    """Say in the table's words what a refusal did."""
    if ran.code:
        return "stops late" if ran.resources else "stops"
    if "The caller is refused" in ran.text or "Check block assertion failed" in ran.text:
        return "warns"
    return "goes on"


class _Runs:
    """Runs of one form, each in a folder of its own, as who is refused."""

    def __init__(self, path: Path, sandbox: Sandbox, form: str) -> None:
        self._path = path
        self._form = form
        self.owner: Mapping[str, str] = sandbox.environment("owner")
        self.member: Mapping[str, str] = sandbox.environment("member")

    def folder(self, name: str) -> Folder:
        return Folder.make(self._path / name, form=self._form, other=OTHER)

    def plan(self) -> str:
        return _outcome(self.folder("plan").terraform(self.member, "plan"))

    def apply(self, *target: str) -> str:
        folder = self.folder("".join(("apply", *target)))
        return _outcome(folder.terraform(self.member, "apply", *YES, *target))

    def apply_plan(self) -> str:
        folder = self.folder("saved")
        assert folder.terraform(self.owner, "plan", "-out=made").code == 0
        ran = folder.terraform(self.member, "apply", "made")
        assert "other" in ran.resources
        return _outcome(ran)

    def destroy(self, *options: str) -> str:
        folder = self.folder("".join(("destroy", *options)))
        assert folder.terraform(self.owner, "apply", *YES).resources >= {"other"}
        ran = folder.terraform(self.member, "destroy", *YES, *options)
        assert bool(ran.resources) == bool(ran.code)
        return "stops" if ran.code else _outcome(ran)


@pytest.mark.parametrize("form", FILES)
def test_each_form_does_what_the_table_says(form: str, sandbox: Sandbox, tmp_path: Path) -> None:
    """Every cell, by the real tool; nothing is created after a form that stops."""
    runs = _Runs(tmp_path, sandbox, _form(form))
    assert _table()[form] == {
        "plan": runs.plan(),
        "apply": runs.apply(),
        "apply PLAN": runs.apply_plan(),
        "apply -target": runs.apply("-target=terraform_data.other"),
        "destroy": runs.destroy(),
        "destroy -refresh=false": runs.destroy("-refresh=false"),
    }


def test_the_table_has_every_form() -> None:
    """Each row is tested, and each tested form is a row."""
    assert list(_table()) == list(FILES)


@pytest.fixture
def guarded(tmp_path: Path) -> Folder:
    """Give a configuration with a guard that stops, and a resource that names it."""
    named = 'resource "terraform_data" "named" {\n  depends_on = [%s]\n}\n'
    return Folder.make(
        tmp_path / "guarded",
        guard=GUARD % "",
        named=named % "data.callerid_require_caller.guard",
        other=OTHER,
    )


def test_a_target_that_names_the_guard_is_guarded(guarded: Folder, sandbox: Sandbox) -> None:
    """Terraform reads what the target needs, to create it and to destroy it; no other target."""
    member = sandbox.environment("member")
    named, other = "-target=terraform_data.named", "-target=terraform_data.other"
    assert _outcome(guarded.terraform(member, "apply", *YES, named)) == "stops"
    assert guarded.terraform(sandbox.environment("owner"), "apply", *YES).code == 0
    ran = guarded.terraform(member, "destroy", *YES, named)
    assert (ran.code, ran.resources) == (1, {"named", "other"})
    ran = guarded.terraform(member, "destroy", *YES, other)
    assert (ran.code, ran.resources) == (0, {"named"})


@pytest.mark.parametrize(
    "command", [("plan", "-refresh=false"), ("refresh",), ("import", "terraform_data.other", "x")]
)
def test_other_commands_read_the_guard(
    guarded: Folder, sandbox: Sandbox, command: tuple[str, ...]
) -> None:
    """They are refused, and the state stays empty."""
    ran = guarded.terraform(sandbox.environment("member"), *command)
    assert "The caller is refused" in ran.text
    assert _outcome(ran) == "stops"


def test_a_late_guard_lets_others_be_created(sandbox: Sandbox, tmp_path: Path) -> None:
    """All that does not name it is there when it refuses; what names it is not."""
    folder = Folder.make(tmp_path / "late", form=_form("data source that waits"), other=OTHER)
    ran = folder.terraform(sandbox.environment("member"), "apply", *YES)
    assert "The caller is refused" in ran.text
    assert ran.resources == {"role", "other"}


MODULE = (
    'module "guarded" {\n  source     = "./guarded"\n  depends_on = [terraform_data.other]\n}\n'
)


@pytest.mark.parametrize("of_module", [False, True], ids=["of the guard", "of its module"])
def test_a_guard_with_depends_on_is_late(
    sandbox: Sandbox,
    tmp_path: Path,
    of_module: bool,  # noqa: FBT001 - a case
) -> None:
    """While what it depends on has changes, the plan shows no refusal."""
    waits = GUARD % ("" if of_module else "  depends_on = [terraform_data.other]\n")
    own = {"module": MODULE} if of_module else {"guard": waits}
    folder = Folder.make(tmp_path / "depends", other=OTHER, **own)
    if of_module:
        Folder.make(folder.path / "guarded", guard=waits)
    member = sandbox.environment("member")
    assert _outcome(folder.terraform(member, "plan")) == "goes on"
    ran = folder.terraform(member, "apply", *YES)
    assert (_outcome(ran), ran.resources) == ("stops late", {"other"})
    assert _outcome(folder.terraform(member, "plan")) == "stops late"  # nothing is to be changed


@pytest.mark.parametrize("caller", ["outage", "refused"])
def test_an_api_that_fails_stops_what_would_only_warn(
    sandbox: Sandbox, tmp_path: Path, caller: str
) -> None:
    """It is no answer, so nobody passes; inside a check block it is a warning as all else."""
    environ = {**sandbox.environment(caller), "CALLERID_REQUEST_TIMEOUT_SECONDS": "3"}
    guard = GUARD % WARN
    plain = Folder.make(tmp_path / "plain", guard=guard, other=OTHER)
    ran = plain.terraform(environ, "apply", *YES)
    assert (_outcome(ran), ran.resources) == ("stops", set())
    checked = Folder.make(
        tmp_path / "checked",
        check=CHECK % guard,
        other=OTHER,
    )
    ran = checked.terraform(environ, "apply", *YES)
    assert "Warning: The API" in ran.text
    assert (ran.code, ran.resources) == (0, {"other"})


def test_a_guard_that_stops_inside_a_check_block_is_a_warning(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """The default of `on_refusal` changes nothing there."""
    text = _form("check").replace('    on_refusal            = "warn"\n', "")
    folder = Folder.make(tmp_path / "check", form=text, other=OTHER)
    ran = folder.terraform(sandbox.environment("member"), "apply", *YES)
    assert "Warning: The caller is refused" in ran.text
    assert (ran.code, ran.resources) == (0, {"other"})


MOCKED = """\
mock_provider "callerid" {
  mock_data "callerid_user_org_roles" {
    defaults = {
      role_names = ["org_owner"]%s
    }
  }
}

run "mocked" {
  command = plan

  assert {
    condition     = output.found == jsonencode([["org_owner"], [], false, false])
    error_message = output.found
  }
}
"""
ASKING = """\
data "callerid_user_org_roles" "held" {}

output "found" {
  value = jsonencode([
    data.callerid_user_org_roles.held.role_names,
    data.callerid_user_org_roles.held.roles,
    provider::callerid::has_role(data.callerid_user_org_roles.held.roles, "org_owner"),
    data.callerid_require_caller.guard.allowed,
  ])
}
"""


@pytest.mark.skipif("terraform" not in REAL, reason="what OpenTofu does is not known")
def test_a_mocked_provider_holds_no_role_and_refuses_nobody(tmp_path: Path) -> None:
    """As the page says, with the error that it quotes: a list of objects takes no values."""
    folder = Folder.make(tmp_path / "mocked", guard=GUARD % "", asking=ASKING)
    folder.write("tests/mocked.tftest.hcl", MOCKED % "")
    ran = folder.terraform({}, "test")
    assert "Success! 1 passed, 0 failed." in ran.text, ran.text
    folder.write("tests/mocked.tftest.hcl", MOCKED % '\n      roles = [{ name = "org_owner" }]')
    (quoted,) = re.findall(r"`(incompatible types;[^`]*)`", PAGE.read_text(encoding="utf-8"))
    assert quoted in " ".join(folder.terraform({}, "test").text.split())


def test_settings_that_are_not_known_are_the_error_quoted(sandbox: Sandbox, tmp_path: Path) -> None:
    """Nobody is asked with half of the settings, and nothing is created."""
    folder = Folder.make(
        tmp_path / "unknown",
        main='provider "callerid" {\n  csp_api_token = terraform_data.other.id\n}\n' + OTHER,
        me='data "callerid_current_user" "me" {}\n',
    )
    (quoted,) = (each.code for each in pages.blocks(PAGE) if each.code.startswith("provider set"))
    ran = folder.terraform(sandbox.environment("owner"), "apply", *YES)
    assert quoted.split() == ran.text[ran.text.index("provider setting") :].split()
    assert _outcome(ran) == "stops"


def test_an_argument_that_is_not_known_is_asked_later(sandbox: Sandbox, tmp_path: Path) -> None:
    """A question about who calls waits for its argument, and is then answered."""
    owner = sandbox.environment("owner")
    folder = Folder.make(
        tmp_path / "later",
        main=f'resource "terraform_data" "org" {{\n  input = "{owner["CSP_ORG_ID"]}"\n}}\n'
        'data "callerid_current_user" "me" {\n  org_id = terraform_data.org.output\n}\n'
        'output "me" {\n  value = data.callerid_current_user.me.display_name\n}\n',
    )
    assert "+ me = (known after apply)" in folder.terraform(owner, "plan").text
    assert 'me = "Grace Hopper"' in folder.terraform(owner, "apply", *YES).text


def test_answers_are_in_the_state_and_credentials_are_not(sandbox: Sandbox, tmp_path: Path) -> None:
    """As the page says of secrets and state; the credential is the environment's."""
    owner = sandbox.environment("owner")
    folder = Folder.make(tmp_path / "state", me='data "callerid_current_user" "me" {}\n')
    assert folder.terraform(owner, "apply", *YES).code == 0
    state = (folder.path / "terraform.tfstate").read_text(encoding="utf-8")
    assert "grace@example.com" in state
    assert owner["CSP_API_TOKEN"] not in state
