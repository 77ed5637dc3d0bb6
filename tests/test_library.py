"""The library: a script's calls, over real HTTP, against the sandbox."""

from __future__ import annotations

import ast
import inspect
import json
import logging
import os
import pickle
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from support import bodies, commands
from support.api import Reply, json_reply

import callerid
from callerid import config
from callerid.core import Core, plain
from callerid.errors import (
    ArgumentError,
    ConfigurationError,
    ForbiddenError,
    RefusedError,
    UnauthorizedError,
)
from callerid.functions import FILES, load
from callerid.sandbox import library as scenarios
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.api import Api

    from callerid.model import Value

FUNCTIONS: dict[str, Any] = {
    "getCurrentUser": callerid.get_current_user,
    "getUserOrgRoles": callerid.get_user_org_roles,
    "requireCaller": callerid.require_caller,
}
KINDS = {"person": "user", "service-user": "serviceUser", "owner": "user", "app": "serviceUser"}
"""A person and a machine at m3ter, a person and a machine at VMware Cloud Services."""
HEAVY = {"click", "google", "grpc", "httpx", "logging", "pydantic", "rich"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Give what stands for the real APIs, and nobody's credential."""
    with Sandbox.start() as running:
        yield running


def _become(name: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in sandbox.environment(name).items():
        monkeypatch.setenv(variable, value)


def _keywords(name: str, sandbox: Sandbox) -> dict[str, Any]:
    """Give the settings of a caller as a script's keyword arguments."""
    environ = sandbox.environment(name)
    return {
        setting.python_name: environ[variable]
        for setting in config.SETTINGS
        for variable in setting.env
        if variable in environ
    }


def _asked(sandbox: Sandbox) -> list[str]:
    """Give the last part of the path of every request, in order."""
    return [request.path.rpartition("/")[2] for request in sandbox.requests]


# What comes back


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_every_kind_of_caller_gets_typed_answers(sandbox: Sandbox, name: str, kind: str) -> None:
    """Persons and machines, at both platforms, from keywords alone."""
    settings = _keywords(name, sandbox)
    me = callerid.get_current_user(**settings)
    mine = callerid.get_user_org_roles(**settings)
    passed = callerid.require_caller(principal_types=[kind], **settings)
    assert isinstance(me, callerid.GetCurrentUserResult)
    assert isinstance(mine, callerid.GetUserOrgRolesResult)
    assert isinstance(passed, callerid.RequireCallerResult)
    assert (me.principal_type, mine.user_id, passed.id) == (kind, me.id, me.id)
    assert passed.allowed
    assert passed.reasons == []
    assert me.credential_source == f"argument {next(iter(_credential(settings)))}"


def _credential(settings: dict[str, Any]) -> list[str]:
    return [each for each in settings if each.endswith(("_token", "_api_key", "_client_id"))]


@pytest.mark.parametrize("name", sorted(scenarios.built_in()))
@pytest.mark.parametrize("function", ["getCurrentUser", "getUserOrgRoles"])
def test_an_answer_is_the_plugin_s(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, name: str, function: str
) -> None:
    """The same content in the same order; where the plugin has an error, it is the same one."""
    _become(name, sandbox, monkeypatch)
    platform = "csp" if name == "both" else None
    arguments = {"platform": platform}
    core = Core(config.load({}, os.environ))
    try:
        wanted: dict[str, Any] = core.call(function, arguments)
    except callerid.errors.CalleridError as error:
        with pytest.raises(type(error)):
            FUNCTIONS[function](platform=platform)
        return
    finally:
        core.close()
    answer: Value = FUNCTIONS[function](platform=platform)
    written = answer.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert json.dumps(written) == json.dumps(wanted)
    assert plain(answer) == wanted


def test_an_absent_field_is_none(sandbox: Sandbox) -> None:
    """A machine has no e-mail address, and no empty one."""
    assert callerid.get_current_user(**_keywords("service-user", sandbox)).email is None


def test_none_is_left_out(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """So a script can hand on what it may not have; the environment counts then."""
    _become("owner", sandbox, monkeypatch)
    me = callerid.get_current_user(
        platform=None, org_id=None, csp_api_token=None, m3ter_org_id=None
    )
    assert me.display_name == "Grace Hopper"
    assert me.credential_source == "environment CSP_API_TOKEN"


def test_answers_and_errors_can_be_sent_to_another_process(sandbox: Sandbox) -> None:
    """What a pool of processes does with a worker's outcome changes nothing in it."""
    settings = _keywords("owner", sandbox)
    me = callerid.get_current_user(**settings)
    assert pickle.loads(pickle.dumps(me)) == me  # noqa: S301 - our own bytes
    with pytest.raises(RefusedError) as caught:
        callerid.require_caller(any_roles=["nobody's"], **settings)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301


# Settings


def test_keywords_and_environment_are_mixed(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One explicit credential switches off the variables; the base URL still comes from them."""
    _become("member", sandbox, monkeypatch)
    token = _keywords("owner", sandbox)["csp_api_token"]
    for _ in range(2):
        assert callerid.get_current_user(csp_api_token=token).display_name == "Grace Hopper"
    ignored = "argument csp_api_token is set, so environment CSP_API_TOKEN is ignored."
    assert [(each.name, each.levelname, each.message) for each in caplog.records] == [
        ("callerid", "WARNING", ignored)
    ]


def test_two_platforms_need_a_choice(sandbox: Sandbox) -> None:
    """It is an argument of the call."""
    settings = _keywords("both", sandbox)
    with pytest.raises(ConfigurationError, match="or the argument platform"):
        callerid.get_current_user(**settings)
    answers = [callerid.get_current_user(platform=each, **settings) for each in ("m3ter", "csp")]
    assert [each.platform for each in answers] == ["m3ter", "csp"]


def test_the_organization_of_a_call(sandbox: Sandbox) -> None:
    """The error about another one names the argument as Python does."""
    with pytest.raises(ConfigurationError, match=r"Change the argument org_id, or use"):
        callerid.get_current_user(org_id="another", **_keywords("owner", sandbox))


# Errors


def test_no_credential() -> None:
    """The way out is named as a script takes it."""
    with pytest.raises(ConfigurationError, match=r"set m3ter_api_key and m3ter_api_secret \(M3TER"):
        callerid.get_current_user()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"csp_api_tokn": "canary"}, "csp_api_tokn. Did you mean csp_api_token?"),
        ({"cspApiToken": "canary"}, "cspApiToken. Did you mean csp_api_token?"),
        ({"org": "canary"}, "org. Did you mean org_id?"),
        ({"version": "canary"}, "version."),
        ({"a\nb": 1, "c": 2}, "a\\nb.\nget_current_user has no argument c."),
    ],
)
def test_an_unknown_keyword(wrong: dict[str, Any], said: str) -> None:
    """Each is named as it was written, with the nearest argument or setting."""
    with pytest.raises(ArgumentError) as caught:
        callerid.get_current_user(**wrong)
    assert str(caught.value) == f"get_current_user has no argument {said}"


def test_an_unknown_rule() -> None:
    """A misspelt rule is never a setting that is passed over."""
    with pytest.raises(ArgumentError, match=r"no argument any_role\. Did you mean any_roles\?"):
        callerid.require_caller(all_roles=["org_owner"], any_role=["x"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"csp_base_url": "http://example.com"},
            "argument csp_base_url must be an https URL (http",
        ),
        ({"csp_org_id": {}}, "is an object. Give it one plain value."),
        ({"csp_api_token": b"canary"}, "argument csp_api_token must be a string."),
        ({"request_timeout_seconds": "soon"}, "argument request_timeout_seconds must be a number"),
        ({"csp_client_id": "x"}, "argument csp_client_id is half a pair. Set csp_client_secret ("),
    ],
)
def test_a_bad_setting(wrong: dict[str, Any], said: str) -> None:
    """It is named as the script wrote it, and no Pulumi command is shown."""
    with pytest.raises(ConfigurationError) as caught:
        callerid.get_current_user(**wrong)
    assert said in str(caught.value)
    assert "pulumi" not in str(caught.value)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "require_caller has no rule, and without one it would let everybody pass."),
        ({"any_roles": "org_owner"}, "argument any_roles of require_caller must be a list."),
        ({"any_roles": []}, "must be left out, or a list that is not empty."),
        ({"principal_types": ("serviceuser",)}, "of require_caller must be user or serviceUser."),
        ({"emails": ["x"], "on_refusal": "wran"}, "must be stop or warn. Did you mean warn?"),
        ({"min_role_seconds_left": 1}, "argument min_role_seconds_left of require_caller names no"),
        ({"platform": "cps", "emails": ["x"]}, "Did you mean csp?"),
    ],
)
def test_a_bad_argument(wrong: dict[str, Any], said: str) -> None:
    """The same checks as everywhere, in Python's names."""
    with pytest.raises(ArgumentError) as caught:
        callerid.require_caller(**wrong)
    assert said in str(caught.value)


def test_a_refused_credential_is_no_part_of_anything(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither of the error nor of a log, however much is logged; no id can hold it by chance."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(UnauthorizedError, match="Check argument csp_api_token") as caught:
        callerid.get_current_user(
            csp_api_token="canary-zyxw", csp_client_secret="canary-zyxw", csp_base_url=sandbox.url
        )
    assert "zyxw" not in f"{caught.value} {caught.value!r} {caplog.text}"
    assert "canary" not in repr(config.load({"cspApiToken": "canary-zyxw"}, {}))
    assert caught.value.answered
    assert caught.value.answered.status == 400


def test_an_api_that_refuses_the_caller(sandbox: Sandbox) -> None:
    """The class says what happened."""
    with pytest.raises(ForbiddenError, match="Check argument csp_org_id"):
        callerid.get_user_org_roles(**_keywords("refused", sandbox))


# The guard


def test_a_refusal_raises(sandbox: Sandbox) -> None:
    """It says what is required, what is held, and what to do, in Python's names."""
    with pytest.raises(RefusedError) as caught:
        callerid.require_caller(
            any_roles=["org_owner"], min_token_seconds_left=10**9, **_keywords("member", sandbox)
        )
    text = str(caught.value)
    assert text.startswith("callerid: linus@example.com (person, VMware Cloud Services) may not")
    assert "held: org_member" in text
    assert "credential: argument csp_api_token" in text
    assert text.endswith("or lower min_token_seconds_left")


def test_a_refusal_may_be_an_answer(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    """With `warn` it is logged, and the reasons are data."""
    answer = callerid.require_caller(
        any_roles=["org_owner"], on_refusal="warn", **_keywords("member", sandbox)
    )
    assert not answer.allowed
    assert not answer  # so that `if require_caller(...)` lets nobody else pass
    assert len(answer.reasons) == 1
    assert "may not run this" in caplog.text


def test_a_role_keeps_its_name(sandbox: Sandbox) -> None:
    """What only looks like a part of callerid is quoted as it is."""
    with pytest.raises(RefusedError, match=r"any of team/orgId, orgId/all, x-orgId "):
        callerid.require_caller(
            any_roles=["team/orgId", "orgId/all", "x-orgId"], **_keywords("member", sandbox)
        )


def test_recorded_answers_tell_and_do_not_decide(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    """As in the commands: who called once may be shown, and passes no guard."""
    reply = json_reply(bodies.person(), x_callerid_recorded_at="2026-01-31T00:00:00Z")
    api.on(bodies.ME, reply)
    api.on(bodies.POLICIES, json_reply({"data": []}))
    settings: dict[str, Any] = {
        "m3ter_base_url": api.url,
        "m3ter_org_id": bodies.ORG,
        "m3ter_api_token": "ready",
    }
    me = callerid.get_current_user(**settings)
    assert me.recorded_at == "2026-01-31T00:00:00Z"
    assert "are a replay" in caplog.text
    with pytest.raises(ConfigurationError, match="recorded answers must not decide"):
        callerid.require_caller(principal_types=["user"], **settings)


# Many calls


def test_equal_settings_share_token_and_answers(sandbox: Sandbox) -> None:
    """Three functions in a row cost one token and one question."""
    settings = _keywords("owner", sandbox)
    callerid.get_current_user(**settings)
    callerid.get_user_org_roles(**settings)
    callerid.require_caller(all_roles=["org_owner"], **settings)
    assert _asked(sandbox) == ["authorize", "info"]


def test_threads_share_token_and_answers(sandbox: Sandbox) -> None:
    """However many ask at once."""
    settings, ready = _keywords("owner", sandbox), Barrier(12)

    def ask(_: int) -> str:
        ready.wait()
        return callerid.get_current_user(**settings).id

    with ThreadPoolExecutor(12) as pool:
        assert len(set(pool.map(ask, range(12)))) == 1
    assert _asked(sandbox) == ["authorize", "info"]


def test_other_settings_share_nothing(sandbox: Sandbox) -> None:
    """Another credential is another caller, whatever was asked before."""
    names = [
        callerid.get_current_user(**_keywords(each, sandbox)).display_name
        for each in ("owner", "member", "owner")
    ]
    assert names == ["Grace Hopper", "Linus Member", "Grace Hopper"]
    assert _asked(sandbox) == ["authorize", "info"] * 2


def test_old_configurations_are_given_up(sandbox: Sandbox) -> None:
    """A script that goes through many keeps the last ones alone."""
    settings = _keywords("owner", sandbox)

    def ask(seconds: int) -> int:
        before = len(sandbox.requests)
        callerid.get_current_user(request_timeout_seconds=seconds, **settings)
        return len(sandbox.requests) - before

    assert [ask(seconds) for seconds in range(30, 50)] == [2] * 20
    assert (ask(49), ask(40), ask(30)) == (0, 0, 2)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_asks_for_itself(sandbox: Sandbox) -> None:
    """Connections are its parent's; both go on, and end."""
    program = (
        "import callerid, os\n"
        "print(callerid.get_current_user().id, flush=True)\n"
        "child = os.fork()\n"
        "print(callerid.get_current_user().id, flush=True)\n"
        "if child: assert os.waitpid(child, 0)[1] == 0\n"
    )
    done = commands.run_python(program, **sandbox.environment("owner"))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.split()
    assert (len(lines), len(set(lines))) == (3, 1)
    assert _asked(sandbox) == ["authorize", "info"] * 2


def test_a_script_ends_without_a_word(sandbox: Sandbox) -> None:
    """Every connection is closed, of configurations given up too; Python warns of what is not."""
    program = (
        "import callerid, gc, warnings\n"
        "warnings.simplefilter('always')\n"
        "for each in range(30, 50): callerid.get_current_user(request_timeout_seconds=each)\n"
        "gc.collect()\n"
    )
    done = commands.run_python(program, **sandbox.environment("owner"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_call_that_hangs_holds_no_exit_up(api: Api) -> None:
    """One of a thread that the script does not wait for."""
    api.on(bodies.ME, Reply(delay=30))
    program = (
        "import callerid, threading, time\n"
        "threading.Thread(target=callerid.get_current_user, daemon=True).start()\n"
        "time.sleep(0.5)\n"
    )
    started = time.monotonic()
    done = commands.run_python(program, **commands.m3ter(api))
    assert (done.returncode, done.stderr) == (0, "")
    assert time.monotonic() - started < 20


# What is public, and what an import costs


def test_an_import_loads_callerid_alone() -> None:
    """And the functions' names nothing heavy; a first call does."""
    program = (
        "import sys; before = set(sys.modules)\n"
        "import callerid\n"
        "new = set(sys.modules) - before\n"
        "print(sorted(each for each in new if each.startswith('callerid')), "
        f"sorted({HEAVY} & new))\n"
        "from callerid import get_current_user, get_user_org_roles, require_caller\n"
        f"print(sorted(({HEAVY} - {{'logging'}}) & set(sys.modules)))\n"
    )
    done = commands.run_python(program)
    assert done.stdout == "['callerid'] []\n[]\n"


def test_a_call_loads_neither_grpc_nor_the_commands(sandbox: Sandbox) -> None:
    """A script needs no front end."""
    program = (
        "import callerid, sys; callerid.get_current_user()\n"
        "print({'click', 'google', 'grpc', 'pulumi', 'rich'} & set(sys.modules))"
    )
    done = commands.run_python(program, **sandbox.environment("person"))
    assert (done.stdout, done.stderr) == ("set()\n", "")


def test_errors_are_there_after_an_import() -> None:
    """`except callerid.errors.CalleridError` needs no second import."""
    program = (
        "import callerid\n"
        "try: callerid.get_current_user()\n"
        "except callerid.errors.CalleridError as error: print(type(error).__name__)\n"
    )
    assert commands.run_python(program).stdout == "ConfigurationError\n"


def test_public_names_are_there() -> None:
    """What `__all__` promises can be had, is listed, and is what type checkers are told of."""
    namespace: dict[str, Any] = {}
    exec("from callerid import *", namespace)  # noqa: S102 - the one way to try it
    assert set(callerid.__all__) == {*namespace} - {"__builtins__"} <= {*dir(callerid)}
    tree = ast.parse(Path(callerid.__file__).read_text(encoding="utf-8"))
    told = next(each for each in tree.body if isinstance(each, ast.If)).body
    names = {alias.name for each in told for alias in getattr(each, "names", [])}
    assert names == {*callerid.__all__} - {"__version__"}


def test_a_misspelt_name_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="module 'callerid' has no attribute 'get_user'"):
        callerid.get_user  # type: ignore[attr-defined] # noqa: B018


@pytest.mark.parametrize("name", FILES)
def test_a_function_takes_every_argument(name: str) -> None:
    """Of the model, under its field's name, and by keyword alone; the rest are settings."""
    parameters = inspect.signature(FUNCTIONS[name]).parameters.values()
    *arguments, settings = parameters
    assert {each.name for each in arguments} == set(load(name).args.model_fields)
    assert {(each.kind, each.default) for each in arguments} == {
        (inspect.Parameter.KEYWORD_ONLY, None)
    }
    assert settings.kind == inspect.Parameter.VAR_KEYWORD


def test_no_setting_is_hidden_by_an_argument() -> None:
    """But `platform`, which is both and means the same."""
    arguments = {field for name in FILES for field in load(name).args.model_fields}
    assert arguments & {each.python_name for each in config.SETTINGS} == {"platform"}


def test_the_library_names_no_platform() -> None:
    """A third one needs no line there."""
    library = Path(callerid.__file__).with_name("library.py").read_text(encoding="utf-8")
    assert [name for name in config.PLATFORM_TITLES if name in library] == []
