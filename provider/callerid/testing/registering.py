"""ResourceMonitor.RegisterResource: one resource that the program declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi.runtime.proto import resource_pb2

from callerid.testing import registry, values
from callerid.testing import urn as urns
from callerid.testing.marks import Unknown, holds
from callerid.testing.provider import CheckError, ProviderError
from callerid.testing.result import RegisteredResource
from callerid.testing.run import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.testing.run import Run


def register(
    run: Run, request: resource_pb2.RegisterResourceRequest
) -> resource_pb2.RegisterResourceResponse:
    """Take a resource: providers are started, all others echoed as a first preview does.

    Raises:
        PackageError, UnsupportedError, UrnError, WireError: errors of the call.
        CheckError, DeclarationError, PluginError: errors of the whole run.
    """
    parent = urns.check(request.parent) if request.parent else ""
    with run.resources.in_flight(parent):
        _refuse_unsupported(run, request)
        inputs = values.read(request.object)
        project = run.project
        urn = urns.make(project.stack, project.name, parent, request.type, request.name)
        run.resources.claim(urn, parent)
        identity, outputs = "", inputs if request.custom else {}
        if _is_provider(request):
            identity, outputs = _start(run, request, urn, inputs)
        elif request.custom:
            outputs = _checked(run, request, urn, inputs)
        resource = RegisteredResource(urn, request.type, request.name, request.custom, inputs)
        run.resources.settle(resource, parent, identity, request.providers)
    return resource_pb2.RegisterResourceResponse(
        urn=urn, id=identity, object=_written(outputs, request)
    )


def _is_provider(request: resource_pb2.RegisterResourceRequest) -> bool:
    return request.custom and request.type.startswith(urns.PROVIDER_PREFIX)


def _refuse_unsupported(run: Run, request: resource_pb2.RegisterResourceRequest) -> None:
    label = f"{request.type} {request.name!r}"
    if request.custom or request.remote:
        urns.check_type(request.type)
    if request.provider:
        urns.parse_reference(request.provider)
    if request.envVarMappings and not _is_provider(request):
        message = f"{label}: envVarMappings can only be used with provider resources"
        raise urns.UrnError(message)
    problems = {
        "is a component of another package, which has to be constructed": request.remote,
        "is to be imported": bool(request.importId),
        "is to be created": request.custom and not run.preview and not _is_provider(request),
    }
    for problem, is_so in problems.items():
        if is_so:
            message = f"{label} {problem}; callerid's preview host keeps no resources."
            raise UnsupportedError(message)


def _checked(
    run: Run,
    request: resource_pb2.RegisterResourceRequest,
    urn: str,
    inputs: dict[str, Any],
) -> dict[str, Any]:
    """Have the resource's provider check it; one that is not installed here cannot be asked."""
    name = request.type.partition(":")[0]
    if request.provider:
        provider = run.registry.find(request.provider)
    elif run.registry.is_installed(name):
        wanted = registry.package(name, request.version, request.pluginDownloadURL)
        if request.packageRef:
            wanted = run.registry.package(request.packageRef)
        provider = run.registry.default(wanted, request.type)
    else:
        return inputs
    try:
        return provider.check_resource(urn, request.type, inputs)
    except ProviderError as error:
        raise CheckError(str(error)) from None


def _start(
    run: Run,
    request: resource_pb2.RegisterResourceRequest,
    urn: str,
    inputs: Mapping[str, Any],
) -> tuple[str, dict[str, Any]]:
    name = request.type.removeprefix(urns.PROVIDER_PREFIX)
    wanted = registry.package(name, request.version, request.pluginDownloadURL)
    if request.packageRef:
        wanted = run.registry.package(request.packageRef)
    return run.registry.explicit(wanted, urn, inputs, request.envVarMappings)


def _written(outputs: Mapping[str, Any], request: resource_pb2.RegisterResourceRequest) -> Any:
    accepts = values.Accepts(
        unknowns=True,
        secrets=request.acceptSecrets,
        references=request.acceptResources,
        byte_strings=request.accepts_byte_string,
    )
    if not request.supportsPartialValues:
        outputs = {name: each for name, each in outputs.items() if not holds(each, Unknown)}
    return values.write(outputs, accepts)


def register_outputs(run: Run, request: resource_pb2.RegisterResourceOutputsRequest) -> None:
    """Keep the outputs of a component; those of the stack are the program's exports.

    Raises:
        UrnError, WireError: errors of the call.
        DeclarationError: the resource was never registered; it ends the run.
    """
    run.resources.put_outputs(urns.check(request.urn), values.read(request.outputs))
