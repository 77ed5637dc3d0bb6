"""A protocol's messages, built from a compact table of names and field numbers.

They live in a private descriptor pool: another package of the same process may bring the same
messages, of another version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    from google.protobuf.descriptor import Descriptor

_FILE = "callerid.proto"
_SCALARS = {
    "string": FieldDescriptorProto.TYPE_STRING,
    "bytes": FieldDescriptorProto.TYPE_BYTES,
    "bool": FieldDescriptorProto.TYPE_BOOL,
    "int32": FieldDescriptorProto.TYPE_INT32,
    "int64": FieldDescriptorProto.TYPE_INT64,
}


class Messages:
    """The messages of one protocol. Thread-safe."""

    def __init__(self, package: str, table: Mapping[str, str], *google: ModuleType) -> None:
        """Build them all.

        Args:
            package: the protocol's package.
            table: message name to fields, `;` between them: number, name, type. A type is a scalar,
                a message of the table, or one of `google`; `?` is explicit presence, `*` is
                repeated. An enum stands as int32, and a map as repeated messages of a key and a
                value: both are the same on the wire.
            google: modules of messages that protobuf itself brings, `struct_pb2` for example.
        """
        self._package = package
        self._table = table
        self._google = google
        self._pool = self._built()
        self._classes: dict[str, Any] = {
            each.full_name: GetMessageClass(each) for each in self._descriptors()
        }
        """Full name of a message to its class, nested ones too, kept for good.

        protobuf holds a class weakly: one without a reference is collected, and a thread that asks
        for it at that moment gets one whose descriptor is gone. The process then dies of it.
        """

    def named(self, name: str) -> Any:
        """Return the class of a message: of the table, or of protobuf's own."""
        return self._classes[self._full_name(name)]

    def _full_name(self, name: str) -> str:
        return f"{self._package if name in self._table else 'google.protobuf'}.{name}"

    def _built(self) -> DescriptorPool:
        pool = DescriptorPool()
        for module in self._google:
            pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
        pool.AddSerializedFile(self._file().SerializeToString())
        return pool

    def _descriptors(self) -> Iterator[Descriptor]:
        for name in (*self._google_files(), _FILE):
            for top in self._pool.FindFileByName(name).message_types_by_name.values():
                yield from _with_nested(top)

    def _google_files(self) -> list[str]:
        return [module.DESCRIPTOR.name for module in self._google]

    def _file(self) -> FileDescriptorProto:
        file = FileDescriptorProto(
            name=_FILE,
            package=self._package,
            syntax="proto3",
            dependency=self._google_files(),
        )
        for name, fields in self._table.items():
            message = file.message_type.add(name=name)
            for text in fields.split(";"):
                message.field.append(self._field(message, text))
        return file

    def _field(self, message: DescriptorProto, text: str) -> FieldDescriptorProto:
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
            field.type_name = f".{self._full_name(kind)}"
        if optional:
            field.proto3_optional = True
            field.oneof_index = len(message.oneof_decl)
            message.oneof_decl.add(name=f"_{name}")
        return field


def _with_nested(descriptor: Descriptor) -> Iterator[Descriptor]:
    yield descriptor
    for nested in descriptor.nested_types:
        yield from _with_nested(nested)
