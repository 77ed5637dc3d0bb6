"""One provider instance: a process, its settings, and the calls that the engine makes to it."""

from __future__ import annotations

import json
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import errors_pb2, provider_pb2, status_pb2

from callerid.testing import urn as urns
from callerid.testing import values
from callerid.testing.marks import Secret, Unknown, bare, holds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf.message import Message
    from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

    from callerid.testing.plugin import Plugin


class ProviderError(Exception):
    """A provider answered with an error; the text is the provider's own."""


class _NotThereError(ProviderError):
    """A provider does not implement a method."""


class CheckError(Exception):
    """A provider refused its settings; the text is one line a failure."""


@dataclass(frozen=True)
class Answer:
    """What an Invoke came to; `failures` are pairs of property and reason."""

    result: dict[str, Any]
    failures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Protocol:
    secrets: bool = False
    references: bool = False
    byte_strings: bool = False


@dataclass
class Provider:
    """A provider instance; `urn` is its resource's, `preview` is what its Invokes receive.

    After `configure` the instance answers Invokes; the settings reach it on a thread of their
    own, so a wrong one is an error of the first Invoke, as in the engine.
    """

    plugin: Plugin
    urn: str
    preview: bool
    _stub: ResourceProviderStub | None = None
    _protocol: _Protocol | None = None
    _configured: Future[bool] = field(default_factory=Future)

    @property
    def package(self) -> str:
        """The package's name, as in `pulumi:providers:NAME`."""
        return urns.qualified_type(self.urn).rpartition(urns.PROVIDER_PREFIX)[2]

    def connect(self) -> str:
        """Connect; return the version that the plugin reports, empty if it has none.

        Raises:
            PluginError: the process broke the protocol.
            ProviderError: GetPluginInfo failed.
        """
        self._stub, answer = self.plugin.connect()
        if answer is not None:
            self._protocol = _Protocol(
                answer.accept_secrets, answer.accept_resources, answer.accepts_byte_string
            )
        return str(self.call("GetPluginInfo", empty_pb2.Empty()).version)

    def call(self, method: str, request: Message) -> Any:
        """Call one method of the protocol by its name.

        Raises:
            ProviderError: the provider answered with an error.
            _NotThereError: the provider has no such method.
        """
        try:
            return getattr(self._stub, method)(request)
        except grpc.RpcError as error:
            kind = (
                _NotThereError if _code(error) == grpc.StatusCode.UNIMPLEMENTED else ProviderError
            )
            raise kind(self._gone(error) or _message(error)) from None
        except ValueError:
            message = "the preview has ended"
            raise ProviderError(message) from None

    def _gone(self, error: Any) -> str | None:
        """Return the error for a process that ended while asked; gRPC's own is of sockets."""
        broken = _code(error) == grpc.StatusCode.UNAVAILABLE
        if broken and self.plugin.has_ended():
            return f"the provider {self.plugin.name} ended in the middle of the call"
        return None

    def check(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Have the settings checked; return them as the provider does.

        Secrets are sent as plain values and marked again in what comes back.

        Raises:
            CheckError: the provider refuses a setting.
            ProviderError: the call failed, or the provider changed its own version.
        """
        request = provider_pb2.CheckRequest(
            urn=self.urn,
            name=self.urn.rpartition("::")[2],
            type=f"{urns.PROVIDER_PREFIX}{self.package}",
            olds=struct_pb2.Struct(),
            news=values.write(inputs, values.Accepts(unknowns=True)),
        )
        try:
            reply = self.call("CheckConfig", request)
        except _NotThereError:
            return dict(inputs)
        if reply.failures:
            raise CheckError("\n".join(self._failure(each, inputs) for each in reply.failures))
        return self._checked(values.read(reply.inputs), inputs)

    def check_resource(self, urn: str, type_: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """Have a resource's inputs checked; return them as the provider does.

        Raises:
            CheckError: the provider refuses an input.
            ProviderError: the call failed, as it does where a provider has no resources.
        """
        if not self._configured.result():
            return inputs
        request = provider_pb2.CheckRequest(
            urn=urn,
            name=urn.rpartition("::")[2],
            type=type_,
            olds=struct_pb2.Struct(),
            news=values.write(inputs, values.Accepts(unknowns=True)),
        )
        reply = self.call("Check", request)
        if reply.failures:
            raise CheckError("\n".join(f"{urn}: {each.reason}" for each in reply.failures))
        return _marked_again(values.read(reply.inputs), inputs)

    def _failure(self, failure: provider_pb2.CheckFailure, inputs: Mapping[str, Any]) -> str:
        name = self.urn.rpartition("::")[2]
        resource = f"{urns.PROVIDER_PREFIX}{self.package} resource {name!r}"
        if not failure.property:
            return f"{resource} has a problem: {failure.reason}"
        value = inputs.get(failure.property)
        shown = "[secret]" if holds(value, Secret) else f"{{{value}}}"
        return (
            f"{resource}: property {failure.property} value {shown} has a problem: {failure.reason}"
        )

    def _checked(self, checked: dict[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
        if (
            "version" in inputs
            and checked.setdefault("version", inputs["version"]) != inputs["version"]
        ):
            message = f"the provider {self.urn} attempted to change its version"
            raise ProviderError(message)
        return _marked_again(checked, inputs)

    def configure(self, identity: str, inputs: Mapping[str, Any]) -> None:
        """Send the settings, unless one of them is unknown; then no Invoke will be sent either."""
        if any(holds(value, Unknown) for name, value in inputs.items() if name != "version"):
            self._protocol = self._protocol or _Protocol()
            self._configured.set_result(False)
            return
        accepts = values.Accepts(unknowns=True, secrets=True, references=True)
        request = provider_pb2.ConfigureRequest(
            urn=self.urn,
            name=self.urn.rpartition("::")[2],
            type=f"{urns.PROVIDER_PREFIX}{self.package}",
            id=identity,
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
            variables=self._variables(inputs),
            args=values.write(inputs, accepts),
        )
        Thread(target=self._configure, args=(request,), daemon=True).start()

    def _variables(self, inputs: Mapping[str, Any]) -> dict[str, str]:
        plain = {name: bare(value) for name, value in inputs.items() if name != "version"}
        return {
            f"{self.package}:config:{name}": value if isinstance(value, str) else _json(value)
            for name, value in plain.items()
        }

    def _configure(self, request: provider_pb2.ConfigureRequest) -> None:
        try:
            reply = self.call("Configure", request)
        except ProviderError as error:
            self._configured.set_exception(error)
        else:
            if self._protocol is None:
                self._protocol = _Protocol(reply.acceptSecrets, reply.acceptResources)
            self._configured.set_result(True)

    def invoke(self, token: str, args: Mapping[str, Any]) -> Answer:
        """Call a function. Where settings are unknown the answer is `{}` and no call is made.

        Raises:
            ProviderError: Configure or Invoke failed.
            values.WireError: the answer holds an unknown, or a malformed value.
        """
        if not self._configured.result():
            return Answer({})
        protocol = self._protocol or _Protocol()
        accepts = values.Accepts(
            secrets=protocol.secrets,
            references=protocol.references,
            byte_strings=protocol.byte_strings,
        )
        request = provider_pb2.InvokeRequest(
            tok=token, args=values.write(args, accepts), preview=self.preview
        )
        reply = self.call("Invoke", request)
        result = _known(values.read(getattr(reply, "return")))
        if holds(dict(args), Secret) and not protocol.secrets:
            result = {k: v if isinstance(v, Secret) else Secret(v) for k, v in result.items()}
        return Answer(result, tuple((each.property, each.reason) for each in reply.failures))

    def close(self) -> list[str]:
        """End the process; return what went wrong, a sentence each."""
        return self.plugin.close(self._stub)


def _known(result: dict[str, Any]) -> dict[str, Any]:
    for name, value in result.items():
        if holds(value, Unknown):
            message = f"unexpected unknown property value for {_json(name)}"
            raise values.WireError(message)
    return result


def _marked_again(checked: dict[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    for name, value in inputs.items():
        if name not in checked:
            continue
        if isinstance(checked[name], dict) and isinstance(value, dict):
            checked[name] = _marked_again(checked[name], value)
        elif not isinstance(checked[name], Secret) and holds(value, Secret):
            checked[name] = Secret(checked[name])
    return checked


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), default=str)


def _code(error: Any) -> grpc.StatusCode:
    code: grpc.StatusCode = error.code()
    return code


def _message(error: Any) -> str:
    """Return the text of a gRPC error as the engine shows it: its message, then its cause."""
    missing = provider_pb2.ConfigureErrorMissingKeys()
    if _detail(error, missing):
        return "\n".join(
            f'missing required configuration key "{key.name}": {key.description}\n'
            f"Set a value using the command `pulumi config set {key.name} <value>`."
            for key in missing.missingKeys
        )
    text = error.details() or _code(error).name
    cause = errors_pb2.ErrorCause()
    return f"{text}: {cause.message}" if _detail(error, cause) else text


def _detail(error: Any, into: Message) -> bool:
    """Read the detail of the type of `into` from an error, where it carries one."""
    for name, value in error.trailing_metadata() or ():
        if name == "grpc-status-details-bin":
            status = status_pb2.Status.FromString(value)
            return any(detail.Unpack(into) for detail in status.details)
    return False
