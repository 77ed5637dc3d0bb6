"""What the provider answers: the same as under Pulumi, in Terraform's form."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import msgpack
import pytest
from support import bodies
from support.api import Api, Reply, json_reply
from support.terraform_host import Host, packed, spawn

from callerid import config
from callerid.casing import camel, snake
from callerid.core import Core
from callerid.errors import CalleridError
from callerid.frontends.terraform import dynamic
from callerid.frontends.terraform.messages import ERROR, WARNING, message
from callerid.frontends.terraform.methods import METHODS
from callerid.frontends.terraform.names import DATA_SOURCES, FUNCTIONS
from callerid.frontends.terraform.schema_file import data_source_attributes
from callerid.frontends.terraform.server import PROVIDER
from callerid.frontends.unknown import UNKNOWN
from callerid.sandbox import library
from callerid.sandbox.environment import as_caller
from callerid.sandbox.server import Sandbox
from callerid.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator

worded = Wording(DATA_SOURCES)
GUARD = "callerid_require_caller"
_REQUEST = re.compile(r", request [\w-]+")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Give the built-in callers."""
    with Sandbox.start() as running:
        yield running


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    """Give one provider; each test connects to it anew."""
    with spawn() as running:
        yield running


@pytest.fixture
def m3ter(host: Host, api: Api) -> Iterator[Any]:
    """Give a connection that is pointed at a scripted m3ter."""
    connection = host.connect()
    settings = {"base_url": api.url, "org_id": bodies.ORG, "api_token": "ready-canary"}
    connection.configure(**{f"m3ter_{name}": value for name, value in settings.items()})
    yield connection
    connection.close()


@pytest.fixture
def bare(host: Host) -> Iterator[Any]:
    """Give a connection that nothing is set for."""
    connection = host.connect()
    connection.configure()
    yield connection
    connection.close()


def _plain(attributes: Any, state: Any) -> Any:
    """Read a state back into the answer that it was made of: nulls are absent."""
    if isinstance(state, list):
        return [_plain(attributes, each) for each in state]
    found = {}
    for each in attributes:
        value = state[each["name"]]
        if value is not None:
            nested = each.get("nested_type")
            found[camel(each["name"])] = _plain(nested["attributes"], value) if nested else value
    return found


def _answer(core: Core, function: str, arguments: dict[str, Any]) -> dict[str, Any] | str:
    try:
        return core.call(function, arguments)
    except CalleridError as error:
        return str(error)


@pytest.mark.parametrize("caller", sorted(library.built_in()))
def test_every_caller_gets_the_same_answers(sandbox: Sandbox, caller: str) -> None:
    """The state holds what the core answers, all of it, or the same sentence as an error."""
    environ = sandbox.environment(caller)
    arguments: dict[str, Any] = {"platform": "csp"} if caller == "both" else {}
    rules = {"principalTypes": ["user"], "onRefusal": "warn"}
    with (
        spawn(environ=as_caller({}, environ)) as host,
        closing(Core(config.load({}, environ))) as core,
    ):
        host.connection.configure()
        for name, function in FUNCTIONS.items():
            given = {**arguments, **(rules if name == GUARD else {})}
            named: dict[str, Any] = {snake(each): value for each, value in given.items()}
            response = host.connection.read(name, **named)
            errors = [each for each in response.diagnostics if each.severity == ERROR]
            wanted = _answer(core, function, given)
            if isinstance(wanted, str):
                told = [_REQUEST.sub("", each.detail) for each in errors]
                assert told == [_REQUEST.sub("", worded(wanted))]
                continue
            state = dynamic.read(response.state)
            assert _plain(data_source_attributes(name), state) == {**given, **wanted}


BAD_DAYS = (
    json_reply({}, 401),
    json_reply({}, 403),
    json_reply({}, 404),
    Reply(503),
    Reply(body=b"<html>"),
    Reply(body=b'{"us'),
    Reply(body=b"{}", cut=1),
)


@pytest.mark.parametrize("reply", BAD_DAYS, ids=lambda each: str(each.status))
def test_a_bad_day_is_a_diagnostic_and_is_forgotten(m3ter: Any, api: Api, reply: Reply) -> None:
    """It has a title, no attribute, and no secret; the next read is answered."""
    api.on(bodies.ME, *[reply] * 4, json_reply(bodies.person()))
    [told] = m3ter.read("callerid_current_user").diagnostics
    assert (told.severity, bool(told.summary), told.HasField("attribute")) == (ERROR, True, False)
    assert "m3ter" in told.detail
    assert "canary" not in str(told)
    for _ in range(4 - len(api.seen)):
        m3ter.read("callerid_current_user")
    assert m3ter.state("callerid_current_user")["display_name"] == "Ada Lovelace"


def _validated(connection: Any, name: str, arguments: dict[str, Any]) -> list[Any]:
    """Give what is told of arguments before anything is read."""
    response = connection.call(
        "ValidateDataResourceConfig",
        "ValidateDataResourceConfigRequest",
        type_name=name,
        config=packed(arguments),
    )
    return list(response.diagnostics)


@pytest.mark.parametrize(
    ("name", "arguments", "attribute", "wanted"),
    [
        (
            "callerid_current_user",
            {"platform": "CPS"},
            "platform",
            "must be m3ter or csp. Did you mean csp?",
        ),
        (
            "callerid_user_org_roles",
            {"org_id": ""},
            "org_id",
            "must be left out, or text that is not empty.",
        ),
        (
            GUARD,
            {"any_roles": []},
            "any_roles",
            "must be left out, or a list that is not empty.",
        ),
        (
            GUARD,
            {"any_roles": ["a"], "min_role_seconds_left": -1},
            "min_role_seconds_left",
            "must be a number from 0 on.",
        ),
    ],
)
def test_a_wrong_argument_is_told_at_validate_by_its_place(
    bare: Any, name: str, arguments: dict[str, Any], attribute: str, wanted: str
) -> None:
    """With its name as Terraform has it; reading says the same."""
    detail = f"The argument {attribute} of {name} {wanted}"
    for [told] in (_validated(bare, name, arguments), bare.read(name, **arguments).diagnostics):
        assert (told.summary, told.detail) == ("Wrong argument", detail)
        assert [each.attribute_name for each in told.attribute.steps] == [attribute]


@pytest.mark.parametrize(
    ("name", "entries", "place"),
    [
        ("all_roles", ["", "a"], 0),
        ("any_roles", ["a", "b", None], 2),
        ("principal_types", ["user", "users"], 1),
    ],
)
def test_a_wrong_entry_is_told_by_its_place(
    bare: Any, name: str, entries: list[Any], place: int
) -> None:
    """The first one, too, though nought is what protobuf leaves out; reading says the same."""
    arguments = {name: entries}
    for [told] in (_validated(bare, GUARD, arguments), bare.read(GUARD, **arguments).diagnostics):
        assert told.detail.startswith(f"An entry of the argument {name} of {GUARD} must be ")
        attribute, entry = told.attribute.steps
        assert (attribute.attribute_name, attribute.HasField("element_key_int")) == (name, False)
        assert (entry.HasField("element_key_int"), entry.element_key_int) == (True, place)


def test_two_wrong_arguments_are_two_diagnostics(bare: Any) -> None:
    """Each points to its own."""
    told = _validated(bare, "callerid_current_user", {"platform": "x", "org_id": ""})
    assert [each.attribute.steps[0].attribute_name for each in told] == ["platform", "org_id"]


def test_what_is_not_known_is_not_validated(bare: Any) -> None:
    """Terraform validates before it knows variables, and again before it reads."""
    for arguments in (
        {"platform": UNKNOWN},
        {"any_roles": ["a", UNKNOWN]},
        {"org_id": bodies.ORG, "ids": UNKNOWN},
        {"min_role_seconds_left": UNKNOWN},
        {"min_role_seconds_left": UNKNOWN, "ids": ["a"]},
        {"min_role_seconds_left": 5, "any_roles": UNKNOWN},
    ):
        assert not _validated(bare, GUARD, arguments)


NO_RULE = f"{GUARD} has no rule, and without one it would let everybody pass."
NO_ROLE = f"The argument min_role_seconds_left of {GUARD} names no role by itself."
NO_ENTRY = f"The argument any_roles of {GUARD} must be left out, or a list that is not empty."
NO_ID = "The argument org_id holds quotation marks or blanks, and no id."


@pytest.mark.parametrize(
    ("arguments", "detail", "steps"),
    [
        ({}, NO_RULE, []),
        ({"on_refusal": "warn", "org_id": UNKNOWN}, NO_RULE, []),
        ({"any_roles": []}, NO_ENTRY, ["any_roles"]),
        ({"min_role_seconds_left": 5}, NO_ROLE, ["min_role_seconds_left"]),
        ({"min_role_seconds_left": 5, "ids": UNKNOWN}, NO_ROLE, ["min_role_seconds_left"]),
    ],
)
def test_a_rule_that_is_not_there_is_told_once_the_block_is_sure_to_be_read(
    arguments: dict[str, Any], detail: str, steps: list[str]
) -> None:
    """Before the provider is configured, `count` may switch the block off."""
    with spawn() as host:
        new = host.connection
        assert not _validated(new, GUARD, arguments)
        assert not new.configure()
        [told] = _validated(new, GUARD, arguments)
        assert told.detail.startswith(detail)
        assert [each.attribute_name for each in told.attribute.steps] == steps
        if UNKNOWN not in arguments.values():
            [failed] = new.read(GUARD, **arguments).diagnostics
            assert failed == told


@pytest.mark.parametrize(
    ("name", "arguments", "detail", "steps"),
    [
        (GUARD, {"org_id": "\"''\"", "ids": ["a"]}, NO_ID, ["org_id"]),
        ("callerid_current_user", {"org_id": "  ", "platform": UNKNOWN}, NO_ID, ["org_id"]),
    ],
)
def test_what_needs_no_settings_is_told_at_validate(
    bare: Any, name: str, arguments: dict[str, Any], detail: str, steps: list[str]
) -> None:
    """In the sentence that a call with settings fails with."""
    [told] = _validated(bare, name, arguments)
    assert not bare.configure(m3ter_api_token="t", m3ter_org_id="o")
    assert [told] == list(_validated(bare, name, arguments))
    assert told.detail.startswith(detail)
    assert [each.attribute_name for each in told.attribute.steps] == steps
    if UNKNOWN not in arguments.values():
        [failed] = bare.read(name, **arguments).diagnostics
        assert failed == told


def test_a_wrong_setting_is_told_by_its_place(bare: Any) -> None:
    """By ValidateProviderConfig and by ConfigureProvider, whichever is asked."""
    settings = {"platform": "csq", "csp_base_url": "ftp://x", "csp_api_token": UNKNOWN}
    for rpc in ("ValidateProviderConfig", "ConfigureProvider"):
        told = bare.call(rpc, f"{rpc}Request", config=packed(settings)).diagnostics
        assert {each.attribute.steps[0].attribute_name: each.detail for each in told} == {
            "platform": "provider setting platform names no platform that callerid knows. Use "
            "m3ter or csp. Did you mean csp?",
            "csp_base_url": "provider setting csp_base_url must be an https URL (http for a "
            "loopback address) without query.",
        }


def test_no_credential_is_an_error_of_who_asks(bare: Any) -> None:
    """One line with Terraform's names of the settings."""
    assert not bare.configure()
    [told] = bare.read("callerid_current_user").diagnostics
    assert told.detail.startswith(
        "callerid has no credential. For m3ter set m3ter_api_key and m3ter_api_secret "
        "(M3TER_API_KEY, M3TER_API_SECRET); for"
    )


REFINED = msgpack.ExtType(12, msgpack.packb({1: False, 2: "prefix-"}))


@pytest.mark.parametrize("value", [UNKNOWN, REFINED])
def test_an_unknown_setting_is_a_sentence_or_deferred(bare: Any, value: Any) -> None:
    """Never a fall back to the environment; deferred where the host allows it."""
    assert not bare.configure(m3ter_api_token=value, request_timeout_seconds=5)
    [told] = bare.read("callerid_current_user").diagnostics
    assert told.detail.startswith("provider setting m3ter_api_token is not known yet. ")
    response = bare.read("callerid_current_user", deferral=True, platform="csp")
    assert (response.deferred.reason, list(response.diagnostics)) == (2, [])
    state = dynamic.read(response.state)
    assert (state["platform"], state["id"]) == ("csp", UNKNOWN)
    assert set(state) == {each["name"] for each in data_source_attributes("callerid_current_user")}


def test_an_unknown_argument_is_refused_by_its_place(bare: Any) -> None:
    """Hosts do not read then; one that does gets a sentence."""
    [told] = bare.read("callerid_current_user", org_id=UNKNOWN).diagnostics
    assert told.detail.startswith("The argument org_id of callerid_current_user is not known yet.")
    assert told.attribute.steps[0].attribute_name == "org_id"


def test_a_refusal_points_to_the_rule(sandbox: Sandbox) -> None:
    """With the whole text of it; `warn` makes it a warning, and an answer."""
    rules: dict[str, Any] = {"principal_types": ["user"], "all_roles": ["org_member", "org_owner"]}
    with spawn(environ=sandbox.environment("member")) as host:
        host.connection.configure()
        [told] = host.connection.read(GUARD, **rules).diagnostics
        assert (told.severity, told.summary) == (ERROR, "The caller is refused")
        assert told.attribute.steps[0].attribute_name == "all_roles"
        assert "required: all of org_member, org_owner" in told.detail
        response = host.connection.read(GUARD, on_refusal="warn", **rules)
        [warned] = response.diagnostics
        assert (warned.severity, "may not run this" in warned.detail) == (WARNING, True)
        assert [each.attribute_name for each in warned.attribute.steps] == ["all_roles"]
        assert dynamic.read(response.state)["allowed"] is False


def test_warnings_come_with_the_first_answer(sandbox: Sandbox) -> None:
    """Each once, as diagnostics of the data source that was read."""
    environ = {**sandbox.environment("owner"), "CSP_CLIENT_ID": "half"}
    with spawn(environ=environ) as host:
        host.connection.configure()
        [told] = host.connection.read("callerid_current_user").diagnostics
        assert not told.HasField("attribute")
        assert (told.severity, told.summary[:31]) == (WARNING, "callerid: VMware Cloud Services")
        assert told.detail.startswith("VMware Cloud Services: environment CSP_CLIENT_ID is half a")
        assert not host.connection.read("callerid_user_org_roles").diagnostics


def test_any_number_of_blocks_costs_two_requests() -> None:
    """They share the token and the answer."""
    with Sandbox.start() as sandbox, spawn(environ=sandbox.environment("owner")) as host:
        host.connection.configure()
        names = ["callerid_current_user", "callerid_user_org_roles"] * 20
        with ThreadPoolExecutor(20) as pool:
            states = list(pool.map(host.connection.state, names))
        assert (len(states), len(sandbox.requests)) == (40, 2)


def test_a_connection_without_settings_is_nobodys(sandbox: Sandbox) -> None:
    """One that came back after another was lost: the environment may be somebody else's."""
    with spawn(environ=sandbox.environment("owner")) as host:
        host.connection.configure(csp_api_token="of-a-member")
        again = host.connect()
        for name in FUNCTIONS:
            rules: dict[str, Any] = {"ids": ["a"]} if name == GUARD else {}
            [told] = again.read(name, **rules).diagnostics
            assert told.detail.startswith("The connection to the provider was lost, and its ")
        again.close()


def test_two_warnings_have_two_titles(sandbox: Sandbox) -> None:
    """Hosts show one of each title."""
    with spawn(environ=sandbox.environment("member")) as host:
        host.connection.configure()
        titles = {
            told.summary
            for role in ("org_owner", "developer")
            for told in host.connection.read(GUARD, any_roles=[role], on_refusal="warn").diagnostics
        }
    assert titles == {
        "callerid: required: org_owner held: org_member",
        "callerid: required: developer held: org_member",
    }


def test_connections_have_settings_of_their_own(sandbox: Sandbox, host: Host) -> None:
    """A provider that was started by hand serves several blocks, and several runs."""
    found = []
    for caller in ("owner", "member"):
        environ = sandbox.environment(caller)
        connection = host.connect()
        connection.configure(
            csp_base_url=environ["CSP_BASE_URL"], csp_api_token=environ["CSP_API_TOKEN"]
        )
        found.append((connection, connection.state("callerid_current_user")["display_name"]))
    again = [each.state("callerid_user_org_roles")["display_name"] for each, _ in found]
    for connection, _ in found:
        connection.close()
    assert again == [name for _, name in found] == ["Grace Hopper", "Linus Member"]


def test_stop_ends_what_is_in_flight(m3ter: Any, api: Api) -> None:
    """At once, though the API holds the request; the next read is answered."""
    slow = Reply(body=b"{}", delay=4)
    api.on(bodies.ME, slow, json_reply(bodies.person()))
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(m3ter.read, "callerid_current_user")
        while not api.seen:
            time.sleep(0.02)
        began = time.monotonic()
        assert m3ter.call("StopProvider").Error == ""
        [told] = reading.result(3).diagnostics
        assert time.monotonic() - began < 2
    assert (told.summary, told.detail) == ("Cancelled", "The call was cancelled.")
    assert m3ter.state("callerid_current_user")["display_name"] == "Ada Lovelace"


@pytest.mark.parametrize("rpc", METHODS)
def test_bytes_that_are_no_message_get_a_sentence(bare: Any, rpc: str) -> None:
    """Never a status: a host shows no more of one than its name."""
    raw = bare.send(PROVIDER + rpc, b"\xff\xff")
    response = message(f"{rpc}Response").FromString(raw)
    if METHODS[rpc][1] != "Empty":
        assert f"callerid cannot read the request of {rpc}" in str(response)


def _unreadable(rpc: str) -> str:
    return (
        f"callerid cannot read the request of {rpc}: its bytes are no such message. Check that "
        "Terraform or OpenTofu is of a current version."
    )


@pytest.mark.parametrize(
    "config",
    [
        {"msgpack": b"\xc1\xff"},
        {"msgpack": b"\x92\x01"},
        {"msgpack": b"\x81\x91\x01\x02"},
        {"msgpack": b"\xa2\xff\xff"},
        {"msgpack": b"\x91" * 5000},
        {"msgpack": msgpack.packb([])},
        {"msgpack": msgpack.packb({5: "a"})},
        {"msgpack": msgpack.packb({"min_role_seconds_left": "a", "request_timeout_seconds": "a"})},
        {"msgpack": msgpack.packb(REFINED)},
        {"json": b"{"},
        {"json": b"[" * 100_000},
    ],
    ids=lambda each: repr(each)[:40],
)
def test_values_that_are_none_get_a_sentence(bare: Any, config: dict[str, bytes]) -> None:
    """A host that packs nonsense gets a diagnostic, and the process lives on."""
    for rpc, named in (
        ("ValidateProviderConfig", {}),
        ("ConfigureProvider", {}),
        ("ValidateDataResourceConfig", {"type_name": GUARD}),
        ("ReadDataSource", {"type_name": GUARD}),
    ):
        [told] = bare.call(rpc, f"{rpc}Request", config=config, **named).diagnostics
        assert (told.severity, told.detail) == (ERROR, _unreadable(rpc))
    assert bare.call("GetMetadata").functions


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ([],),
        ([], "a", "b"),
        (None, "a"),
        ([], None),
        ("a", "a"),
        ([], 5),
        ([5], "a"),
        ([{"name": "a"}], "a"),
        ([], UNKNOWN),
    ],
)
def test_arguments_that_are_none_get_a_sentence(bare: Any, arguments: tuple[Any, ...]) -> None:
    """Of a function, which has no diagnostics but an error."""
    response = bare.call(
        "CallFunction",
        "CallFunctionRequest",
        name="has_role",
        arguments=list(map(dynamic.write, arguments)),
    )
    assert response.error.text == _unreadable("CallFunction").removesuffix(".")
    assert not response.HasField("result")


def test_a_data_source_that_is_not_there(bare: Any) -> None:
    """A host of another version of the schema."""
    [told] = bare.read("callerid_current_users").diagnostics
    assert told.detail == (
        "callerid has no data source callerid_current_users. Did you mean callerid_current_user?"
    )


def test_values_as_json(bare: Any) -> None:
    """Hosts may send them; they are never sent back."""
    config = message("DynamicValue")(json=b'{"platform": "CPS"}')
    request = {"type_name": "callerid_current_user", "config": config}
    [told] = bare.call("ReadDataSource", "ReadDataSourceRequest", **request).diagnostics
    assert told.attribute.steps[0].attribute_name == "platform"


def test_schemas_and_names_agree(bare: Any) -> None:
    """In every RPC that lists them."""
    schemas = bare.call("GetProviderSchema")
    metadata = bare.call("GetMetadata")
    named = {each.key for each in schemas.data_source_schemas}
    assert named == {each.type_name for each in metadata.data_sources} == set(FUNCTIONS)
    assert list(bare.call("GetFunctions").functions) == list(schemas.functions)
    assert schemas.server_capabilities.get_provider_schema_optional
    assert not bare.call("GetResourceIdentitySchemas").diagnostics


def test_has_role_over_the_wire(bare: Any) -> None:
    """True, false, and an error that points to the argument."""
    role = {"name": "a", "kind": "policy", "active": True}
    rest = dict.fromkeys(("in_token", "service_name", "statements"))

    def call(name: str, function: str = "has_role") -> Any:
        values = [dynamic.write([{**role, **rest}]), dynamic.write(name)]
        return bare.call("CallFunction", "CallFunctionRequest", name=function, arguments=values)

    assert dynamic.read(call("a").result) is True
    assert dynamic.read(call("b").result) is False
    assert (call(" ").error.function_argument, bool(call(" ").error.text)) == (1, True)
    assert "has no function has_rule" in call("a", "has_rule").error.text
