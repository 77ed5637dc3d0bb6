# Generated from schema.json by sdk/generate.py; edit those.
"""The provider's settings as the stack's configuration has them, read when asked for."""

from typing import TYPE_CHECKING

import pulumi

__all__ = [
    "csp_access_token",
    "csp_api_token",
    "csp_base_url",
    "csp_client_id",
    "csp_client_secret",
    "csp_org_id",
    "m3ter_api_key",
    "m3ter_api_secret",
    "m3ter_api_token",
    "m3ter_base_url",
    "m3ter_org_id",
    "platform",
    "request_timeout_seconds",
]

csp_access_token: str | None
"""A ready VMware Cloud Services access token; it lives for about 30 minutes. Environment:
`CSP_ACCESS_TOKEN`, or `CSP_ACCESS_TOKEN_FILE` with the name of a file that holds it.
"""
csp_api_token: str | None
"""A person's VMware Cloud Services API token; callerid exchanges it for access tokens.
Environment: `CSP_API_TOKEN`, or `CSP_API_TOKEN_FILE` with the name of a file that holds
it.
"""
csp_base_url: str | None
"""Where VMware Cloud Services is. Tokens of one host are not valid on another. Default:
`https://console.cloud.vmware.com`. Environment: `CSP_BASE_URL` or `CSP_URL`.
"""
csp_client_id: str | None
"""The id of a VMware Cloud Services OAuth app; goes with `cspClientSecret`. Environment:
`CSP_CLIENT_ID`.
"""
csp_client_secret: str | None
"""The secret of a VMware Cloud Services OAuth app; goes with `cspClientId`. Environment:
`CSP_CLIENT_SECRET`, or `CSP_CLIENT_SECRET_FILE` with the name of a file that holds it.
"""
csp_org_id: str | None
"""The VMware Cloud Services organization to ask about, a UUID. Defaults to the token's own.
Environment: `CSP_ORG_ID`.
"""
m3ter_api_key: str | None
"""The access key id of a m3ter service user; goes with `m3terApiSecret`. Environment:
`M3TER_API_KEY`, or `M3TER_API_KEY_FILE` with the name of a file that holds it.
"""
m3ter_api_secret: str | None
"""The API secret of a m3ter service user; goes with `m3terApiKey`. Environment:
`M3TER_API_SECRET`, or `M3TER_API_SECRET_FILE` with the name of a file that holds it.
"""
m3ter_api_token: str | None
"""A ready m3ter bearer token, for example a person's. Environment: `M3TER_API_TOKEN`, or
`M3TER_API_TOKEN_FILE` with the name of a file that holds it.
"""
m3ter_base_url: str | None
"""Where the m3ter API is. Default: `https://api.m3ter.com`. Environment: `M3TER_BASE_URL`."""
m3ter_org_id: str | None
"""The m3ter organization to ask about, a UUID. Defaults to the token's own. Environment:
`M3TER_ORG_ID`.
"""
platform: str | None
"""The platform to ask: `m3ter` or `csp`. May be omitted when just one of them has a
credential. Environment: `CALLERID_PLATFORM`.
"""
request_timeout_seconds: float | None
"""How long one answer may take in all, retries included, in seconds. Default: `60`.
Environment: `CALLERID_REQUEST_TIMEOUT_SECONDS`.
"""

_SETTINGS = {
    "csp_access_token": (pulumi.Config.get, "cspAccessToken"),
    "csp_api_token": (pulumi.Config.get, "cspApiToken"),
    "csp_base_url": (pulumi.Config.get, "cspBaseUrl"),
    "csp_client_id": (pulumi.Config.get, "cspClientId"),
    "csp_client_secret": (pulumi.Config.get, "cspClientSecret"),
    "csp_org_id": (pulumi.Config.get, "cspOrgId"),
    "m3ter_api_key": (pulumi.Config.get, "m3terApiKey"),
    "m3ter_api_secret": (pulumi.Config.get, "m3terApiSecret"),
    "m3ter_api_token": (pulumi.Config.get, "m3terApiToken"),
    "m3ter_base_url": (pulumi.Config.get, "m3terBaseUrl"),
    "m3ter_org_id": (pulumi.Config.get, "m3terOrgId"),
    "platform": (pulumi.Config.get, "platform"),
    "request_timeout_seconds": (pulumi.Config.get_float, "requestTimeoutSeconds"),
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Read a setting."""
        if name not in _SETTINGS:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        read, key = _SETTINGS[name]
        return read(pulumi.Config("callerid"), key)
