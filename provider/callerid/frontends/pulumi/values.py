"""Property values on the wire: a Struct whose objects and texts may have a special meaning.

Source: pulumi's `sdk/go/common/resource/plugin/rpc.go` and `properties.go` name the signatures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.errors import ArgumentError
from callerid.frontends.unknown import UNKNOWN
from callerid.nesting import within

if TYPE_CHECKING:
    from collections.abc import Iterable

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a marker of the protocol, no secret
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_UNKNOWN_TEXTS = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
_TOO_DEEP = (
    "The engine sent a value that is nested too deeply for any argument or setting of callerid. "
    "Give it plain values."
)


def read(struct: Any) -> dict[str, Any]:
    """Read a Struct into plain values, by name: secrets unwrapped, unknowns as `UNKNOWN`.

    A secret or an output without a value is unknown.

    Raises:
        ArgumentError: a value is nested too deeply.
    """
    try:
        return within(_fields(struct))
    except RecursionError:
        raise ArgumentError(_TOO_DEEP) from None


def marked(struct: Any, names: Iterable[str]) -> Any:
    """Copy a Struct with some of its values marked as secrets; what is not there stays away.

    Null, unknown values, and what is marked already stay as they are.
    """
    copy = type(struct)()
    copy.CopyFrom(struct)
    for name in names:
        if name in struct.fields and _is_bare(struct.fields[name]):
            secret = copy.fields[name].struct_value
            secret.fields[SIGNATURE].string_value = SECRET
            secret.fields["value"].CopyFrom(struct.fields[name])
    return copy


def bare(struct: Any, names: Iterable[str]) -> dict[str, Any]:
    """Read those of some values that are there, known, and not marked as secrets."""
    return {
        name: _value(struct.fields[name])
        for name in names
        if name in struct.fields and _is_bare(struct.fields[name])
    }


def _is_bare(value: Any) -> bool:
    fields = value.struct_value.fields if value.WhichOneof("kind") == "struct_value" else {}
    kind = fields[SIGNATURE].string_value if SIGNATURE in fields else ""
    if kind == SECRET or (kind == OUTPUT and "secret" in fields and fields["secret"].bool_value):
        return False
    return _value(value) not in (None, UNKNOWN)


def _fields(struct: Any) -> dict[str, Any]:
    return {key: _value(value) for key, value in sorted(struct.fields.items())}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _object(_fields(value.struct_value))
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
    if kind is None or kind == "null_value":
        return None
    plain = getattr(value, kind)
    return UNKNOWN if isinstance(plain, str) and plain in _UNKNOWN_TEXTS else plain


def _object(fields: dict[str, Any]) -> Any:
    if fields.get(SIGNATURE) in (SECRET, OUTPUT):
        return fields.get("value", UNKNOWN)
    return fields
