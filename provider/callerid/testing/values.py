"""Property values between the wire and Python.

On the wire a property bag is a protobuf `Struct`, in which an object with a signature stands for
what JSON has no word for. In Python that is a mark: see `marks`.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callerid.testing.marks import UNKNOWN, Reference, Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from google.protobuf.struct_pb2 import ListValue, Struct, Value

SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - marks a secret, is none
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
_BYTES = "803fd3297a5875dc03ca845dda5d2a98"
_FILES = ("c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7")

UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The text that stands for an unknown string; also the id of a provider in a preview."""

_UNKNOWN_TEXTS = frozenset(
    {
        UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


class WireError(ValueError):
    """A property value that the protocol does not allow; the text names the property."""


@dataclass(frozen=True)
class Accepts:
    """What the receiving side of a message can read; everything else is stripped on the way."""

    unknowns: bool = False
    secrets: bool = False
    references: bool = False
    byte_strings: bool = False


def read(struct: Struct) -> dict[str, Any]:
    """Read a property bag from the wire.

    Raises:
        WireError: a mark is malformed or of no known kind, or a value has no kind at all.
    """
    return {name: mark(_plain(value, name), name) for name, value in sorted(struct.fields.items())}


def _plain(value: Value, name: str) -> Any:
    kind = value.WhichOneof("kind")
    if kind is None:
        message = f"value of no kind for {name!r}, not even null; the real engine dies of it"
        raise WireError(message)
    if kind == "struct_value":
        return {key: _plain(each, key) for key, each in sorted(value.struct_value.fields.items())}
    if kind == "list_value":
        return [_plain(each, name) for each in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return None if kind == "null_value" else getattr(value, kind)


def mark(value: Any, name: str) -> Any:
    """Turn JSON as the wire has it into Python with marks; `name` is for the error text.

    Raises:
        WireError: a mark is malformed or of no known kind.
    """
    if isinstance(value, str):
        return UNKNOWN if value in _UNKNOWN_TEXTS else value
    if isinstance(value, list):
        return [mark(each, name) for each in value]
    if not isinstance(value, dict):
        return value
    return _special(value, name) if SIGNATURE in value else _marked(value)


def _marked(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: mark(each, name) for name, each in value.items()}


def _special(value: dict[str, Any], name: str) -> Any:
    kind = value[SIGNATURE]
    if kind in _FILES:
        return value
    if kind == _OUTPUT:
        inner = mark(value["value"], name) if "value" in value else UNKNOWN
        return Secret(inner) if value.get("secret") else inner
    try:
        if kind == _SECRET:
            return Secret(mark(value["value"] if "value" in value else value["ciphertext"], name))
        if kind == _BYTES:
            return _text_or_bytes(b64decode(value["value"], validate=True))
        if kind == _REFERENCE:
            return _reference(value)
    except (KeyError, TypeError, ValueError) as error:
        message = f"malformed special value for {name!r}"
        raise WireError(message) from error
    message = f"special value of no known kind for {name!r}"
    raise WireError(message)


def _text_or_bytes(data: bytes) -> str | bytes:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def _reference(value: Mapping[str, Any]) -> Reference:
    identity = mark(value.get("id"), "id")
    return Reference(
        urn=value["urn"],
        id=UNKNOWN if identity == "" else identity,
        name=value.get("name"),
        type=value.get("type"),
        package_version=value.get("packageVersion"),
    )


def write(bag: Mapping[str, Any], accepts: Accepts) -> Struct:
    """Write a property bag for the wire, without what the receiver does not accept.

    Unknowns that are not accepted are left out, secrets are unwrapped, references become the
    resource's id (or its URN), as in the real engine.

    Raises:
        WireError: bytes that are no text for a receiver without byte strings.
    """
    from google.protobuf.struct_pb2 import Struct  # noqa: PLC0415 - keeps the package cheap

    struct = Struct()
    for name, value in sorted(bag.items()):
        wire = unmark(value, accepts, name)
        if wire is not UNKNOWN:
            _put(struct.fields[name], wire)
    return struct


def unmark(value: Any, accepts: Accepts, name: str) -> Any:
    """Turn Python with marks into JSON for the wire; `UNKNOWN` means: leave this one out.

    Raises:
        WireError: bytes that are no text for a receiver without byte strings.
    """
    if value is UNKNOWN:
        return UNKNOWN_STRING if accepts.unknowns else UNKNOWN
    for kind, special in _SPECIAL.items():
        if isinstance(value, kind):
            return special(value, accepts, name)
    if isinstance(value, dict):
        pairs = ((key, unmark(each, accepts, key)) for key, each in value.items())
        return {key: each for key, each in pairs if each is not UNKNOWN}
    if isinstance(value, list | tuple):
        return [wire for each in value if (wire := unmark(each, accepts, name)) is not UNKNOWN]
    return value


def _secret(value: Secret, accepts: Accepts, name: str) -> Any:
    inner = unmark(value.value, accepts, name)
    if not accepts.secrets:
        return inner
    return {SIGNATURE: _SECRET} if inner is UNKNOWN else {SIGNATURE: _SECRET, "value": inner}


def _referred(value: Reference, accepts: Accepts, name: str) -> Any:
    if not accepts.references:
        return unmark(value.urn if value.id is None else value.id, accepts, name)
    parts = {
        "urn": value.urn,
        "id": "" if value.id is UNKNOWN else value.id,
        "name": value.name,
        "type": value.type,
        "packageVersion": value.package_version,
    }
    return {SIGNATURE: _REFERENCE, **{key: part for key, part in parts.items() if part is not None}}


def _byte_string(value: bytes, accepts: Accepts, name: str) -> Any:
    if not accepts.byte_strings:
        message = f"{name!r} holds bytes that are no UTF-8 text; the receiver takes text only"
        raise WireError(message)
    return {SIGNATURE: _BYTES, "value": b64encode(value).decode()}


_SPECIAL: Mapping[type, Callable[[Any, Accepts, str], Any]] = {
    Secret: _secret,
    Reference: _referred,
    bytes: _byte_string,
}


def _put(target: Value, wire: Any) -> None:
    if wire is None:
        target.null_value = 0  # type: ignore[assignment] # the stub wants the enum's own type
    elif isinstance(wire, bool):
        target.bool_value = wire
    elif isinstance(wire, int | float):
        target.number_value = wire
    elif isinstance(wire, str):
        target.string_value = wire
    elif isinstance(wire, dict):
        _put_dict(target.struct_value, wire)
    else:
        _put_list(target.list_value, wire)


def _put_dict(target: Struct, wire: Mapping[str, Any]) -> None:
    target.SetInParent()
    for name, each in wire.items():
        _put(target.fields[name], each)


def _put_list(target: ListValue, wire: list[Any]) -> None:
    target.SetInParent()
    for each in wire:
        _put(target.values.add(), each)
