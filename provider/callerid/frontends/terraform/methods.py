"""The RPCs, as bytes in and bytes out; whatever goes wrong becomes a diagnostic."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from callerid.errors import ArgumentError, CalleridError, CancelledError
from callerid.frontends import failures, log, memory
from callerid.frontends.terraform import diagnostics
from callerid.frontends.terraform.dynamic import UnreadableError
from callerid.frontends.terraform.messages import message

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.frontends.terraform.service import Service

METHODS = {
    "GetMetadata": ("get_metadata", "Empty"),
    "GetProviderSchema": ("get_provider_schema", "Empty"),
    "GetResourceIdentitySchemas": ("get_resource_identity_schemas", "Empty"),
    "GetFunctions": ("get_functions", "Empty"),
    "ValidateProviderConfig": ("validate_provider_config", "ValidateProviderConfigRequest"),
    "ConfigureProvider": ("configure_provider", "ConfigureProviderRequest"),
    "ValidateDataResourceConfig": (
        "validate_data_resource_config",
        "ValidateDataResourceConfigRequest",
    ),
    "ReadDataSource": ("read_data_source", "ReadDataSourceRequest"),
    "CallFunction": ("call_function", "CallFunctionRequest"),
    "StopProvider": ("stop_provider", "Empty"),
}
"""RPC to the service's method and the request's message. Every other RPC is unimplemented."""
_ENDS_OTHERS = "StopProvider"
"""It needs next to no memory, and gives some back: a host cannot do without it."""


def answering(service: Service, name: str) -> Callable[[bytes], bytes]:
    """Return what answers an RPC. It never raises."""
    method, kind = METHODS[name]

    def answer(raw: bytes) -> bytes:
        started, outcome = time.monotonic(), "OK"
        try:
            if name != _ENDS_OTHERS:
                memory.require()
            response = getattr(service, method)(message(kind).FromString(raw))
            written: bytes = response.SerializeToString()
        except Exception as error:  # noqa: BLE001 - a host shows no more of a status than its code
            outcome = type(error).__name__
            written = _refusal(name, error)
        log.call(name, outcome, started)
        return written

    return answer


def cancelled(name: str) -> bytes:
    """Answer an RPC that the host does not wait for any more."""
    return _refusal(name, CancelledError())


def _refusal(name: str, error: Exception) -> bytes:
    """Return the response of an RPC that failed."""
    if isinstance(error, DecodeError | UnreadableError):
        error = ArgumentError(failures.unreadable(name, "Terraform or OpenTofu"))
    if not isinstance(error, CalleridError):
        log.bug(error)
        if failures.shortage(error) is failures.MEMORY:
            return _OUT_OF_MEMORY[name]
    return _refused(name, diagnostics.of_error(error))


def _refused(name: str, diagnostic: Any) -> bytes:
    """Write a diagnostic, or its text alone where the RPC has no more."""
    response = message(f"{name}Response")
    if name == "CallFunction":
        filled = response(error={"text": diagnostic.detail.removesuffix(".")})  # hosts add one
    elif name == _ENDS_OTHERS:
        filled = response(Error=diagnostic.detail)
    else:
        filled = response(diagnostics=[diagnostic])
    written: bytes = filled.SerializeToString()
    return written


_OUT_OF_MEMORY = {
    name: _refused(name, diagnostics.of_shortage(failures.MEMORY)) for name in METHODS
}
"""Made beforehand: protobuf crashes where it gets no memory to make one."""
