"""The other side of `start.py`: getCurrentUser for m3ter the straightforward way.

Stubs from the `pulumi` package, every import at the top, one GET an Invoke. Two costs that are not
its own are spared: httpx's command line (see `start.py`), and certificates where TLS is not spoken.
"""

# ruff: noqa: N802 - the methods have the names of the protocol's RPCs

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, Any

import grpc
import httpx
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = "0.1.0"
TOKEN = "callerid:index:getCurrentUser"  # noqa: S105 - a function's token, no secret
THREADS = 10
TIMEOUT_SECONDS = 30.0
LEEWAY_SECONDS = 60.0


class Model(BaseModel):
    """What m3ter sends and the engine gets: camelCase outside."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class User(Model):
    """A person."""

    id: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None


class ServiceUser(Model):
    """A machine."""

    id: str
    name: str | None = None


class Organization(Model):
    """The organization that was asked about."""

    id: str
    organization_name: str | None = None
    short_name: str | None = None
    type: str | None = None
    status: str | None = None


class Me(Model):
    """The reply of `users/me`."""

    user: User | None = None
    service_user: ServiceUser | None = None
    organization: Organization | None = None


class CurrentUser(Model):
    """The answer of getCurrentUser."""

    principal_type: str
    id: str
    display_name: str
    email: str | None = None
    org_id: str
    m3ter: Me


class M3ter:
    """The API, asked with a service user's key and secret from the environment."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        """Connect nothing yet.

        Raises:
            KeyError: a variable is missing.
        """
        self.org_id = environ["M3TER_ORG_ID"]
        self._basic = (environ["M3TER_API_KEY"], environ["M3TER_API_SECRET"])
        self._client = httpx.Client(base_url=environ["M3TER_BASE_URL"], timeout=TIMEOUT_SECONDS)
        self._lock = Lock()
        self._token = ""
        self._renew_at = 0.0

    def me(self) -> Me:
        """Ask who calls.

        Raises:
            httpx.HTTPError: there is no answer, or none with a 2xx status.
        """
        headers = {"authorization": f"Bearer {self._bearer()}"}
        response = self._client.get(f"/organizations/{self.org_id}/users/me", headers=headers)
        response.raise_for_status()
        return Me.model_validate_json(response.content)

    def _bearer(self) -> str:
        with self._lock:
            if time.monotonic() >= self._renew_at:
                self._exchange()
            return self._token

    def _exchange(self) -> None:
        grant = {"grant_type": "client_credentials"}
        response = self._client.post("/oauth/token", json=grant, auth=self._basic)
        response.raise_for_status()
        body = response.json()
        self._token = body["access_token"]
        self._renew_at = time.monotonic() + body["expires_in"] - LEEWAY_SECONDS


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """The servicer: what it does not define, the stubs answer with UNIMPLEMENTED."""

    def __init__(self) -> None:
        """Start unconfigured."""
        self._m3ter: M3ter | None = None

    def GetPluginInfo(self, _request: Any, _: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Tell the version."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def CheckConfig(self, request: Any, _: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        """Take every setting."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, _request: Any, _: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Say that nothing changed."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(
        self, _request: Any, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Read the environment."""
        try:
            self._m3ter = M3ter()
        except KeyError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"{error} is not set")
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        """Answer getCurrentUser."""
        if request.tok != TOKEN:
            context.abort(grpc.StatusCode.NOT_FOUND, f"unknown function {request.tok}")
        if self._m3ter is None:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "not configured")
        try:
            answer = current_user(self._m3ter)
        except httpx.HTTPError as error:
            context.abort(grpc.StatusCode.UNAVAILABLE, f"m3ter: {error}")
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").update(answer.model_dump(by_alias=True, exclude_none=True))
        return response

    def Cancel(self, _request: Any, _: grpc.ServicerContext) -> empty_pb2.Empty:
        """Have nothing to cancel."""
        return empty_pb2.Empty()


def current_user(m3ter: M3ter) -> CurrentUser:
    """Ask m3ter, and name the person or the machine.

    Raises:
        httpx.HTTPError: see `M3ter.me`.
        ValueError: the reply names nobody.
    """
    me = m3ter.me()
    if me.user:
        name = f"{me.user.first_name or ''} {me.user.last_name or ''}".strip() or me.user.id
        kind, caller_id, email = "user", me.user.id, me.user.email
    elif me.service_user:
        name = me.service_user.name or me.service_user.id
        kind, caller_id, email = "serviceUser", me.service_user.id, None
    else:
        message = "m3ter's reply names nobody"
        raise ValueError(message)
    return CurrentUser(
        principal_type=kind,
        id=caller_id,
        display_name=name,
        email=email,
        org_id=m3ter.org_id,
        m3ter=me,
    )


def main() -> None:
    """Serve until SIGINT."""
    server = grpc.server(ThreadPoolExecutor(THREADS))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201 - the protocol's first line
    try:
        server.wait_for_termination()
    except KeyboardInterrupt:
        server.stop(None)


if __name__ == "__main__":
    main()
