"""The ResourceMonitor service: what a program's SDK talks to while the program runs."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc

from callerid.testing import invoking, registering, registry, values
from callerid.testing.plugin import PluginError
from callerid.testing.provider import CheckError, ProviderError
from callerid.testing.resources import DeclarationError
from callerid.testing.run import UnsupportedError
from callerid.testing.urn import UrnError

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.testing.run import Run

T = TypeVar("T")
PARALLEL = 16
"""How many operations a program may have open; its SDK uses four threads for each."""

_FEATURES = {
    "secrets": resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    "resourceReferences": resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    "outputValues": resource_pb2.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    "aliasSpecs": resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    "deletedWith": resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    "replaceWith": resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    "parameterization": resource_pb2.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
}
"""What the host keeps of the engine's features. It runs no transforms, hooks or migrations."""

_NUMBERED_FEATURES = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_DEPENDS_ON,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_PARENT,
)
_OF_THE_RUN = (CheckError, DeclarationError, PluginError)
_OF_THE_CALL = (registry.PackageError, values.WireError, ProviderError)


class MonitorService(resource_pb2_grpc.ResourceMonitorServicer):
    """Answers the calls of one program; thread-safe."""

    def __init__(self, run: Run) -> None:
        """Serve one run."""
        self._run = run
        self._lock = Lock()
        self._shutting_down = False

    def GetDeploymentInfo(self, request: Any, context: Any) -> resource_pb2.DeploymentInfo:  # noqa: N802 - the protocol's name
        """Return which stack this is, and what the host can do."""
        del request, context
        project = self._run.project
        return resource_pb2.DeploymentInfo(
            project=project.name,
            stack=project.stack,
            organization=self._run.organization,
            config=project.config,
            configSecretKeys=sorted(project.secrets),
            dryRun=self._run.preview,
            parallel=PARALLEL,
            supportedFeatures=[*_FEATURES.values(), *_NUMBERED_FEATURES],
        )

    def SupportsFeature(  # noqa: N802 - the protocol's name
        self, request: resource_pb2.SupportsFeatureRequest, context: Any
    ) -> resource_pb2.SupportsFeatureResponse:
        """Return whether the host supports one feature; older SDKs ask this way."""
        del context
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURES)

    def RegisterPackage(  # noqa: N802 - the protocol's name
        self, request: resource_pb2.RegisterPackageRequest, context: grpc.ServicerContext
    ) -> resource_pb2.RegisterPackageResponse:
        """Keep a package under a reference."""
        ref = self._answer(
            context, f"package {request.name}", lambda: _register_package(self._run, request)
        )
        return resource_pb2.RegisterPackageResponse(ref=ref)

    def RegisterResource(  # noqa: N802 - the protocol's name
        self, request: resource_pb2.RegisterResourceRequest, context: grpc.ServicerContext
    ) -> resource_pb2.RegisterResourceResponse:
        """Take a resource: see `registering`."""
        label = f"registration of {request.type} {request.name!r}"
        return self._answer(context, label, lambda: registering.register(self._run, request))

    def RegisterResourceOutputs(  # noqa: N802 - the protocol's name
        self, request: resource_pb2.RegisterResourceOutputsRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Take the outputs of a component or the stack."""
        label = f"outputs of {request.urn}"
        self._answer(context, label, lambda: registering.register_outputs(self._run, request))
        return empty_pb2.Empty()

    def Invoke(  # noqa: N802 - the protocol's name
        self, request: resource_pb2.ResourceInvokeRequest, context: grpc.ServicerContext
    ) -> resource_pb2.ResourceInvokeResponse:
        """Call a function: see `invoking`."""
        label = f"invoke of {request.tok}"
        return self._answer(context, label, lambda: invoking.invoke(self._run, request))

    def SignalAndWaitForShutdown(  # noqa: N802 - the protocol's name
        self, request: Any, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Let the program end: every resource is answered by the time its SDK asks this."""
        del request
        with self._lock:
            if self._shutting_down:
                context.abort(grpc.StatusCode.UNKNOWN, "the program already waits for shutdown")
            self._shutting_down = True
        return empty_pb2.Empty()

    def ReadResource(  # noqa: N802 - the protocol's name
        self, request: resource_pb2.ReadResourceRequest, context: grpc.ServicerContext
    ) -> NoReturn:
        """Refuse: the host keeps no resources."""
        context.abort(
            grpc.StatusCode.UNIMPLEMENTED,
            f"callerid's preview host reads no existing resources ({request.type} "
            f"{request.name!r}). Preview this program with the pulumi CLI.",
        )

    def Call(  # noqa: N802 - the protocol's name
        self, request: resource_pb2.ResourceCallRequest, context: grpc.ServicerContext
    ) -> NoReturn:
        """Refuse: the host keeps no resources."""
        context.abort(
            grpc.StatusCode.UNIMPLEMENTED,
            f"callerid's preview host calls no methods of resources ({request.tok}). "
            "Preview this program with the pulumi CLI.",
        )

    def _answer(self, context: grpc.ServicerContext, label: str, work: Callable[[], T]) -> T:
        """Do the work of one call and assign errors to the call, or to the whole run."""
        with self._run.calls.open(label):
            try:
                return work()
            except UnsupportedError as error:
                context.abort(grpc.StatusCode.UNIMPLEMENTED, str(error))
            except UrnError as error:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
            except _OF_THE_CALL as error:
                context.abort(grpc.StatusCode.UNKNOWN, str(error))
            except _OF_THE_RUN as error:
                self._run.calls.break_off(self._run.diagnostics, str(error))
                context.abort(grpc.StatusCode.UNAVAILABLE, "the preview has ended")


def _register_package(run: Run, request: resource_pb2.RegisterPackageRequest) -> str:
    if not request.name:
        message = "package name is empty"
        raise registry.PackageError(message)
    if request.HasField("extension"):
        message = f"callerid's preview host extends no packages ({request.name})."
        raise UnsupportedError(message)
    parameter = None
    if request.HasField("parameterization"):
        given = request.parameterization
        version = registry.strict(given.version)
        parameter = registry.Parameter(given.name, version, given.value)
    base = registry.package(request.name, request.version, request.download_url)
    return run.registry.register_package(
        registry.Package(base.plugin, base.version, base.url, parameter)
    )
