"""The provider through the real Terraform and OpenTofu, installed as users install it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc
import pytest
from support import bodies, terraform
from support.api import Api, Reply, json_reply
from support.plugin import spawn
from support.terraform import CONFIGURATION, REAL

from callerid.casing import snake
from callerid.frontends.terraform.names import DATA_SOURCES
from callerid.sandbox import library
from callerid.sandbox.server import Sandbox
from callerid.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not REAL, reason="neither terraform nor tofu"),
]
worded = Wording(DATA_SOURCES)
ASKING = """
data "callerid_current_user" "me" {}
data "callerid_user_org_roles" "mine" {}
output "me" { value = data.callerid_current_user.me }
output "mine" { value = data.callerid_user_org_roles.mine }
"""


class Project(NamedTuple):
    """A folder with a configuration, and the tool that runs it, as somebody with this home."""

    tool: str
    folder: Path
    home: Path

    def write(self, text: str) -> None:
        """Write the configuration, and initialize it where it was not."""
        (self.folder / "main.tf").write_text(CONFIGURATION + text, encoding="utf-8")
        if not (self.folder / ".terraform").exists():
            ran = self.run({}, "init")
            assert ran.returncode == 0, ran.stderr

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Give the environment of a run."""
        return terraform.environment(self.home, **environ)

    def run(self, environ: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the tool."""
        return terraform.run(self.tool, self.folder, self.environment(environ), *arguments)

    def diagnostics(self, environ: Mapping[str, str], *arguments: str) -> list[dict[str, Any]]:
        """Run the tool, and give what it reports, whatever comes of it."""
        ran = self.run(environ, *arguments, "-json")
        lines = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
        return [each["diagnostic"] for each in lines if each.get("type") == "diagnostic"]

    def outputs(self, environ: Mapping[str, str]) -> dict[str, Any]:
        """Apply without a word but the tool's own, and give the outputs."""
        ran = self.run(environ, "apply", "-auto-approve")
        assert (ran.returncode, ran.stderr) == (0, "")
        warnings = re.findall("Warning: (.*)", ran.stdout)
        assert [each for each in warnings if not each.startswith("callerid: ")] == []
        told = json.loads(self.run({}, "output", "-json").stdout)
        return {name: each["value"] for name, each in told.items()}


@pytest.fixture(scope="module", params=sorted(REAL))
def installed(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Project:
    """Give a tool, and a home folder in which callerid is installed for it."""
    tool = str(request.param)
    home = tmp_path_factory.mktemp("home")
    terraform.install(tool, home)
    return Project(tool, home, home)


@pytest.fixture
def project(installed: Project, tmp_path: Path) -> Project:
    """Give a folder of its own."""
    return installed._replace(folder=tmp_path)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Give the built-in callers."""
    with Sandbox.start() as running:
        yield running


def _present(value: Any) -> Any:
    """Leave out what is null, as Pulumi has it, with Terraform's names."""
    if isinstance(value, dict):
        return {key: _present(each) for key, each in value.items() if each is not None}
    return [_present(each) for each in value] if isinstance(value, list) else value


def _snake(value: Any) -> Any:
    """Write an answer of the other front end with Terraform's names."""
    if isinstance(value, dict):
        return {snake(key): _snake(each) for key, each in value.items()}
    return [_snake(each) for each in value] if isinstance(value, list) else value


CALLERS = sorted(name for name, each in library.built_in().items() if len(each.platforms) == 1)


def test_every_caller_gets_the_same_json_from_both_front_ends(
    project: Project, sandbox: Sandbox
) -> None:
    """Every field of both answers; callers who get an error get the same sentence."""
    project.write(ASKING)
    for caller in CALLERS:
        environ = sandbox.environment(caller)
        with spawn(environ=environ) as plugin:
            try:
                wanted = [plugin.invoke(name) for name in ("getCurrentUser", "getUserOrgRoles")]
            except grpc.RpcError as error:
                sentence = worded(str(error.details())).partition(" (HTTP")[0]
                told = project.diagnostics(environ, "plan")
                assert any(each["detail"].startswith(sentence) for each in told)
                continue
        found = project.outputs(environ)
        assert [_present(found["me"]), _present(found["mine"])] == _snake(wanted), caller


def test_a_lock_file_is_kept(project: Project, sandbox: Sandbox) -> None:
    """`init` writes it, later ones find it in order, and so does every run."""
    project.write(ASKING)
    lock = project.folder / ".terraform.lock.hcl"
    assert "h1:" in lock.read_text(encoding="utf-8")
    for arguments in (("init", "-lockfile=readonly"), ("validate",), ("plan",)):
        ran = project.run(sandbox.environment("owner"), *arguments)
        assert (ran.returncode, ran.stderr) == (0, "")


def test_console(project: Project, sandbox: Sandbox) -> None:
    """The function is called there, too."""
    if project.tool == "tofu":
        pytest.skip("OpenTofu's console calls no provider's functions: it says that it has a bug")
    project.write(ASKING)
    asked = 'provider::callerid::has_role(data.callerid_user_org_roles.mine.roles, "org_owner")'
    found = []
    for caller in ("owner", "member"):
        environ = sandbox.environment(caller)
        project.outputs(environ)
        ran = subprocess.run(  # noqa: S603 - a tool of this machine
            [REAL[project.tool], "console"],
            cwd=project.folder,
            env=project.environment(environ),
            input=asked,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.stderr == ""
        found.append(ran.stdout.strip())
    assert found == ["true", "false"]


def test_any_number_of_blocks_costs_two_requests(project: Project) -> None:
    """They share the token and the answer in a plan phase."""
    project.write(
        'data "callerid_current_user" "me" { count = 30 }\n'
        'data "callerid_user_org_roles" "mine" { count = 30 }\n'
    )
    with Sandbox.start() as sandbox:
        ran = project.run(sandbox.environment("owner"), "plan")
        assert (ran.returncode, len(sandbox.requests)) == (0, 2)


class Case(NamedTuple):
    """Something that goes wrong: settings and arguments, in the words of the Pulumi schema."""

    settings: Mapping[str, Any] = {}
    function: str = "getCurrentUser"
    arguments: Mapping[str, Any] = {}
    reply: Reply | None = None
    line: str = 'data "callerid_'
    """How the line begins that the report points to."""


CASES = {
    "no credential": Case(),
    "two platforms": Case({"m3terApiToken": "t", "cspApiToken": "t"}),
    "half a pair": Case({"m3terApiKey": "k"}),
    "wrong platform": Case(arguments={"platform": "aws"}, line="  platform"),
    "nearest platform": Case(arguments={"platform": "CPS"}, line="  platform"),
    "empty organization": Case(arguments={"orgId": ""}, line="  org_id"),
    "quoted organization": Case({"m3terApiToken": "t"}, arguments={"orgId": '""'}, line="  org_id"),
    "no organization": Case({"m3terApiToken": "t"}, arguments={"orgId": ".."}, line="  org_id"),
    "wrong setting": Case({"platform": "m3tre"}, line="  platform"),
    "wrong url": Case({"m3terBaseUrl": "ftp://x"}, line="  m3ter_base_url"),
    "wrong number": Case({"requestTimeoutSeconds": -4}, line="  request_timeout_seconds"),
    "quoted secret": Case({"m3terApiToken": "'canary"}, line='provider "callerid" {'),
    "url with a login": Case(
        {"m3terBaseUrl": "https://user:canary@host.example"}, line='provider "callerid" {'
    ),
    "secret as a platform": Case({"platform": "canary-words"}, line='provider "callerid" {'),
    "secret as an organization": Case(
        {"m3terApiToken": "t"}, arguments={"orgId": "https://host.example/canary"}
    ),
    "nobody listens": Case(
        {"m3terBaseUrl": "http://127.0.0.1:1", "m3terOrgId": "o", "m3terApiToken": "t"}
    ),
    "no rule": Case(function="requireCaller"),
    "empty rule": Case(function="requireCaller", arguments={"anyRoles": []}, line="  any_roles"),
    "seconds of no role": Case(
        function="requireCaller",
        arguments={"minRoleSecondsLeft": 5},
        line="  min_role_seconds_left",
    ),
    "seconds below 0": Case(
        function="requireCaller",
        arguments={"minTokenSecondsLeft": -5},
        line="  min_token_seconds_left",
    ),
    "wrong principal": Case(
        function="requireCaller",
        arguments={"principalTypes": ["users"]},
        line="  principal_types",
    ),
    "wrong refusal": Case(
        function="requireCaller",
        arguments={"ids": ["a"], "onRefusal": "wran"},
        line="  on_refusal",
    ),
    "refused credential": Case(reply=json_reply({}, 401)),
    "refused call": Case(reply=json_reply({}, 403)),
    "not found": Case(reply=json_reply({}, 404)),
    "failing": Case(reply=Reply(503)),
    "a page": Case(reply=Reply(body=b"<html>")),
    "cut short": Case(reply=Reply(body=b'{"us')),
    "cut off": Case(reply=Reply(body=b"{}", cut=1)),
}
"""The cases of the Pulumi front end's own tests; names that are not there the tool itself finds."""


def _configuration(case: Case, settings: Mapping[str, Any]) -> str:
    def block(head: str, values: Mapping[str, Any]) -> str:
        lines = [f"  {snake(name)} = {json.dumps(value)}" for name, value in values.items()]
        return "\n".join([f"{head} {{", *lines, "}\n"])

    name = DATA_SOURCES[case.function]
    return block('provider "callerid"', settings) + block(f'data "{name}" "x"', case.arguments)


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_told_as_under_pulumi(project: Project, api: Api, name: str) -> None:
    """The same sentence, at its line in the file, and nothing else."""
    case = CASES[name]
    settings = dict(case.settings)
    if case.reply:
        api.on(bodies.ME, *[case.reply] * 9)
        settings = {
            "m3terBaseUrl": api.url,
            "m3terOrgId": bodies.ORG,
            "m3terApiToken": "canary-token",
        }
    with spawn() as plugin:
        try:
            plugin.configure(**settings)
            wanted = plugin.refusal(case.function, **case.arguments)[1]
        except grpc.RpcError as error:
            wanted = str(error.details())
    project.write(_configuration(case, settings))
    [told] = project.diagnostics({}, "plan")
    assert told["severity"] == "error"
    assert told["detail"] == worded(wanted)
    lines = (project.folder / "main.tf").read_text(encoding="utf-8").splitlines()
    assert lines[told["range"]["start"]["line"] - 1].startswith(case.line)
    assert "canary" not in json.dumps(told)


SWITCHED_OFF = """
locals {
  roles = %s
}

data "callerid_require_caller" "deployer" {
  count     = try(length(local.roles), 0) > 0 ? 1 : 0
  any_roles = local.roles
}
"""


@pytest.mark.parametrize("roles", ["null", "[]"])
def test_a_guard_that_is_switched_off_needs_no_rule(project: Project, roles: str) -> None:
    """Terraform validates its block all the same, and nothing is wrong with that."""
    project.write(SWITCHED_OFF % roles)
    done = project.run({}, "validate", "-no-color")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Warning" not in done.stdout
    assert project.diagnostics({}, "plan") == []


def test_no_secret_is_left_anywhere(project: Project, tmp_path: Path) -> None:
    """In state, plan file, logs of every level, and what a crash prints."""
    with Sandbox.start() as sandbox:
        environ = sandbox.environment("owner")
        project.write(ASKING)
        log = tmp_path / "trace.log"
        logged = {**environ, "TF_LOG": "TRACE", "TF_LOG_PATH": str(log)}
        said = [project.run(logged, "plan", "-out=tfplan")]
        said.append(project.run(logged, "apply", "tfplan"))
    secrets = [environ["CSP_API_TOKEN"], "eyJ"]  # as every access token of the sandbox begins
    texts = [each.stdout + each.stderr for each in said]
    texts += [each.read_text(encoding="utf-8") for each in (log, tmp_path / "terraform.tfstate")]
    with zipfile.ZipFile(tmp_path / "tfplan") as plan:
        texts += [plan.read(each).decode("latin-1") for each in plan.namelist()]
    assert "rpc name=ReadDataSource outcome=OK" in log.read_text(encoding="utf-8")
    assert [secret for secret in secrets for text in texts if secret in text] == []


def _processes(folder: Path) -> list[int]:
    """Find the provider's processes that were started in a folder."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it may be gone by now
            command = (each / "cmdline").read_bytes()
            if b"callerid.frontends.terraform" in command and (each / "cwd").readlink() == folder:
                found.append(int(each.name))
    return found


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left_of_a_run_that_ended_early(
    project: Project, api: Api, tmp_path: Path, number: signal.Signals
) -> None:
    """Killed or interrupted while the API holds the answer: no process, no socket."""
    sockets = tmp_path / "sockets"
    sockets.mkdir()
    api.on(bodies.ME, Reply(delay=60))
    variables = {
        "M3TER_BASE_URL": api.url,
        "M3TER_ORG_ID": bodies.ORG,
        "M3TER_API_TOKEN": "t",
        "TMPDIR": str(sockets),
    }
    project.write(ASKING)
    with subprocess.Popen(  # noqa: S603 - a tool of this machine
        [REAL[project.tool], "plan", "-no-color"],
        cwd=project.folder,
        env=project.environment(variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        while not api.seen:
            time.sleep(0.05)
        assert _processes(project.folder)
        if number == signal.SIGKILL:
            process.kill()
        else:
            os.killpg(process.pid, number)
        assert process.wait(10) != 0
        deadline = time.monotonic() + 15
        while _processes(project.folder) and time.monotonic() < deadline:
            time.sleep(0.1)
    assert _processes(project.folder) == []
    assert [each for each in sockets.iterdir() if each.name.startswith("callerid-")] == []
