"""The protocol's messages, as a table of names and field numbers.

They are built into a private descriptor pool, so that the `pulumi` package, which brings the same
messages of another version, can live in the same process. A test compares this table with that
package field by field. Source: pulumi's `provider.proto`, `plugin.proto` and `engine.proto`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf import empty_pb2, struct_pb2
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor import Descriptor

PACKAGE = "pulumirpc"
_FILE = "callerid.proto"

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
"""Message name to fields: number, name, type; `?` is explicit presence, `*` is repeated.

An enum stands as int32, which is the same on the wire.
"""
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

_STRUCT = ".google.protobuf.Struct"
_SCALARS = {
    "string": FieldDescriptorProto.TYPE_STRING,
    "bytes": FieldDescriptorProto.TYPE_BYTES,
    "bool": FieldDescriptorProto.TYPE_BOOL,
    "int32": FieldDescriptorProto.TYPE_INT32,
}


def _field(message: DescriptorProto, text: str) -> FieldDescriptorProto:
    number, name, kind = text.split()
    field = FieldDescriptorProto(name=name, json_name=name, number=int(number))
    repeated, optional = kind.endswith("*"), kind.endswith("?")
    kind = kind.rstrip("*?")
    field.label = (
        FieldDescriptorProto.LABEL_REPEATED if repeated else FieldDescriptorProto.LABEL_OPTIONAL
    )
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type = FieldDescriptorProto.TYPE_MESSAGE
        field.type_name = _STRUCT if kind == "Struct" else f".{PACKAGE}.{kind}"
    if optional:
        field.proto3_optional = True
        field.oneof_index = len(message.oneof_decl)
        message.oneof_decl.add(name=f"_{name}")
    return field


def _file() -> FileDescriptorProto:
    file = FileDescriptorProto(
        name=_FILE,
        package=PACKAGE,
        syntax="proto3",
        dependency=["google/protobuf/struct.proto"],
    )
    for name, fields in {**TABLE, **PARTS}.items():
        message = file.message_type.add(name=name)
        for text in fields.split(";"):
            message.field.append(_field(message, text))
    return file


def _pool() -> DescriptorPool:
    pool = DescriptorPool()
    for module in (struct_pb2, empty_pb2):
        pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(_file().SerializeToString())
    return pool


def _with_nested(descriptor: Descriptor) -> Iterator[Descriptor]:
    yield descriptor
    for nested in descriptor.nested_types:
        yield from _with_nested(nested)


_POOL = _pool()
_FILES = ("google/protobuf/struct.proto", "google/protobuf/empty.proto", _FILE)
_CLASSES: dict[str, Any] = {
    each.full_name: GetMessageClass(each)
    for file in _FILES
    for top in _POOL.FindFileByName(file).message_types_by_name.values()
    for each in _with_nested(top)
}
"""Full name of a message to its class, nested ones too, kept for good.

protobuf holds a class weakly: one that nobody keeps is collected, and a thread that asks for it at
that moment gets one whose descriptor is gone. The process then dies of it.
"""


def message(name: str) -> Any:
    """Give the class of a message: one of `TABLE` or `PARTS`, or `Struct` or `Empty`."""
    full = f"{PACKAGE}.{name}" if name in {**TABLE, **PARTS} else f"google.protobuf.{name}"
    return _CLASSES[full]
