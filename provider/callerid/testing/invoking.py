"""ResourceMonitor.Invoke: one function call of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi.runtime.proto import provider_pb2, resource_pb2

from callerid.testing import registry, values
from callerid.testing import urn as urns
from callerid.testing.provider import ProviderError
from callerid.testing.run import UnsupportedError

if TYPE_CHECKING:
    from callerid.testing.provider import Answer, Provider
    from callerid.testing.run import Run


def invoke(
    run: Run, request: resource_pb2.ResourceInvokeRequest
) -> resource_pb2.ResourceInvokeResponse:
    """Answer a call, and keep it among the run's Invokes.

    Raises:
        PackageError, ProviderError, UnsupportedError, UrnError, WireError: errors of the call.
        CheckError, PluginError: errors of the whole run.
    """
    args = values.read(request.args)
    number = run.calls.begin(request.tok, args)
    try:
        provider = _provider(run, request)
        if not run.resources.wait_for([urns.check(urn) for urn in request.dependsOn]):
            run.calls.end(number)
            return resource_pb2.ResourceInvokeResponse(unknown=True)
        answer = _ask(provider, request.tok, args)
    except Exception as error:
        run.calls.end(number, error=str(error))
        raise
    problem = "; ".join(f"{reason} ({name})" for name, reason in answer.failures)
    run.calls.end(number, result=None if problem else answer.result, error=problem or None)
    return _reply(answer, request)


def _provider(run: Run, request: resource_pb2.ResourceInvokeRequest) -> Provider:
    package = request.tok.partition(":")[0]
    if package == "pulumi":
        message = f"callerid's preview host does not answer {request.tok}; it keeps no state."
        raise UnsupportedError(message)
    parent = urns.check(request.parent) if request.parent else ""
    reference = request.provider or run.resources.provider_of(parent, package)
    wanted = registry.package(package, request.version, request.pluginDownloadURL)
    if request.packageRef:
        wanted = run.registry.package(request.packageRef)
    try:
        if reference:
            return run.registry.find(reference)
        return run.registry.default(wanted, request.tok)
    except (registry.PackageError, urns.UrnError) as error:
        message = f"Invoke: {error}"  # as the engine words it
        raise type(error)(message) from None


def _ask(provider: Provider, token: str, args: dict[str, Any]) -> Answer:
    try:
        return provider.invoke(token, args)
    except (ProviderError, values.WireError) as error:
        message = f"invocation of {token} returned an error: {error}"
        raise ProviderError(message) from None


def _reply(
    answer: Answer, request: resource_pb2.ResourceInvokeRequest
) -> resource_pb2.ResourceInvokeResponse:
    accepts = values.Accepts(
        unknowns=True,
        secrets=True,
        references=request.acceptResources,
        byte_strings=request.accepts_byte_string,
    )
    reply = resource_pb2.ResourceInvokeResponse(
        failures=[
            provider_pb2.CheckFailure(property=name, reason=reason)
            for name, reason in answer.failures
        ]
    )
    getattr(reply, "return").CopyFrom(values.write(answer.result, accepts))
    return reply
