"""The other side of `terraform.py`: two data sources for CSP, the straightforward way on `tf`.

Every import at the top, one GET a read. `tf` has no object types, so a role is a map of strings.
It runs in an environment of its own, made by `make bench`.
"""

from __future__ import annotations

import os
import time
from threading import Lock
from typing import TYPE_CHECKING, Any

import httpx
from tf.iface import DataSource, Provider
from tf.runner import run_provider
from tf.schema import Attribute, Schema
from tf.types import List, Map, String

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tf.iface import ReadDataContext
    from tf.utils import Diagnostics

TIMEOUT_SECONDS = 30.0
LEEWAY_SECONDS = 60.0
API = "/csp/gateway/am/api"


class Csp:
    """The API, asked with a person's API token from the environment."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        """Connect nothing yet.

        Raises:
            KeyError: a variable is missing.
        """
        self.org_id = environ["CSP_ORG_ID"]
        self._api_token = environ["CSP_API_TOKEN"]
        self._client = httpx.Client(base_url=environ["CSP_BASE_URL"], timeout=TIMEOUT_SECONDS)
        self._lock = Lock()
        self._token = ""
        self._renew_at = 0.0

    def info(self) -> dict[str, Any]:
        """Ask who calls, and with which roles.

        Raises:
            httpx.HTTPError: there is no answer, or none with a 2xx status.
        """
        headers = {"authorization": f"Bearer {self._bearer()}"}
        path = f"{API}/loggedin/user/orgs/{self.org_id}/info"
        response = self._client.get(path, headers=headers)
        response.raise_for_status()
        info: dict[str, Any] = response.json()
        return info

    def _bearer(self) -> str:
        with self._lock:
            if time.monotonic() >= self._renew_at:
                self._exchange()
            return self._token

    def _exchange(self) -> None:
        form = {"refresh_token": self._api_token}
        response = self._client.post(f"{API}/auth/api-tokens/authorize", data=form)
        response.raise_for_status()
        body = response.json()
        self._token = body["access_token"]
        self._renew_at = time.monotonic() + body["expires_in"] - LEEWAY_SECONDS


class Baseline(Provider):
    """The provider."""

    def __init__(self) -> None:
        """Start unconfigured."""
        self.csp: Csp | None = None

    def get_model_prefix(self) -> str:
        """Give what the names of the data sources begin with."""
        return "baseline_"

    def full_name(self) -> str:
        """Give the source address."""
        return "callerid/baseline"

    def get_provider_schema(self, _diags: Diagnostics) -> Schema:
        """Have no settings: the environment has them."""
        return Schema(attributes=[])

    def validate_config(self, diags: Diagnostics, config: dict[str, Any]) -> None:
        """Have nothing to check."""

    def configure_provider(self, diags: Diagnostics, _config: dict[str, Any]) -> None:
        """Read the environment."""
        try:
            self.csp = Csp()
        except KeyError as error:
            diags.add_error("The provider is not set up", f"{error} is not set.")

    def get_data_sources(self) -> list[type[DataSource]]:
        """List the data sources."""
        return [CurrentUser, UserOrgRoles]

    def get_resources(self) -> list[Any]:
        """Have no resources."""
        return []


class CurrentUser(DataSource):
    """Who calls."""

    def __init__(self, provider: Baseline) -> None:
        """Belong to a provider."""
        self._provider = provider

    @classmethod
    def get_name(cls) -> str:
        """Give the name, without the prefix."""
        return "current_user"

    @classmethod
    def get_schema(cls) -> Schema:
        """Describe the answer."""
        return Schema(
            attributes=[
                Attribute("id", String(), "The caller's id.", computed=True),
                Attribute("display_name", String(), "A name to show.", computed=True),
                Attribute("username", String(), "The user name.", computed=True),
                Attribute("email", String(), "The e-mail address.", computed=True),
                Attribute("org_id", String(), "The organization asked about.", computed=True),
                Attribute("user", Map(String()), "The API's own answer.", computed=True),
            ]
        )

    def read(self, ctx: ReadDataContext, _config: dict[str, Any]) -> dict[str, Any] | None:
        """Ask, and name the person."""
        csp, info = _ask(self._provider, ctx)
        if csp is None:
            return None
        user = info["user"]
        name = f"{user.get('firstName') or ''} {user.get('lastName') or ''}".strip()
        return {
            "id": user["userId"],
            "display_name": name or user["userId"],
            "username": user.get("username"),
            "email": user.get("email"),
            "org_id": csp.org_id,
            "user": _texts({key: value for key, value in user.items() if key != "password"}),
        }


class UserOrgRoles(DataSource):
    """Which roles the caller has."""

    def __init__(self, provider: Baseline) -> None:
        """Belong to a provider."""
        self._provider = provider

    @classmethod
    def get_name(cls) -> str:
        """Give the name, without the prefix."""
        return "user_org_roles"

    @classmethod
    def get_schema(cls) -> Schema:
        """Describe the answer."""
        return Schema(
            attributes=[
                Attribute("user_id", String(), "The caller's id.", computed=True),
                Attribute("org_id", String(), "The organization asked about.", computed=True),
                Attribute("role_names", List(String()), "Names of the roles.", computed=True),
                Attribute("roles", List(Map(String())), "The roles.", computed=True),
            ]
        )

    def read(self, ctx: ReadDataContext, _config: dict[str, Any]) -> dict[str, Any] | None:
        """Ask, and list the roles."""
        csp, info = _ask(self._provider, ctx)
        if csp is None:
            return None
        roles = [_texts(role) for org in info["userOrgInfo"] for role in _roles(org)]
        return {
            "user_id": info["user"]["userId"],
            "org_id": csp.org_id,
            "role_names": sorted({role["name"] for role in roles}),
            "roles": roles,
        }


def _ask(provider: Baseline, ctx: ReadDataContext) -> tuple[Csp | None, dict[str, Any]]:
    """Ask the API; what goes wrong is in the context's diagnostics."""
    csp = provider.csp
    if csp is None:
        ctx.diagnostics.add_error("The provider is not set up")
        return None, {}
    try:
        return csp, csp.info()
    except httpx.HTTPError as error:
        ctx.diagnostics.add_error("The API gave no answer", str(error))
        return None, {}


def _roles(org: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for role in org.get("orgRoles") or []:
        yield {**role, "kind": "organization"}
    for role in org.get("customRoles") or []:
        yield {**role, "kind": "custom"}
    for service in org.get("servicesDef") or []:
        for role in service.get("roles") or []:
            yield {**role, "kind": "service", "serviceName": service["serviceName"]}


def _texts(values: dict[str, Any]) -> dict[str, str]:
    """Leave out what is no plain value: a map has values of one type."""
    return {
        key: str(value) for key, value in values.items() if isinstance(value, (str, int, float))
    }


def main() -> None:
    """Serve the host that started this process."""
    run_provider(Baseline())
