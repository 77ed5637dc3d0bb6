"""What Terraform may ask, one method an RPC. Source: Terraform's `tfplugin6.proto`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.errors import ArgumentError, CalleridError, ConfigurationError, printable_line
from callerid.frontends.terraform import diagnostics, dynamic
from callerid.frontends.terraform.messages import PROVIDER_CONFIG_UNKNOWN, message
from callerid.frontends.terraform.names import FUNCTIONS, GUARD
from callerid.frontends.terraform.schema_file import (
    data_source_attributes,
    provider_attributes,
    schema,
)
from callerid.frontends.unknown import (
    argument_not_known_yet,
    has_unknown,
    setting_not_known_yet,
)
from callerid.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from callerid.frontends.terraform.session import Session


class Service:
    """The provider's side of the protocol: the host's messages in, messages out.

    Methods are called by many threads at once. The heavy imports stand in them: of the processes
    that a plan starts, one reads.
    """

    def __init__(self, session: Session) -> None:
        """Answer one connection."""
        self._session = session

    def get_metadata(self, _request: Any) -> Any:
        """Return the names of what there is."""
        return message("GetMetadataResponse")(
            server_capabilities=schema()["server_capabilities"],
            data_sources=[{"type_name": name} for name in FUNCTIONS],
            functions=[{"name": each["key"]} for each in schema()["functions"]],
        )

    def get_provider_schema(self, _request: Any) -> Any:
        """Return the packaged schema."""
        return message("GetProviderSchemaResponse")(**schema())

    def get_resource_identity_schemas(self, _request: Any) -> Any:
        """Report that there are no resources, and so no identities."""
        return message("GetResourceIdentitySchemasResponse")()

    def get_functions(self, _request: Any) -> Any:
        """Return the functions of the packaged schema."""
        return message("GetFunctionsResponse")(functions=schema()["functions"])

    def validate_provider_config(self, request: Any) -> Any:
        """Check the settings that are known."""
        settings = dynamic.given(request.config, provider_attributes())
        return message("ValidateProviderConfigResponse")(diagnostics=_wrong_settings(settings))

    def configure_provider(self, request: Any) -> Any:
        """Take the settings; those unknown are an error of whoever asks. This makes no request."""
        settings = dynamic.given(request.config, provider_attributes())
        wrong = _wrong_settings(settings)
        if not wrong:
            self._session.configure(settings)
        return message("ConfigureProviderResponse")(diagnostics=wrong)

    def validate_data_resource_config(self, request: Any) -> Any:
        """Check the arguments that are known. Terraform asks again right before it reads.

        Before it configures the provider, a block is checked though it may be switched off by its
        `count`: rules that are left out or empty are no error then.
        """
        function, arguments = _asked(request)
        known = _known(arguments)
        unknown: Collection[str] | None = arguments.keys() - known.keys()
        if not self._session.configured:
            known, unknown = {name: each for name, each in known.items() if each != []}, None
        wrong = _wrong_arguments(function, known, unknown)
        return message("ValidateDataResourceConfigResponse")(diagnostics=wrong)

    def read_data_source(self, request: Any) -> Any:
        """Ask a function, and return its answer as state."""
        response = message("ReadDataSourceResponse")
        function, arguments = _asked(request)
        attributes = data_source_attributes(request.type_name)
        if unknown := self._session.unknown:
            if request.client_capabilities.deferral_allowed:
                state = dynamic.write(dynamic.unknown_state(attributes, arguments))
                return response(state=state, deferred={"reason": PROVIDER_CONFIG_UNKNOWN})
            raise ConfigurationError(setting_not_known_yet(unknown[0]))
        for name in arguments.keys() - _known(arguments).keys():
            raise ArgumentError(argument_not_known_yet(name, function), about=name)
        warnings: list[str] = []
        told: list[Any] = []
        state = None
        try:
            with self._session.flight(warnings) as core:
                answer = core.call(function, arguments)
            state = dynamic.write(dynamic.state(attributes, answer, arguments))
        except CalleridError as error:
            told.append(diagnostics.of_error(error, arguments))
        warned = [diagnostics.of_warning(each, arguments) for each in warnings]
        return response(state=state, diagnostics=[*warned, *told])

    def call_function(self, request: Any) -> Any:
        """Call a function of the provider's: `has_role` is the only one."""
        from callerid.frontends.terraform import has_role  # noqa: PLC0415 - few call it

        response = message("CallFunctionResponse")
        if request.name != has_role.NAME:
            text = f"callerid has no function {printable_line(request.name)}"
            return response(error={"text": text})
        [function] = schema()["functions"]
        roles, name = dynamic.arguments(request.arguments, function["value"]["parameters"])
        if not name.strip():
            return response(error={"text": "The name of a role is empty", "function_argument": 1})
        return response(result=dynamic.write(has_role.has_role(roles, name)))

    def stop_provider(self, _request: Any) -> Any:
        """Say that nothing is wrong: the connection has ended the calls in flight by now."""
        return message("StopProviderResponse")()


def _asked(request: Any) -> tuple[str, dict[str, Any]]:
    """Read which function a request is for, and the arguments that it gives.

    Raises:
        ArgumentError: there is no such data source.
    """
    name = request.type_name
    if name not in FUNCTIONS:
        shown = printable_line(name)
        text = f"callerid has no data source {shown}.{nearest(name, FUNCTIONS)}"
        raise ArgumentError(text)
    return FUNCTIONS[name], dynamic.given(request.config, data_source_attributes(name))


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not has_unknown(value)}


def _wrong_arguments(
    function: str, arguments: Mapping[str, Any], unknown: Collection[str] | None
) -> list[Any]:
    """Return a diagnostic for each argument that is wrong.

    The models stay away where there is none to look at, and none that must be there.
    """
    if not arguments and (unknown or unknown is None or function != GUARD):
        return []
    from callerid.core import wrong_arguments  # noqa: PLC0415 - see the class
    from callerid.functions import load  # noqa: PLC0415 - as above

    wrong = wrong_arguments(load(function), arguments, unknown)
    return [diagnostics.of_error(each, arguments) for each in wrong]


def _wrong_settings(settings: Mapping[str, Any]) -> list[Any]:
    known = _known(settings)
    if not known:
        return []
    from callerid.config import SNAKE_CASE, check  # noqa: PLC0415 - see the class

    wrong = check(known, SNAKE_CASE).items()
    return [diagnostics.of_setting(name, sentence, known) for name, sentence in wrong]
