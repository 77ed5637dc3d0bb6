# Generated from schema.json by sdk/generate.py; edit those.
"""An explicit provider: where the caller's credential comes from."""

from typing import Any

import pulumi

from pulumi_callerid import _calls, _settings

__all__ = ["Provider", "ProviderArgs"]


@_calls.input_type
class ProviderArgs:
    """The settings of a `Provider`."""

    csp_access_token: pulumi.Input[str | None] = pulumi.property("cspAccessToken", default=None)
    """A ready VMware Cloud Services access token; it lives for about 30 minutes. Environment:
    `CSP_ACCESS_TOKEN`, or `CSP_ACCESS_TOKEN_FILE` with the name of a file that holds it.
    """
    csp_api_token: pulumi.Input[str | None] = pulumi.property("cspApiToken", default=None)
    """A person's VMware Cloud Services API token; callerid exchanges it for access tokens.
    Environment: `CSP_API_TOKEN`, or `CSP_API_TOKEN_FILE` with the name of a file that holds
    it.
    """
    csp_base_url: pulumi.Input[str | None] = pulumi.property("cspBaseUrl", default=None)
    """Where VMware Cloud Services is. Tokens of one host are not valid on another. Default:
    `https://console.cloud.vmware.com`. Environment: `CSP_BASE_URL` or `CSP_URL`.
    """
    csp_client_id: pulumi.Input[str | None] = pulumi.property("cspClientId", default=None)
    """The id of a VMware Cloud Services OAuth app; goes with `cspClientSecret`. Environment:
    `CSP_CLIENT_ID`.
    """
    csp_client_secret: pulumi.Input[str | None] = pulumi.property("cspClientSecret", default=None)
    """The secret of a VMware Cloud Services OAuth app; goes with `cspClientId`. Environment:
    `CSP_CLIENT_SECRET`, or `CSP_CLIENT_SECRET_FILE` with the name of a file that holds it.
    """
    csp_org_id: pulumi.Input[str | None] = pulumi.property("cspOrgId", default=None)
    """The VMware Cloud Services organization to ask about, a UUID. Defaults to the token's own.
    Environment: `CSP_ORG_ID`.
    """
    m3ter_api_key: pulumi.Input[str | None] = pulumi.property("m3terApiKey", default=None)
    """The access key id of a m3ter service user; goes with `m3terApiSecret`. Environment:
    `M3TER_API_KEY`, or `M3TER_API_KEY_FILE` with the name of a file that holds it.
    """
    m3ter_api_secret: pulumi.Input[str | None] = pulumi.property("m3terApiSecret", default=None)
    """The API secret of a m3ter service user; goes with `m3terApiKey`. Environment:
    `M3TER_API_SECRET`, or `M3TER_API_SECRET_FILE` with the name of a file that holds it.
    """
    m3ter_api_token: pulumi.Input[str | None] = pulumi.property("m3terApiToken", default=None)
    """A ready m3ter bearer token, for example a person's. Environment: `M3TER_API_TOKEN`, or
    `M3TER_API_TOKEN_FILE` with the name of a file that holds it.
    """
    m3ter_base_url: pulumi.Input[str | None] = pulumi.property("m3terBaseUrl", default=None)
    """Where the m3ter API is. Default: `https://api.m3ter.com`. Environment: `M3TER_BASE_URL`."""
    m3ter_org_id: pulumi.Input[str | None] = pulumi.property("m3terOrgId", default=None)
    """The m3ter organization to ask about, a UUID. Defaults to the token's own. Environment:
    `M3TER_ORG_ID`.
    """
    platform: pulumi.Input[str | None] = pulumi.property("platform", default=None)
    """The platform to ask: `m3ter` or `csp`. May be omitted when just one of them has a
    credential. Environment: `CALLERID_PLATFORM`.
    """
    request_timeout_seconds: pulumi.Input[float | None] = pulumi.property(
        "requestTimeoutSeconds", default=None
    )
    """How long one answer may take in all, retries included, in seconds. Default: `60`.
    Environment: `CALLERID_REQUEST_TIMEOUT_SECONDS`.
    """


@pulumi.type_token("pulumi:providers:callerid")
class Provider(pulumi.ProviderResource):
    """Where the caller's credential comes from.

    Every setting is optional and falls back to its environment variable.
    """

    def __init__(  # noqa: PLR0913 - one argument a setting
        self,
        resource_name: str,
        args: ProviderArgs | pulumi.ResourceOptions | None = None,
        opts: pulumi.ResourceOptions | None = None,
        *,
        csp_access_token: pulumi.Input[str | None] = None,
        csp_api_token: pulumi.Input[str | None] = None,
        csp_base_url: pulumi.Input[str | None] = None,
        csp_client_id: pulumi.Input[str | None] = None,
        csp_client_secret: pulumi.Input[str | None] = None,
        csp_org_id: pulumi.Input[str | None] = None,
        m3ter_api_key: pulumi.Input[str | None] = None,
        m3ter_api_secret: pulumi.Input[str | None] = None,
        m3ter_api_token: pulumi.Input[str | None] = None,
        m3ter_base_url: pulumi.Input[str | None] = None,
        m3ter_org_id: pulumi.Input[str | None] = None,
        platform: pulumi.Input[str | None] = None,
        request_timeout_seconds: pulumi.Input[float | None] = None,
    ) -> None:
        """Declare a provider, with its settings as keyword arguments or as one `ProviderArgs`.

        Settings are checked before the engine is asked: plain values at once, outputs when they
        are known. An output that a preview does not know is checked in the update.

        Args:
            resource_name: The name of the provider in the stack.
            args: The settings in one piece; or `opts`, in its place.
            opts: Options of the resource.
            csp_access_token: A ready VMware Cloud Services access token; it lives for about 30
                minutes. Environment: `CSP_ACCESS_TOKEN`, or `CSP_ACCESS_TOKEN_FILE` with the name
                of a file that holds it.
            csp_api_token: A person's VMware Cloud Services API token; callerid exchanges it for
                access tokens. Environment: `CSP_API_TOKEN`, or `CSP_API_TOKEN_FILE` with the name
                of a file that holds it.
            csp_base_url: Where VMware Cloud Services is. Tokens of one host are not valid on
                another. Default: `https://console.cloud.vmware.com`. Environment: `CSP_BASE_URL` or
                `CSP_URL`.
            csp_client_id: The id of a VMware Cloud Services OAuth app; goes with `cspClientSecret`.
                Environment: `CSP_CLIENT_ID`.
            csp_client_secret: The secret of a VMware Cloud Services OAuth app; goes with
                `cspClientId`. Environment: `CSP_CLIENT_SECRET`, or `CSP_CLIENT_SECRET_FILE` with
                the name of a file that holds it.
            csp_org_id: The VMware Cloud Services organization to ask about, a UUID. Defaults to the
                token's own. Environment: `CSP_ORG_ID`.
            m3ter_api_key: The access key id of a m3ter service user; goes with `m3terApiSecret`.
                Environment: `M3TER_API_KEY`, or `M3TER_API_KEY_FILE` with the name of a file that
                holds it.
            m3ter_api_secret: The API secret of a m3ter service user; goes with `m3terApiKey`.
                Environment: `M3TER_API_SECRET`, or `M3TER_API_SECRET_FILE` with the name of a file
                that holds it.
            m3ter_api_token: A ready m3ter bearer token, for example a person's. Environment:
                `M3TER_API_TOKEN`, or `M3TER_API_TOKEN_FILE` with the name of a file that holds it.
            m3ter_base_url: Where the m3ter API is. Default: `https://api.m3ter.com`. Environment:
                `M3TER_BASE_URL`.
            m3ter_org_id: The m3ter organization to ask about, a UUID. Defaults to the token's own.
                Environment: `M3TER_ORG_ID`.
            platform: The platform to ask: `m3ter` or `csp`. May be omitted when just one of them
                has a credential. Environment: `CALLERID_PLATFORM`.
            request_timeout_seconds: How long one answer may take in all, retries included, in
                seconds. Default: `60`. Environment: `CALLERID_REQUEST_TIMEOUT_SECONDS`.

        Raises:
            pulumi.RunError: a plain setting is wrong, or settings came both ways. Pulumi prints
                the text of this one without a traceback, as it does where an output is wrong.
        """
        given: dict[str, Any] = {
            "csp_access_token": csp_access_token,
            "csp_api_token": csp_api_token,
            "csp_base_url": csp_base_url,
            "csp_client_id": csp_client_id,
            "csp_client_secret": csp_client_secret,
            "csp_org_id": csp_org_id,
            "m3ter_api_key": m3ter_api_key,
            "m3ter_api_secret": m3ter_api_secret,
            "m3ter_api_token": m3ter_api_token,
            "m3ter_base_url": m3ter_base_url,
            "m3ter_org_id": m3ter_org_id,
            "platform": platform,
            "request_timeout_seconds": request_timeout_seconds,
        }
        if isinstance(args, pulumi.ResourceOptions):
            args, opts = None, args
        _one_way(args, given)
        opts = pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version=_calls.VERSION), opts)
        inputs = _settings.inputs(_SETTINGS, args or ProviderArgs(**given))
        super().__init__("callerid", resource_name, inputs, opts)


_SETTINGS = (
    _settings.Setting("cspAccessToken", "csp_access_token", "string", secret=True),
    _settings.Setting("cspApiToken", "csp_api_token", "string", secret=True),
    _settings.Setting("cspBaseUrl", "csp_base_url", "string"),
    _settings.Setting("cspClientId", "csp_client_id", "string"),
    _settings.Setting("cspClientSecret", "csp_client_secret", "string", secret=True),
    _settings.Setting("cspOrgId", "csp_org_id", "string"),
    _settings.Setting("m3terApiKey", "m3ter_api_key", "string", secret=True),
    _settings.Setting("m3terApiSecret", "m3ter_api_secret", "string", secret=True),
    _settings.Setting("m3terApiToken", "m3ter_api_token", "string", secret=True),
    _settings.Setting("m3terBaseUrl", "m3ter_base_url", "string"),
    _settings.Setting("m3terOrgId", "m3ter_org_id", "string"),
    _settings.Setting("platform", "platform", "string"),
    _settings.Setting("requestTimeoutSeconds", "request_timeout_seconds", "number"),
)


def _one_way(args: object, given: dict[str, Any]) -> None:
    """Refuse settings that came both ways, or in one piece that is none of ours."""
    if args is None:
        return
    if not isinstance(args, ProviderArgs):
        message = "Provider takes its settings as keyword arguments, or as one ProviderArgs."
        raise pulumi.RunError(message)
    if any(value is not None for value in given.values()):
        message = "Provider takes its settings as args or as keyword arguments, not as both."
        raise pulumi.RunError(message)
