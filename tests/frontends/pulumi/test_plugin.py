"""The plugin as a process, spoken to with the stubs of the `pulumi` package."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from concurrent import futures
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2_grpc, plugin_pb2, provider_pb2
from support import bodies, commands
from support.api import Api, Reply, json_reply
from support.plugin import (
    Plugin,
    environment,
    plain,
    spawn,
    spawn_talking,
    struct,
)
from support.waiting import wait_for

import callerid

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = "4dabf18193072939515e22adb298388d"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def secret(**value: Any) -> dict[str, Any]:
    """Wrap a value the way the engine wraps secrets."""
    return {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", **value}


@pytest.fixture(scope="module")
def plugin() -> Iterator[Plugin]:
    """Give one plugin for all tests that leave no trace in it but a Configure."""
    with spawn() as running:
        yield running


@pytest.fixture
def m3ter(plugin: Plugin, api: Api) -> Plugin:
    """Give the plugin, pointed at a scripted m3ter."""
    token = secret(value="ready-canary")
    plugin.configure(m3terBaseUrl=api.url, m3terOrgId=bodies.ORG, m3terApiToken=token)
    return plugin


def test_handshake_and_configure_agree(plugin: Plugin) -> None:
    """Secrets are accepted, resources and outputs are not, in both answers."""
    hello = plugin.stub.Handshake(provider_pb2.ProviderHandshakeRequest(engine_address=""))
    configured = plugin.configure()
    assert (hello.accept_secrets, hello.accept_resources, hello.accept_outputs) == (
        configured.acceptSecrets,
        configured.acceptResources,
        configured.acceptOutputs,
    )
    assert configured.supportsPreview


def test_plugin_info_is_the_version(plugin: Plugin) -> None:
    """As a semantic version."""
    assert plugin.stub.GetPluginInfo(empty_pb2.Empty()).version == callerid.__version__


def test_schema_and_mappings(plugin: Plugin) -> None:
    """The schema as JSON; nothing converts to callerid."""
    schema = plugin.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema
    assert json.loads(schema)["name"] == "callerid"
    assert not plugin.stub.GetMapping(provider_pb2.GetMappingRequest(key="terraform")).data
    assert not plugin.stub.GetMappings(provider_pb2.GetMappingsRequest(key="x")).providers


def test_attach_is_answered(plugin: Plugin) -> None:
    """A debugger's engine attaches to a running plugin."""
    plugin.stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"))


TYPE = "callerid:index:Guard"
URN = f"urn:pulumi:dev::project::a:b:Parent${TYPE}::name::with::colons"
LACKING = {
    "Check": (provider_pb2.CheckRequest(urn=URN, type=TYPE), "resource type"),
    "Diff": (provider_pb2.DiffRequest(urn=URN), "resource type"),
    "Create": (provider_pb2.CreateRequest(urn=URN), "resource type"),
    "Read": (provider_pb2.ReadRequest(id="i", urn=URN, type=TYPE), "resource type"),
    "Update": (provider_pb2.UpdateRequest(id="i", urn=URN), "resource type"),
    "Delete": (provider_pb2.DeleteRequest(id="i", urn=URN, type=TYPE), "resource type"),
    "List": (provider_pb2.ListRequest(token=TYPE), "resource type"),
    "Construct": (provider_pb2.ConstructRequest(type=TYPE, name="n"), "resource type"),
    "Call": (provider_pb2.CallRequest(tok=TYPE), "method"),
}
"""RPCs that providers of resources have, with a request each, and what it names."""


def _unimplemented(plugin: Plugin, name: str, request: bytes) -> str:
    call: Any = plugin.channel.unary_unary(f"/pulumirpc.ResourceProvider/{name}")
    with pytest.raises(grpc.RpcError) as caught:
        call(request)
    error: Any = caught.value
    assert error.code() == grpc.StatusCode.UNIMPLEMENTED
    return str(error.details())


@pytest.mark.parametrize("name", LACKING)
def test_what_a_provider_of_functions_has_not_is_refused_by_its_type(
    plugin: Plugin, name: str
) -> None:
    """The program names a type, and knows nothing of RPCs; older engines send a URN alone."""
    request, kind = LACKING[name]
    assert _unimplemented(plugin, name, request.SerializeToString()) == (
        f"callerid has no {kind} {TYPE}. It has functions only: getCurrentUser, getUserOrgRoles, "
        "requireCaller."
    )


def test_a_type_that_is_a_functions_name_leads_to_the_function(plugin: Plugin) -> None:
    """Other providers have a resource for what is a question here."""
    for request in (
        provider_pb2.CheckRequest(type="callerid:index:RequireCaller"),
        provider_pb2.CheckRequest(type="callerid:index/requireCaler:requireCaler"),
    ):
        text = _unimplemented(plugin, "Check", request.SerializeToString())
        assert text.endswith("requireCaller. Did you mean the function requireCaller?")


@pytest.mark.parametrize("name", [*LACKING, "StreamInvoke"])
@pytest.mark.parametrize("request_", [b"", b"\xff\xff"])
def test_what_names_nothing_is_refused_by_its_rpc(
    plugin: Plugin, name: str, request_: bytes
) -> None:
    """Whatever comes, there is a sentence, and nothing on stderr."""
    assert _unimplemented(plugin, name, request_) == (
        f"callerid has functions only, and no resources or components: no {name}."
    )


def test_a_long_type_stays_on_its_line(plugin: Plugin) -> None:
    """It comes from outside."""
    request = provider_pb2.CheckRequest(type="x\n" + "y" * 9000).SerializeToString()
    text = _unimplemented(plugin, "Check", request)
    assert text.startswith("callerid has no resource type x\\nyyy")
    assert len(text) < 300


def test_parameters_are_refused_in_words_of_their_own(plugin: Plugin) -> None:
    """Resources have nothing to do with it."""
    with pytest.raises(grpc.RpcError) as caught:
        plugin.stub.Parameterize(provider_pb2.ParameterizeRequest())
    error: Any = caught.value
    assert (error.code(), error.details()) == (
        grpc.StatusCode.UNIMPLEMENTED,
        "callerid takes no parameters. Leave out what follows its name.",
    )


@pytest.mark.parametrize("request_", [{"version": 1}, {"subpackage_name": "x"}])
def test_there_is_one_schema(plugin: Plugin, request_: dict[str, Any]) -> None:
    """Another version or a subpackage is refused."""
    with pytest.raises(grpc.RpcError, match="one schema"):
        plugin.stub.GetSchema(provider_pb2.GetSchemaRequest(**request_))


def test_the_name_of_an_unknown_setting_is_checked(plugin: Plugin) -> None:
    """A misspelt name is told in the preview, not when its value is known at last."""
    [failure] = plugin.check_config(m3terApiTokn=UNKNOWN, platform=secret()).failures
    assert failure.reason.startswith("callerid has no provider setting m3terApiTokn.")


@pytest.mark.parametrize("value", [{"a": "canary"}, '{"a":"canary"}'])
def test_an_object_is_refused_by_name_in_a_secret_too(plugin: Plugin, value: object) -> None:
    """The engine wraps what came with `--secret`, whatever it is."""
    for each in (value, secret(value=value)):
        [failure] = plugin.check_config(cspOrgId=each).failures
        assert failure.reason.startswith("provider setting cspOrgId must be a string, and is an")
        with pytest.raises(grpc.RpcError, match="provider setting cspOrgId must be a string"):
            plugin.configure(cspOrgId=each)


def test_an_unknown_credential_is_never_another_one(plugin: Plugin) -> None:
    """Configure with a value that is not there does not fall back to the environment."""
    with pytest.raises(grpc.RpcError, match="m3terApiToken is not known yet"):
        plugin.configure(m3terApiToken=secret())


def test_many_or_long_names_do_not_hide_the_error(plugin: Plugin) -> None:
    """GRPC loses a message of 16 KiB together with its status."""
    code, text = plugin.refusal("getCurrentUser", **{f"x {number}": 1 for number in range(4000)})
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    more = "There are 3,990 more arguments or entries of lists that getCurrentUser does not take."
    assert text.endswith(more)
    assert "x1x1" not in plugin.refusal("getCurrentUser", **{"x1" * 10_000: 1})[1]


def test_problems_come_in_a_stable_order(plugin: Plugin) -> None:
    """Logs and snapshots are compared."""
    names = [f"wrong{number}" for number in range(9)]
    failures = plugin.check_config(**dict.fromkeys(reversed(names), "x")).failures
    assert [each.reason.split()[5].rstrip(".") for each in failures] == names


def test_check_config_gives_settings_back_as_they_came(plugin: Plugin) -> None:
    """What is returned is written to state: nothing is added, `version` is kept."""
    settings = {"version": "0.1.0", "platform": UNKNOWN, "requestTimeoutSeconds": "9"}
    checked = plugin.check_config(**settings)
    assert (plain(checked.inputs), list(checked.failures)) == (settings, [])


def test_check_config_names_what_is_wrong_in_the_reason(plugin: Plugin) -> None:
    """The property stays empty: the engine would print its value."""
    [failure] = plugin.check_config(m3terApiToke="canary").failures
    assert (failure.property, failure.reason) == (
        "",
        "callerid has no provider setting m3terApiToke. Did you mean m3terApiToken?",
    )


def test_diff_config_never_replaces(plugin: Plugin) -> None:
    """A changed setting is an update of the provider, nothing more."""
    request = provider_pb2.DiffRequest(
        old_inputs=struct({"platform": "m3ter", "version": "0.0.1"}),
        news=struct({"platform": "csp", "version": "0.1.0"}),
    )
    diff = plugin.stub.DiffConfig(request)
    assert (list(diff.replaces), list(diff.diffs)) == ([], ["platform"])
    assert diff.changes == provider_pb2.DiffResponse.DIFF_SOME
    request.ignoreChanges.append("platform")
    assert plugin.stub.DiffConfig(request).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_wrong_setting_in_configure_is_refused(plugin: Plugin) -> None:
    """`pulumi do` configures without CheckConfig."""
    with pytest.raises(grpc.RpcError) as caught:
        plugin.configure(platfrom="m3ter")
    error: Any = caught.value
    assert "Did you mean platform?" in error.details()


def test_an_answer_over_the_wire(m3ter: Plugin, api: Api) -> None:
    """Secrets are unwrapped on the way in, and nothing is marked on the way out."""
    api.on(bodies.ME, json_reply(bodies.person()))
    answer = m3ter.invoke("getCurrentUser", orgId=secret(value=bodies.ORG), platform=None)
    assert answer["displayName"] == "Ada Lovelace"
    assert api.seen[0].headers["authorization"] == "Bearer ready-canary"
    assert SIGNATURE not in str(answer)


@pytest.mark.parametrize("value", [UNKNOWN, secret(), {**secret(), "value": UNKNOWN}])
def test_an_unknown_argument_is_refused_by_name(plugin: Plugin, value: object) -> None:
    """A sentinel, and a secret without a value, mean the same."""
    code, text = plugin.refusal("getCurrentUser", orgId=value)
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert text.startswith("The argument orgId of getCurrentUser is not known yet.")


def test_bad_input_over_the_wire(plugin: Plugin) -> None:
    """One clear line each, with the nearest name."""
    plugin.configure()
    assert plugin.refusal("getCurrentUser") == (
        grpc.StatusCode.FAILED_PRECONDITION,
        (
            "callerid has no credential. For m3ter set m3terApiKey and m3terApiSecret "
            "(M3TER_API_KEY, M3TER_API_SECRET); for VMware Cloud Services set cspApiToken "
            "(CSP_API_TOKEN). "
            '"callerid doctor" shows every way.'
        ),
    )
    assert plugin.refusal("getCurrentUser", orgID="x") == (
        grpc.StatusCode.INVALID_ARGUMENT,
        "getCurrentUser has no argument orgID. Did you mean orgId?",
    )
    assert plugin.refusal("getCurrentUser", platform="aws") == (
        grpc.StatusCode.INVALID_ARGUMENT,
        "The argument platform of getCurrentUser must be m3ter or csp.",
    )
    assert plugin.refusal("getCurrentUser", platform="CPS")[1].endswith("Did you mean csp?")
    assert plugin.refusal("getCurrentUsers") == (
        grpc.StatusCode.NOT_FOUND,
        (
            "callerid has no function getCurrentUsers. It has getCurrentUser, getUserOrgRoles, "
            "requireCaller. "
            "Did you mean getCurrentUser?"
        ),
    )
    request = provider_pb2.InvokeRequest(tok="callerid:index/getCurrentUser:getCurrentUser")
    with pytest.raises(grpc.RpcError, match=r"Did you mean callerid:index:getCurrentUser\?"):
        plugin.stub.Invoke(request)
    plugin.configure(m3terApiToken="t", cspApiToken="t")
    code, text = plugin.refusal("getCurrentUser")
    assert code == grpc.StatusCode.FAILED_PRECONDITION
    assert "credentials for more than one platform" in text


@pytest.mark.parametrize(
    ("reply", "code", "text"),
    [
        (json_reply({}, 401), grpc.StatusCode.UNAUTHENTICATED, "m3ter refused the bearer token"),
        (json_reply({}, 403), grpc.StatusCode.PERMISSION_DENIED, "may belong to another"),
        (json_reply({}, 404), grpc.StatusCode.NOT_FOUND, "Check provider setting m3terOrgId, "),
        (Reply(503), grpc.StatusCode.UNAVAILABLE, "m3ter is failing (HTTP 503)"),
        (Reply(body=b"<html>"), grpc.StatusCode.UNAVAILABLE, "m3ter sent an HTML page"),
        (Reply(body=b'{"us'), grpc.StatusCode.UNAVAILABLE, "a reply cut short"),
        (Reply(body=b"{}", cut=1), grpc.StatusCode.UNAVAILABLE, "the reply was cut short"),
    ],
)
def test_a_bad_day_upstream_is_one_line_and_is_forgotten(
    m3ter: Plugin, api: Api, reply: Reply, code: grpc.StatusCode, text: str
) -> None:
    """Nothing of it is kept: the same process answers the next call."""
    api.on(bodies.ME, *[reply] * 4, json_reply(bodies.person()))
    found_code, found_text = m3ter.refusal("getCurrentUser")
    assert (found_code, text in found_text) == (code, True)
    for _ in range(4 - len(api.seen)):
        m3ter.refusal("getCurrentUser")
    assert m3ter.invoke("getCurrentUser")["displayName"] == "Ada Lovelace"


def test_an_api_that_is_down_is_one_line(plugin: Plugin) -> None:
    """Nothing listens there."""
    plugin.configure(m3terBaseUrl="http://127.0.0.1:1", m3terOrgId="o", m3terApiToken="t")
    code, text = plugin.refusal("getCurrentUser")
    assert code == grpc.StatusCode.UNAVAILABLE
    assert text.startswith("m3ter cannot be reached at 127.0.0.1:1")


def test_the_environment_is_read_in_configure(api: Api) -> None:
    """A provider without any explicit setting works from variables alone, Configure or not."""
    api.on(bodies.ME, json_reply(bodies.person()))
    variables = {
        "M3TER_BASE_URL": api.url,
        "M3TER_ORG_ID": bodies.ORG,
        "M3TER_API_TOKEN": "from-environment",
    }
    with spawn(environ=variables) as running:
        assert running.invoke("getCurrentUser")["credentialSource"] == "environment M3TER_API_TOKEN"


def test_cancel_ends_calls_in_flight_and_the_process_lives_on(m3ter: Plugin, api: Api) -> None:
    """However many hang, Cancel is answered at once; the next preview is served."""
    api.on(bodies.ME, Reply(delay=3), json_reply(bodies.person()))
    with futures.ThreadPoolExecutor(80) as pool:
        calls = [pool.submit(m3ter.refusal, "getCurrentUser") for _ in range(80)]
        wait_for(lambda: len(api.seen) == 1)
        time.sleep(0.5)  # the other 79 wait inside the plugin, where nothing shows them
        started = time.monotonic()
        m3ter.stub.Cancel(empty_pb2.Empty(), timeout=5)
        codes = {call.result(5)[0] for call in calls}
    assert codes == {grpc.StatusCode.CANCELLED}
    assert time.monotonic() - started < 2
    assert m3ter.invoke("getCurrentUser")["displayName"] == "Ada Lovelace"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_the_process_cleanly_while_a_call_hangs(
    api: Api, number: signal.Signals
) -> None:
    """Exit code 0 within a second, nothing on stderr, whatever is in flight."""
    api.on(bodies.ME, Reply(delay=3))
    with spawn() as running:
        running.configure(m3terBaseUrl=api.url, m3terOrgId=bodies.ORG, m3terApiToken="t")
        Thread(target=running.refusal, args=("getCurrentUser",), daemon=True).start()
        wait_for(lambda: len(api.seen) == 1)
        running.process.send_signal(number)
        assert running.process.wait(1) == 0


@pytest.mark.parametrize(
    "arguments",
    [(), ("127.0.0.1:1",), ("--logtostderr", "-v=9", "--tracing", "tcp://x:1", "127.0.0.1:1")],
)
def test_stdout_carries_the_port_and_nothing_else(arguments: tuple[str, ...]) -> None:
    """In every form of the arguments; `spawn_talking` demands the rest of stdout to be empty."""
    with spawn_talking(*arguments) as (running, _):
        assert 0 < running.port < 65536
        running.stub.Handshake(provider_pb2.ProviderHandshakeRequest())


def test_at_debug_level_each_step_is_one_line_without_a_secret(api: Api) -> None:
    """RPCs, tokens, requests with their tries, and kept answers; off by default (see `spawn`)."""
    api.on(bodies.TOKEN, json_reply(bodies.token("canary-token", 18000)))
    api.on(bodies.ME, Reply(503), json_reply(bodies.machine()))
    variables = {
        "M3TER_BASE_URL": api.url,
        "M3TER_ORG_ID": bodies.ORG,
        "M3TER_API_KEY": "canary-key",
        "M3TER_API_SECRET": "canary-secret",
    }
    with spawn_talking("--logtostderr", "-v=9", environ=variables) as (running, said):
        running.invoke("getCurrentUser")
        running.invoke("getCurrentUser")
        running.refusal("getCurrentUser", nonsense=1)
    lines = [line.split(" callerid ")[1] for line in said[0].splitlines()]
    path = f"/organizations/{bodies.ORG}/users/me"
    assert [re.sub(r"(ms|expires_at)=[\d.]+", r"\1=N", line) for line in lines] == [
        "api method=POST path=/oauth/token outcome=200 ms=N try=1",
        "token source='environment M3TER_API_KEY' expires_at=N",
        "kept key=token",
        f"api method=GET path={path} outcome=503 ms=N try=1",
        f"api method=GET path={path} outcome=200 ms=N try=2",
        "kept key=token",
        "rpc name=Invoke outcome=OK ms=N",
        "kept key=token",
        f"kept key={path}",
        "kept key=token",
        "rpc name=Invoke outcome=OK ms=N",
        "rpc name=Invoke outcome=INVALID_ARGUMENT ms=N",
    ]
    assert "canary" not in said[0]


@pytest.mark.parametrize("name", ["Invoke", "Configure", "CheckConfig", "Handshake"])
def test_bytes_that_are_no_message_get_a_sentence(plugin: Plugin, name: str) -> None:
    """No crash, no traceback on stderr, and the next call is served."""
    call: Any = plugin.channel.unary_unary(f"/pulumirpc.ResourceProvider/{name}")
    with pytest.raises(grpc.RpcError) as caught:
        call(b"\xff\xff\xff")
    error: Any = caught.value
    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert error.details().startswith(f"callerid cannot read the request of {name}")
    assert plugin.stub.GetPluginInfo(empty_pb2.Empty()).version


@pytest.mark.parametrize("implementation", ["upb", "python"])
def test_arguments_nested_without_an_end_get_a_sentence(implementation: str) -> None:
    """Whatever protobuf is written in: where it has no wheel it reads messages in Python."""
    message = provider_pb2.InvokeRequest(tok="callerid:index:getCurrentUser").SerializeToString()
    with spawn(environ={"PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": implementation}) as running:
        call: Any = running.channel.unary_unary("/pulumirpc.ResourceProvider/Invoke")
        with pytest.raises(grpc.RpcError) as caught:
            call(message + _nested(1000))
    error: Any = caught.value
    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert error.details().startswith("callerid cannot read the request of Invoke")


def _nested(levels: int) -> bytes:
    """Write arguments that protobuf refuses to write: objects in objects."""
    value = b""
    for _ in range(levels):
        value = _field(5, _field(1, _field(1, b"a") + _field(2, value)))
    return _field(2, _field(1, _field(1, b"orgId") + _field(2, value)))


def _field(number: int, content: bytes) -> bytes:
    size, length = b"", len(content)
    while length > 127:
        size, length = size + bytes([length & 127 | 128]), length >> 7
    return bytes([number << 3 | 2]) + size + bytes([length]) + content


def test_huge_arguments_get_a_sentence(plugin: Plugin) -> None:
    """50 MiB are read and refused; the process serves the next call."""
    code, text = plugin.refusal("getCurrentUser", orgId="x" * (50 * 1024 * 1024))
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert text == "The argument orgId of getCurrentUser must be shorter."


def test_a_dependency_that_prints_does_not_reach_stdout() -> None:
    """What it prints goes to stderr: stdout belongs to the port."""
    program = (
        "import runpy, threading, time\n"
        "def noise():\n"
        "    while True: print('noise', flush=True); time.sleep(0.01)\n"
        "threading.Thread(target=noise, daemon=True).start()\n"
        "import os, sys; sys.stdout.flush()\n"
    )
    script = (
        "import callerid.frontends.pulumi.__main__ as plugin\n"
        "from callerid.frontends import process\n"
        "settle = process.keep_stdout\n"
        "def settled():\n"
        "    port = settle()\n"
        f"    exec({program!r})\n"
        "    return port\n"
        "process.keep_stdout = settled\n"
        "plugin.main()\n"
    )
    process = subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment({}),
    )
    assert process.stdout
    int(process.stdout.readline())
    time.sleep(0.1)
    process.terminate()
    stdout, stderr = process.communicate(timeout=5)
    assert (stdout, "noise" in stderr) == ("", True)


def test_warnings_reach_the_engine(api: Api) -> None:
    """Which credential was ignored is said where the person looks."""
    logged: list[Any] = []
    heard = Event()

    class Engine(engine_pb2_grpc.EngineServicer):
        def Log(self, request: Any, _: Any) -> Any:  # noqa: N802 - the RPC's name
            logged.append(request)
            heard.set()
            return empty_pb2.Empty()

    server = grpc.server(futures.ThreadPoolExecutor(2))
    engine_pb2_grpc.add_EngineServicer_to_server(Engine(), server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    with spawn(address, environ={"M3TER_API_TOKEN": "canary"}) as running:
        running.configure(m3terBaseUrl=api.url, m3terApiKey="k", m3terApiSecret="s")
    server.stop(None)
    assert heard.is_set()
    assert [(each.severity, each.message) for each in logged] == [
        (
            2,
            (
                "callerid: provider setting m3terApiKey and provider setting m3terApiSecret are "
                "set, so environment M3TER_API_TOKEN is ignored."
            ),
        )
    ]


def test_the_plugin_imports_no_pulumi_and_no_test_code() -> None:
    """What a preview waits for is loaded and nothing else."""
    script = (
        "import sys, callerid.frontends.pulumi.server, callerid.frontends.pulumi.service\n"
        "early = {'httpx', 'pydantic', 'pulumi', 'click', 'rich'} & set(sys.modules)\n"
        "import callerid.core\n"
        "print(sorted(early), sorted({'pulumi', 'click', 'rich', 'yaml'} & set(sys.modules)))\n"
    )
    done = commands.run_python(script)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[] []\n"
