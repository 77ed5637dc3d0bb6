"""Sends the host the requests that the config holds, as they are, and exports what comes back."""

import json
from typing import Any

import grpc
import pulumi
from google.protobuf import json_format
from pulumi.runtime.proto import engine_pb2, resource_pb2
from pulumi.runtime.settings import get_engine, get_monitor


def ask(method: str, kind: str, message: dict[str, Any]) -> str:
    """Send one message; return its answer, or the code and text of the refusal."""
    module, stub = (
        (engine_pb2, get_engine()) if hasattr(engine_pb2, kind) else (resource_pb2, get_monitor())
    )
    try:
        answer = getattr(stub, method)(json_format.ParseDict(message, getattr(module, kind)()))
    except grpc.RpcError as error:
        return f"{error.code().name}: {error.details()}"
    return json.dumps(json_format.MessageToDict(answer), sort_keys=True)


pulumi.export("answers", [ask(*each) for each in json.loads(pulumi.Config().require("requests"))])
