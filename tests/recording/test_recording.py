"""Recordings: whatever a caller is live, a replay is too, without secrets and without people."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml
from support import bodies
from support.api import Reply, json_reply
from support.jwt import jwt

from callerid.asking.call import Clients
from callerid.config import load
from callerid.core import Core
from callerid.errors import ConfigurationError, UnauthorizedError, UnexpectedReplyError
from callerid.recording.session import Wishes, record
from callerid.sandbox import library
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from support.api import Api

AT = "2026-11-22T21:00:00Z"
FUNCTIONS = ("getCurrentUser", "getUserOrgRoles")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Give what stands for the real APIs here."""
    with Sandbox.start() as running:
        yield running


def _record(
    environ: Mapping[str, str], file: Path, *, keep_names: bool = False, **more: Any
) -> list[str]:
    """Record without a command; give what was complained about."""
    said: list[str] = []
    code = record(environ, Wishes(file, AT, keep_names, **more), lambda _: 0, said.append)
    assert code == 0
    return said


def _answers(environ: Mapping[str, str], *, preview: bool = True, **more: str) -> dict[str, Any]:
    with closing(Core(load({}, {**environ, **more}))) as core:
        return {
            f"{function} {platform}": core.call(function, {"platform": platform}, preview=preview)
            for function in FUNCTIONS
            for platform in _platforms(environ)
        }


def _platforms(environ: Mapping[str, str]) -> list[str]:
    return [
        name for name, variable in (("m3ter", "M3TER"), ("csp", "CSP"))
        if f"{variable}_ORG_ID" in environ
    ]  # fmt: skip


def _replayed(file: Path) -> dict[str, Any]:
    with Sandbox.start(library.read([file])) as replay:
        return _answers(replay.environment(file.stem))


def _without(answers: dict[str, Any], *names: str) -> Any:
    text = json.dumps(answers)
    return json.loads(text, object_hook=lambda o: {k: v for k, v in o.items() if k not in names})


@pytest.mark.parametrize("name", ["person", "service-user", "owner", "member", "app"])
def test_a_replay_answers_as_the_api_did(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    """With names kept, all that differs is the mark and the time of the tokens."""
    environ, file = sandbox.environment(name), tmp_path / "kept.yaml"
    assert _record(environ, file, keep_names=True) == []
    live, replayed = _answers(environ), _replayed(file)
    assert {answer.pop("recordedAt") for answer in replayed.values()} == {AT}
    assert replayed == live


@pytest.mark.parametrize("name", ["person", "owner", "member"])
def test_a_recording_names_no_real_person(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    """Names and addresses are made up, everything that programs branch on is as it was."""
    environ, file = sandbox.environment(name), tmp_path / "redacted.yaml"
    _record(environ, file)
    text = file.read_text(encoding="utf-8")
    live, replayed = _answers(environ), _replayed(file)
    for answer in live.values():
        first, _ = answer["displayName"].split()
        for real in (answer["displayName"], first, answer["email"]):
            assert real not in text
    roles = next(answer for key, answer in replayed.items() if key.startswith("getUserOrgRoles"))
    lived = next(answer for key, answer in live.items() if key.startswith("getUserOrgRoles"))
    assert roles["displayName"] == "Robin Example"
    assert roles["email"] == "person-1@example.com"
    for field in ("roleNames", "fingerprint", "roles", "organizations", "userId"):
        assert roles[field] == lived[field]
    again = tmp_path / "again.yaml"
    _record(environ, again)
    assert again.read_text("utf-8").replace("again", "redacted") == text


def test_a_recording_names_nobody_who_granted_a_role(tmp_path: Path) -> None:
    """Nor whoever a link leads to; what the caller may do is as it was."""
    caller = library.built_in()["owner"].model_dump(by_alias=True, exclude_unset=True)
    info = caller["csp"]["info"]
    info["user"]["refLink"] = "/csp/gateway/am/api/users/ada%40corp.com"
    role = info["userOrgInfo"][0]["orgRoles"][0]
    role |= {"createdBy": "Grace Hopper", "lastUpdatedBy": "CORP\\ghopper"}
    role["refLink"] = (
        "/csp/gateway/am/api/users/CORP%5Cghopper/orgs/" + caller["csp"]["organizationId"]
    )
    file = tmp_path / "granted.yaml"
    with Sandbox.start({"owner": Scenario.model_validate(caller)}) as sandbox:
        environ = sandbox.environment("owner")
        _record(environ, file)
        live, replayed = _answers(environ), _replayed(file)
    text = file.read_text(encoding="utf-8")
    assert not [each for each in ("Grace", "ghopper", "ada", "corp.com") if each in text]
    for function, lived in live.items():
        for field in lived.keys() & {
            "roleNames",
            "fingerprint",
            "roles",
            "organizations",
            "userId",
        }:
            assert replayed[function][field] == lived[field]


def test_both_platforms_and_further_organizations(sandbox: Sandbox, tmp_path: Path) -> None:
    """What the command asks decides what is recorded: here everything."""
    environ, file = sandbox.environment("both"), tmp_path / "both.yaml"
    _record(environ, file)
    assert {"m3ter", "csp"} <= yaml.safe_load(file.read_text("utf-8")).keys()
    live: dict[str, Any] = {}

    def run(forwarded: Mapping[str, str]) -> int:
        live.update(_answers(forwarded))
        return 3

    assert record(environ, Wishes(file, AT, keep_names=True), run, print) == 3
    replayed = _replayed(file)
    assert _without(replayed, "recordedAt", "expiresAt") == _without(live, "expiresAt")


def test_what_is_not_asked_of_an_organization_is_asked_afterwards(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Whoever the command asks about, and wherever: every function can be replayed there."""
    environ, file = sandbox.environment("both"), tmp_path / "both.yaml"

    def run(forwarded: Mapping[str, str]) -> int:
        with closing(Core(load({}, forwarded))) as core:
            core.call("getCurrentUser", {"platform": "m3ter", "orgId": SECOND}, preview=True)
        return 0

    assert record(environ, Wishes(file, AT), run, print) == 0
    further = yaml.safe_load(file.read_text("utf-8"))["m3ter"]["organizations"]
    assert [each["name"] for each in further[SECOND]["policies"]] == ["Read Config"]


def test_the_credential_is_nowhere(sandbox: Sandbox, tmp_path: Path) -> None:
    """Neither the file nor anything said has a part of it; the file has a made-up one."""
    environ, file = sandbox.environment("service-user"), tmp_path / "safe.yaml"
    _record(environ, file)
    text = file.read_text(encoding="utf-8")
    assert environ["M3TER_API_KEY"] not in text
    assert environ["M3TER_API_SECRET"] not in text
    assert "eyJ" not in text
    assert yaml.safe_load(text)["m3ter"]["credential"]["apiKey"] == "sandbox-safe-key"


def test_a_command_that_is_no_callerid(sandbox: Sandbox, tmp_path: Path) -> None:
    """The older header is sent on; what is asked for a token is kept, but for the credentials."""
    environ, file, tokens = sandbox.environment("app"), tmp_path / "other.yaml", list[str]()

    def run(forwarded: Mapping[str, str]) -> int:
        base = f"{forwarded['CSP_BASE_URL']}{bodies.CSP}"
        app = (environ["CSP_CLIENT_ID"], environ["CSP_CLIENT_SECRET"])
        form = {"grant_type": "client_credentials", "orgId": environ["CSP_ORG_ID"]}
        with httpx.Client(trust_env=False) as client:
            reply = client.post(f"{base}/auth/token", data=form, auth=app)
            tokens.append(reply.json()["access_token"])
            headers = {"csp-auth-token": tokens[0]}
            return client.get(f"{base}/loggedin/user", headers=headers).status_code

    assert record(environ, Wishes(file, AT), run, print) == 403
    text = file.read_text("utf-8")
    assert environ["CSP_ORG_ID"] in text
    assert not [each for each in (*tokens, environ["CSP_CLIENT_SECRET"]) if each in text]


def test_a_replay_counts_in_previews_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    """Outside, it is refused by every function, unless the environment says otherwise."""
    file = tmp_path / "recorded.yaml"
    _record(sandbox.environment("owner"), file)
    with Sandbox.start(library.read([file])) as replay:
        environ = replay.environment("recorded")
        with pytest.raises(ConfigurationError) as caught:
            _answers(environ, preview=False)
        assert f"recorded at {AT}, and nobody says that this is a preview" in str(caught.value)
        assert "(unset environment CSP_BASE_URL), or set" in str(caught.value)
        assert _answers(environ, preview=False, CALLERID_ALLOW_RECORDED="1")
        guard = {"anyRoles": ["org_owner"]}
        with closing(Core(load({}, environ))) as core:
            assert core.call("requireCaller", guard, preview=True)["recordedAt"] == AT
            with pytest.raises(ConfigurationError, match="a preview"):
                core.call("requireCaller", guard)


def test_a_replay_cannot_be_made_live(sandbox: Sandbox, tmp_path: Path) -> None:
    """What is recorded from a replay would look like new answers; it is refused."""
    file = tmp_path / "first.yaml"
    _record(sandbox.environment("owner"), file)
    with (
        Sandbox.start(library.read([file])) as replay,
        pytest.raises(ConfigurationError, match=f"a replay themselves, of {AT}"),
    ):
        _record(replay.environment("first"), tmp_path / "second.yaml")
    assert not (tmp_path / "second.yaml").exists()


@pytest.mark.parametrize("name", ["1e5", "yes", "null", "a: b", "1:30", "\u0085x", "- x", " x "])
def test_what_is_written_is_read_back(api: Api, tmp_path: Path, name: str) -> None:
    """Names that other readers of YAML take for numbers, times or marks."""
    api.on(bodies.ME, json_reply(bodies.machine(name=name)))
    api.on(bodies.MACHINE_POLICIES, json_reply({"data": [bodies.policy(name)]}))
    environ = {"M3TER_BASE_URL": api.url, "M3TER_API_TOKEN": "opaque", "M3TER_ORG_ID": bodies.ORG}
    file = tmp_path / "odd.yaml"
    _record(environ, file)
    [scenario] = library.read([file]).values()
    assert scenario.m3ter
    assert scenario.m3ter.me == {"serviceUser": {"id": bodies.ADA, "name": name}, "user": None}
    assert [each["name"] for each in scenario.m3ter.policies or []] == [name]


@pytest.mark.parametrize("user", ["odd", {"id": None}, {"id": ".."}])
def test_what_names_nobody_stays_so(api: Api, tmp_path: Path, user: object) -> None:
    """It is said while recording, and a replay is refused as the API is."""
    api.on(bodies.ME, *[json_reply({"user": user})] * 4)
    environ = {"M3TER_BASE_URL": api.url, "M3TER_API_TOKEN": "opaque", "M3TER_ORG_ID": bodies.ORG}
    file = tmp_path / "nobody.yaml"
    [said] = _record(environ, file)
    assert said.startswith("The recording lacks an answer.")
    with pytest.raises(UnexpectedReplyError):
        _answers(environ)
    with pytest.raises(UnexpectedReplyError):
        _replayed(file)


def test_a_field_to_redact_must_be_there(sandbox: Sandbox, tmp_path: Path) -> None:
    """A misspelt one would leave its text in the file."""
    file, environ = tmp_path / "x.yaml", sandbox.environment("owner")
    with pytest.raises(ConfigurationError, match="no field compny to redact"):
        _record(environ, file, also=["compny"])
    assert not file.exists()


def test_a_program_cannot_allow_itself() -> None:
    """The permission is a variable, no setting."""
    with pytest.raises(ConfigurationError, match="no provider setting"):
        load({"allowRecorded": "1"}, {})


def test_a_machine_with_a_ready_token_is_marked_too(sandbox: Sandbox, tmp_path: Path) -> None:
    """It asks the API nothing; its replay does, or nothing would tell that it is one."""
    app = sandbox.environment("app")
    with closing(Clients(load({}, app))) as clients:
        ready = clients.choose("csp").token(clients.call().deadline).headers()["authorization"]
    token = ready.removeprefix("Bearer ")
    environ = {"CSP_BASE_URL": sandbox.url, "CSP_ORG_ID": app["CSP_ORG_ID"]}
    environ["CSP_ACCESS_TOKEN"] = token
    file = tmp_path / "machine.yaml"
    assert _record(environ, file) == []
    assert token not in file.read_text(encoding="utf-8")
    live, replayed = _answers(environ), _replayed(file)
    assert {answer["recordedAt"] for answer in replayed.values()} == {AT}
    differing = ("recordedAt", "credentialSource")
    assert _without(replayed, *differing) == _without(live, *differing)


def test_nothing_to_record(sandbox: Sandbox, tmp_path: Path) -> None:
    """No credential, or one that is refused: said, and no file is written."""
    file = tmp_path / "none.yaml"
    with pytest.raises(ConfigurationError, match="callerid has no credential"):
        _record({}, file)
    wrong = {**sandbox.environment("service-user"), "M3TER_API_SECRET": "sandbox-wrong"}
    said: list[str] = []
    with pytest.raises(ConfigurationError, match="Nothing was recorded: no API told who calls"):
        record(wrong, Wishes(file, AT), lambda _: 0, said.append)
    assert "m3ter refused the API key" in said[0]
    assert not file.exists()
    with pytest.raises(UnauthorizedError):
        _answers(wrong)


def test_a_name_that_looks_like_a_credential_is_refused_unseen(api: Api, tmp_path: Path) -> None:
    """The names of a token's claims are the API's, and whoever made the token chose them."""
    name = "CONFIG#CONFIG_CREATE#AKIAIOSFODNN7EXAMPLE"
    file = tmp_path / "named.yaml"
    environ = {
        "M3TER_API_TOKEN": jwt(orgId=bodies.ORG, sub="s", permissions={name: True}),
        "M3TER_BASE_URL": api.url,
    }
    api.on(bodies.ME, *[json_reply(bodies.person())] * 4)
    for route in (bodies.POLICIES, bodies.GROUPS, bodies.DETAILS):
        api.on(route, *[json_reply({}, 404)] * 4)
    with pytest.raises(ConfigurationError) as refused:
        _record(environ, file)
    text = str(refused.value)
    place = f"CON…({len(name)} characters)"
    assert f"{place}: a key: a long run of letters and digits" in text
    assert text.endswith(f"{place}, with the name written out")
    assert "--redact" not in text
    assert "AKIA" not in text
    assert not file.exists()
    whole = text.rpartition("--allow ")[2].partition(",")[0].replace(place, name)
    _record(environ, file, allowed=[whole])
    assert name in file.read_text("utf-8")


def test_a_field_that_looks_like_a_credential_is_not_suggested(api: Api, tmp_path: Path) -> None:
    """A wrong name to redact has the nearest field, unless that one may be a secret."""
    name = "AKIAIOSFODNN7EXAMPLE"
    environ = {
        "M3TER_API_TOKEN": jwt(orgId=bodies.ORG, sub="s", permissions={name: True}),
        "M3TER_BASE_URL": api.url,
    }
    api.on(bodies.ME, *[json_reply(bodies.person())] * 8)
    for route in (bodies.POLICIES, bodies.GROUPS, bodies.DETAILS):
        api.on(route, *[json_reply({}, 404)] * 8)
    for wrong, told in (("AKIAIOSFODNN7EXEMPLE", "redact."), ("firstNam", "mean firstName?")):
        with pytest.raises(ConfigurationError) as refused:
            _record(environ, tmp_path / "x.yaml", also=[wrong])
        assert str(refused.value).endswith(told)
        assert name not in str(refused.value)


def test_a_credential_is_found_before_it_is_cut(api: Api, tmp_path: Path) -> None:
    """A part that looks like an address would be replaced, and the others written."""
    secret = "Zx9$kQ2m!Lp4@vT7#wB1"
    environ = {
        "M3TER_API_TOKEN": secret,
        "M3TER_BASE_URL": api.url,
        "M3TER_ORG_ID": bodies.ORG,
    }
    file, policies = tmp_path / "cut.yaml", {"data": [bodies.policy(f"of {secret}") | {"id": "p"}]}
    api.on(bodies.ME, *[json_reply(bodies.machine(createdBy=secret))] * 4)
    api.on(bodies.MACHINE_POLICIES, *[json_reply(policies)] * 4)
    with pytest.raises(ConfigurationError) as refused:
        _record(environ, file)
    lines = str(refused.value).splitlines()
    assert lines[1:3] == [
        "  m3ter.me.serviceUser.createdBy: a credential that was used",
        "  m3ter.policies.0.name: a credential that was used",
    ]
    assert not file.exists()
    _record(environ, file, also=["name", "createdBy"])
    assert not [part for part in ("Zx9", "Lp4", "vT7", "wB1") if part in file.read_text("utf-8")]


SECOND = "64b8e2d7-0c35-4f1a-9e86-a1d7c3f05b29"


def _app(environ: dict[str, Any]) -> Scenario:
    block = {
        "organizationId": bodies.ORG,
        "credential": {"clientId": "sandbox-id", "clientSecret": "sandbox-secret"},
        "subject": "example.com:app",
        "perms": ["csp:org_member"],
        "info": None,
        **environ,
    }
    return Scenario.model_validate({"description": "an app", "csp": block})


@pytest.mark.parametrize("served", ["both", "auth/authorize"])
@pytest.mark.parametrize("asks_main", [True, False])
def test_an_app_is_recorded_in_each_organization(
    tmp_path: Path,
    served: str,
    asks_main: bool,  # noqa: FBT001 - a pytest parameter
) -> None:
    """Each token's claims are kept, by its organization; the one that is set is the main one."""
    file, further = tmp_path / "app.yaml", {SECOND: {"perms": ["csp:org_owner"]}}
    caller = _app({"organizations": further, "behaviour": {"appTokenPath": served}})
    asked = [SECOND, *([bodies.ORG] if asks_main else [])]

    def roles(environ: Mapping[str, str]) -> dict[str, Any]:
        with closing(Core(load({}, environ))) as core:
            return {
                each: core.call("getUserOrgRoles", {"orgId": each}, preview=True)["roleNames"]
                for each in asked
            }

    live: dict[str, Any] = {}
    with Sandbox.start({"app": caller}) as sandbox:

        def run(forwarded: Mapping[str, str]) -> int:
            live.update(roles(forwarded))
            return 0

        assert record(sandbox.environment("app"), Wishes(file, AT), run, print) == 0
    block = yaml.safe_load(file.read_text("utf-8"))["csp"]
    assert (block["organizationId"], block["organizations"]) == (bodies.ORG, further)
    with Sandbox.start(library.read([file])) as replay:
        assert roles(replay.environment("app")) == live


def test_an_older_recording_of_an_app_is_replayed(tmp_path: Path) -> None:
    """It knows one organization, which is the one that is set, and refuses others."""
    file = tmp_path / "old.yaml"
    old = _app({}).model_dump(by_alias=True, exclude_unset=True)
    assert "organizations" not in old["csp"]
    file.write_text(yaml.safe_dump({**old, "recordedAt": AT}), "utf-8")
    with Sandbox.start(library.read([file])) as replay:
        core = Core(load({}, replay.environment("old")))
        answers = [
            core.call("getCurrentUser", arguments, preview=True)
            for arguments in ({}, {"orgId": bodies.ORG}, {"orgId": bodies.ORG.upper()})
        ]
        with pytest.raises(UnauthorizedError):
            core.call("getCurrentUser", {"orgId": SECOND}, preview=True)
        core.close()
    assert {each["id"] for each in answers} == {"example.com:app"}
    assert all(each["recordedAt"] == AT for each in answers)


def test_a_page_stays_one_while_recording(api: Api, tmp_path: Path) -> None:
    """It is no refusal of the secret then, either, and the older path is asked."""
    older = f"POST {bodies.CSP}/auth/authorize"
    page = Reply(404, b"<html>no</html>", {"content-type": "text/html"})
    api.on(bodies.APP_TOKEN, page)
    api.on(older, page)
    environ = {
        "CSP_BASE_URL": api.url,
        "CSP_CLIENT_ID": "id",
        "CSP_CLIENT_SECRET": "secret",
        "CSP_ORG_ID": bodies.ORG,
    }
    said: list[str] = []
    with pytest.raises(ConfigurationError, match="Nothing was recorded"):
        record(environ, Wishes(tmp_path / "x.yaml", AT), lambda _: 0, said.append)
    assert api.paths() == [bodies.APP_TOKEN, older]
    assert ["sent an HTML page instead of JSON (HTTP 404)" in each for each in said] == [True]
