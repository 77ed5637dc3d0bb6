"""What the engine may ask, one method an RPC. Source: pulumi's `provider.proto`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from callerid import __version__
from callerid.errors import (
    ArgumentError,
    ConfigurationError,
    FunctionNotFoundError,
    printable_line,
)
from callerid.frontends import failures
from callerid.frontends.pulumi import values
from callerid.frontends.pulumi.messages import DIFF_NONE, DIFF_SOME, message
from callerid.frontends.pulumi.schema_file import schema_text
from callerid.frontends.pulumi.sessions import Sessions
from callerid.frontends.semver import semver
from callerid.frontends.unknown import (
    argument_not_known_yet,
    has_unknown,
    setting_not_known_yet,
)
from callerid.functions import FILES
from callerid.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    import grpc

TOKEN_PREFIX = "callerid:index:"  # noqa: S105 - the start of a function's token, no secret


class Service:
    """The provider's side of the protocol: engine's messages in, messages out.

    Methods are called by many threads at once. The heavy imports stand in them, because a method
    runs only when the engine has the port already.
    """

    def __init__(
        self,
        engine_address: str | None,
        environ: Mapping[str, str] = os.environ,
        *,
        shared: bool = False,
    ) -> None:
        """Start unconfigured: settings come with Configure, else from the environment alone.

        `shared` is a process that any engine may attach to.
        """
        self._environ = environ
        self._sessions = Sessions(engine_address, environ, shared=shared)

    def handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Agree on the protocol; the answers are the same as Configure's."""
        self._sessions.begin(context.peer(), request.engine_address)
        return message("ProviderHandshakeResponse")(accept_secrets=True)

    def attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Remember the engine that attached to a plugin that was running already."""
        self._sessions.attach(context.peer(), request.address)
        return message("Empty")()

    def get_plugin_info(self, _request: Any, _: grpc.ServicerContext) -> Any:
        """Return the plugin's version."""
        return message("PluginInfo")(version=semver(__version__))

    def get_schema(self, request: Any, _: grpc.ServicerContext) -> Any:
        """Return the packaged schema."""
        if request.version or request.subpackage_name:
            text = "callerid has one schema: of version 0, and of no subpackage."
            raise ArgumentError(text)
        return message("GetSchemaResponse")(schema=schema_text())

    def get_mapping(self, _request: Any, _: grpc.ServicerContext) -> Any:
        """Report that nothing converts to callerid."""
        return message("GetMappingResponse")()

    def get_mappings(self, _request: Any, _: grpc.ServicerContext) -> Any:
        """Report that nothing converts to callerid."""
        return message("GetMappingsResponse")()

    def check_config(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Check explicit settings, and return them with the secret ones marked as such.

        What is returned is written to state, and the engine encrypts there what is marked. Nothing
        is added: the environment's secrets are none of the state's.

        The property of a failure stays empty, because the engine prints the value of a property
        that is named, and it may be a secret.
        """
        from callerid.config import SETTINGS, check  # noqa: PLC0415 - see the class

        failure = message("CheckFailure")
        settings = {name: _or_none(value) for name, value in values.read(request.news).items()}
        reasons = map(failures.sentence, check(settings).values())
        secret = [each.name for each in SETTINGS if each.secret]
        self._warn_of_plain_text(values.bare(request.news, secret), request.urn, context)
        inputs = values.marked(request.news, secret)
        return message("CheckResponse")(
            inputs=inputs, failures=[failure(reason=each) for each in reasons]
        )

    def _warn_of_plain_text(
        self, secrets: Mapping[str, Any], urn: str, context: grpc.ServicerContext
    ) -> None:
        from callerid.frontends.pulumi import plain_text  # noqa: PLC0415 - see the class

        texts = {name: value for name, value in secrets.items() if isinstance(value, str) and value}
        if warning := plain_text.warning(texts, urn):
            self._sessions.of(context.peer()).warn_once(warning)

    def diff_config(self, request: Any, _: grpc.ServicerContext) -> Any:
        """Report which settings changed. None of them ever replaces the provider."""
        old = values.read(request.old_inputs if request.HasField("old_inputs") else request.olds)
        new = values.read(request.news)
        ignored = {*request.ignoreChanges, "version"}
        changed = sorted(k for k in {*old, *new} - ignored if old.get(k) != new.get(k))
        kind = DIFF_SOME if changed else DIFF_NONE
        return message("DiffResponse")(changes=kind, diffs=changed)

    def configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Take the settings of a connection; the latest count. This makes no request."""
        from callerid.config import load  # noqa: PLC0415 - see the class

        settings = values.read(request.args)
        unknown = [name for name, value in settings.items() if has_unknown(value)]
        if unknown:
            raise ConfigurationError(setting_not_known_yet(unknown[0]))
        config = load(settings, self._environ)
        session = self._sessions.of(context.peer())
        session.configure(config, request.urn)
        for warning in config.warnings:
            session.engine.warn(warning)
        return message("ConfigureResponse")(acceptSecrets=True, supportsPreview=True)

    def invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Call a function."""
        name = _function_name(request.tok)
        arguments = values.read(request.args)
        unknown = sorted(key for key, value in arguments.items() if has_unknown(value))
        if unknown:
            raise ArgumentError(argument_not_known_yet(unknown[0], name))
        with self._sessions.meant(context.peer()).flight(context) as core:
            answer = core.call(name, arguments, preview=request.preview)
        response = message("InvokeResponse")()
        getattr(response, "return").update(answer)
        return response

    def cancel(self, _request: Any, context: grpc.ServicerContext) -> Any:
        """End the connection's calls. The process lives on: when attached to, others use it."""
        self._sessions.end(context.peer())
        return message("Empty")()


def _function_name(token: str) -> str:
    if token.startswith(TOKEN_PREFIX):
        return token.removeprefix(TOKEN_PREFIX)
    near = nearest(token, [TOKEN_PREFIX + name for name in FILES])
    shown = printable_line(token)
    text = f"callerid has no function {shown}; its functions are named {TOKEN_PREFIX}….{near}"
    raise FunctionNotFoundError(text)


def _or_none(value: Any) -> Any:
    """Replace unknown values by None: a name can be checked, an unknown value cannot."""
    return None if has_unknown(value) else value
