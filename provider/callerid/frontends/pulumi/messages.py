"""The protocol's messages, as a table of names and field numbers.

The `pulumi` package brings the same messages of another version, and can live in the same process:
these are of a pool of their own. A test compares this table with that package field by field.
Source: pulumi's `provider.proto`, `plugin.proto` and `engine.proto`.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import empty_pb2, struct_pb2

from callerid.frontends.wire import Messages

PACKAGE = "pulumirpc"

TABLE = {
    "ProviderHandshakeRequest": (
        "1 engine_address string; 2 root_directory string?; 3 program_directory string?;"
        "4 configure_with_urn bool; 5 supports_views bool; 6 supports_refresh_before_update bool;"
        "7 invoke_with_preview bool; 8 mapper_target string?; 9 loader_target string?;"
        "10 resolver_target string?; 11 accepts_byte_string bool;"
        "12 sends_old_outputs_to_check bool; 13 accepts_outputs_in_invoke bool;"
        "14 accepts_outputs_in_call bool; 15 accepts_outputs_in_check bool"
    ),
    "ProviderHandshakeResponse": (
        "1 accept_secrets bool; 2 accept_resources bool; 3 accept_outputs bool;"
        "4 supports_autonaming_configuration bool; 6 accepts_byte_string bool;"
        "7 accepts_outputs_in_invoke bool; 8 accepts_outputs_in_call bool;"
        "9 accepts_outputs_in_check bool"
    ),
    "PluginInfo": "1 version string",
    "PluginAttach": "1 address string",
    "GetSchemaRequest": "1 version int32; 2 subpackage_name string; 3 subpackage_version string",
    "GetSchemaResponse": "1 schema string",
    "CheckRequest": (
        "1 urn string; 2 olds Struct; 3 news Struct; 5 randomSeed bytes; 6 name string;"
        "7 type string; 9 old_outputs Struct"
    ),
    "CheckResponse": "1 inputs Struct; 2 failures CheckFailure*",
    "CheckFailure": "1 property string; 2 reason string",
    "DiffRequest": (
        "1 id string; 2 urn string; 3 olds Struct; 4 news Struct; 5 ignoreChanges string*;"
        "6 old_inputs Struct; 7 name string; 8 type string"
    ),
    "DiffResponse": (
        "1 replaces string*; 2 stables string*; 3 deleteBeforeReplace bool; 4 changes int32;"
        "5 diffs string*; 7 hasDetailedDiff bool"
    ),
    "ConfigureRequest": (
        "2 args Struct; 3 acceptSecrets bool; 4 acceptResources bool; 5 sends_old_inputs bool;"
        "6 sends_old_inputs_to_delete bool; 7 id string?; 8 urn string?; 9 name string?;"
        "10 type string?"
    ),
    "ConfigureResponse": (
        "1 acceptSecrets bool; 2 supportsPreview bool; 3 acceptResources bool;"
        "4 acceptOutputs bool; 5 supports_autonaming_configuration bool"
    ),
    "InvokeRequest": "1 tok string; 2 args Struct; 7 preview bool",
    "InvokeResponse": "1 return Struct; 2 failures CheckFailure*",
    "GetMappingRequest": "1 key string; 2 provider string",
    "GetMappingResponse": "1 provider string; 2 data bytes",
    "GetMappingsRequest": "1 key string",
    "GetMappingsResponse": "1 providers string*",
    "LogRequest": (
        "1 severity int32; 2 message string; 3 urn string; 4 streamId int32; 5 ephemeral bool"
    ),
}
"""Message name to fields, in the form that `callerid.frontends.wire` reads."""
PARTS = {
    "CreateRequest": "1 urn string; 6 type string",
    "ReadRequest": "2 urn string; 6 type string",
    "UpdateRequest": "2 urn string; 10 type string",
    "DeleteRequest": "2 urn string; 7 type string",
    "ListRequest": "1 token string",
    "ConstructRequest": "7 type string",
    "CallRequest": "1 tok string",
}
"""The same for requests that are refused: of each the fields that name what is asked for."""

DIFF_NONE, DIFF_SOME = 1, 2
SEVERITY_DEBUG, SEVERITY_WARNING = 0, 2

_MESSAGES = Messages(PACKAGE, {**TABLE, **PARTS}, struct_pb2, empty_pb2)


def message(name: str) -> Any:
    """Return the class of a message: one of `TABLE` or `PARTS`, or `Struct` or `Empty`."""
    return _MESSAGES.named(name)
