"""What callerid has not: resources, components and their methods, refused by the name asked for."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from callerid.errors import printable_line
from callerid.frontends.pulumi.messages import message
from callerid.functions import FILES
from callerid.nearest import nearest_name


class LackingError(Exception):
    """An engine asks for what callerid has not; the text says so."""


_KINDS = {
    "Check": ("resource type", "CheckRequest"),
    "Diff": ("resource type", "DiffRequest"),
    "Create": ("resource type", "CreateRequest"),
    "Read": ("resource type", "ReadRequest"),
    "Update": ("resource type", "UpdateRequest"),
    "Delete": ("resource type", "DeleteRequest"),
    "List": ("resource type", "ListRequest"),
    "Construct": ("resource type", "ConstructRequest"),
    "Call": ("method", "CallRequest"),
}
"""RPC to what its request names, and the request's message."""
_NAMES = ("type", "token", "tok")
"""The fields of a request that name it; without one the URN does."""
_URN_PARTS = 4
_PARAMETERS = "callerid takes no parameters. Leave out what follows its name."


def refusal(rpc: str, request: bytes) -> str:
    """Word the refusal of an RPC that callerid does not implement."""
    if rpc == "Parameterize":
        return _PARAMETERS
    kind, request_kind = _KINDS.get(rpc, ("", ""))
    name = _named(request_kind, request) if request_kind else None
    if not name:
        return f"callerid has functions only, and no resources or components: no {rpc}."
    known = ", ".join(FILES)
    near = nearest_name(name.rpartition(":")[2].partition("/")[0], FILES)
    hint = f" Did you mean the function {near}?" if near else ""
    return f"callerid has no {kind} {printable_line(name)}. It has functions only: {known}.{hint}"


def _named(kind: str, raw: bytes) -> str | None:
    """Read the type or token that a request names; None where it cannot be read or names none."""
    try:
        request = message(kind).FromString(raw)
    except DecodeError:
        return None
    fields = [field.name for field in request.DESCRIPTOR.fields]
    own = [getattr(request, name) for name in _NAMES if name in fields]
    return next(filter(None, own), None) or _type_of(getattr(request, "urn", ""))


def _type_of(urn: str) -> str | None:
    """Read the type in `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`."""
    parts = urn.split("::", _URN_PARTS - 1)
    return parts[2].rpartition("$")[2] if len(parts) == _URN_PARTS else None
