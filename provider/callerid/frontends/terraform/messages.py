"""The protocol's messages, as a table of names and field numbers.

Source: `tfplugin6.proto` of Terraform (6.11) and OpenTofu (6.10), the services of go-plugin and
gRPC's health check. Of each message only what callerid sends or reads; a name says what the
protocol nests: `ReadDataSource.Request` is `ReadDataSourceRequest`. A type of a value is JSON that
the protocol has as bytes; text is the same on the wire.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import empty_pb2

from callerid.frontends.wire import Messages

TABLE = {
    "DynamicValue": "1 msgpack bytes; 2 json bytes",
    "Diagnostic": "1 severity int32; 2 summary string; 3 detail string; 4 attribute AttributePath",
    "AttributePath": "1 steps AttributePathStep*",
    "AttributePathStep": "1 attribute_name string; 3 element_key_int int64?",
    "Schema": "1 version int64; 2 block SchemaBlock",
    "SchemaBlock": (
        "1 version int64; 2 attributes SchemaAttribute*; 4 description string;"
        "5 description_kind int32; 6 deprecated bool; 7 deprecation_message string"
    ),
    "SchemaAttribute": (
        "1 name string; 2 type string; 3 description string; 4 required bool; 5 optional bool;"
        "6 computed bool; 7 sensitive bool; 8 description_kind int32; 9 deprecated bool;"
        "10 nested_type SchemaObject; 12 deprecation_message string"
    ),
    "SchemaObject": "1 attributes SchemaAttribute*; 3 nesting int32",
    "ServerCapabilities": "2 get_provider_schema_optional bool",
    "ClientCapabilities": "1 deferral_allowed bool",
    "Deferred": "1 reason int32",
    "Function": (
        "1 parameters FunctionParameter*; 3 return FunctionReturn; 4 summary string;"
        "5 description string; 6 description_kind int32; 7 deprecation_message string"
    ),
    "FunctionParameter": (
        "1 name string; 2 type string; 3 allow_null_value bool; 4 allow_unknown_values bool;"
        "5 description string; 6 description_kind int32"
    ),
    "FunctionReturn": "1 type string",
    "FunctionError": "1 text string; 2 function_argument int64?",
    "NamedSchema": "1 key string; 2 value Schema",
    "NamedFunction": "1 key string; 2 value Function",
    "TypeName": "1 type_name string",
    "FunctionName": "1 name string",
    "GetMetadataRequest": "1 unused bool",
    "GetMetadataResponse": (
        "1 server_capabilities ServerCapabilities; 2 diagnostics Diagnostic*;"
        "3 data_sources TypeName*; 5 functions FunctionName*"
    ),
    "GetProviderSchemaResponse": (
        "1 provider Schema; 3 data_source_schemas NamedSchema*; 4 diagnostics Diagnostic*;"
        "6 server_capabilities ServerCapabilities; 7 functions NamedFunction*"
    ),
    "GetResourceIdentitySchemasResponse": "2 diagnostics Diagnostic*",
    "GetFunctionsResponse": "1 functions NamedFunction*; 2 diagnostics Diagnostic*",
    "ValidateProviderConfigRequest": "1 config DynamicValue",
    "ValidateProviderConfigResponse": "2 diagnostics Diagnostic*",
    "ConfigureProviderRequest": (
        "1 terraform_version string; 2 config DynamicValue;3 client_capabilities ClientCapabilities"
    ),
    "ConfigureProviderResponse": "1 diagnostics Diagnostic*",
    "ValidateDataResourceConfigRequest": "1 type_name string; 2 config DynamicValue",
    "ValidateDataResourceConfigResponse": "1 diagnostics Diagnostic*",
    "ReadDataSourceRequest": (
        "1 type_name string; 2 config DynamicValue; 4 client_capabilities ClientCapabilities"
    ),
    "ReadDataSourceResponse": (
        "1 state DynamicValue; 2 diagnostics Diagnostic*; 3 deferred Deferred"
    ),
    "CallFunctionRequest": "1 name string; 2 arguments DynamicValue*",
    "CallFunctionResponse": "1 result DynamicValue; 2 error FunctionError",
    "StopProviderResponse": "1 Error string",
    "HealthCheckResponse": "1 status int32",
}
"""Message name to fields, in the form that `callerid.frontends.wire` reads."""

ERROR, WARNING = 1, 2
"""How severe a diagnostic is."""
MARKDOWN = 1
SINGLE, LIST = 1, 2
"""How a nested attribute holds its objects."""
PROVIDER_CONFIG_UNKNOWN = 2
SERVING = 1

_MESSAGES = Messages("tfplugin6", TABLE, empty_pb2)


def message(name: str) -> Any:
    """Return the class of a message: one of `TABLE`, or `Empty`."""
    return _MESSAGES.named(name)
