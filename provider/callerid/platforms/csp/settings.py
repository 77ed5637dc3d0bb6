"""What can be set for VMware Cloud Services, and the ways to authenticate there."""

from __future__ import annotations

from callerid.setting import Flow, PlatformSettings, Setting

ACCESS_TOKEN = Flow("csp", ("cspAccessToken",), "the access token")
OAUTH_APP = Flow("csp", ("cspClientId", "cspClientSecret"), "the OAuth app")
API_TOKEN = Flow("csp", ("cspApiToken",), "the API token")
NAMES_NONE = frozenset({"default"})
"""Words in a token's `context_name`, in lower case, that stand for no organization."""
DEFINITIONS = ("external/", "paid/")
"""What stands before the id of a service's definition, in links to it and in tokens."""

_SETTINGS = (
    Setting(
        "cspOrgId",
        ("CSP_ORG_ID",),
        "The VMware Cloud Services organization to ask about, a UUID. Defaults to the token's own.",
        "csp",
    ),
    Setting(
        "cspAccessToken",
        ("CSP_ACCESS_TOKEN",),
        "A ready VMware Cloud Services access token; it lives for about 30 minutes.",
        "csp",
        secret=True,
    ),
    Setting(
        "cspClientId",
        ("CSP_CLIENT_ID",),
        "The id of a VMware Cloud Services OAuth app; goes with `cspClientSecret`.",
        "csp",
    ),
    Setting(
        "cspClientSecret",
        ("CSP_CLIENT_SECRET",),
        "The secret of a VMware Cloud Services OAuth app; goes with `cspClientId`.",
        "csp",
        secret=True,
    ),
    Setting(
        "cspApiToken",
        ("CSP_API_TOKEN",),
        "A person's VMware Cloud Services API token; callerid exchanges it for access tokens.",
        "csp",
        secret=True,
    ),
    Setting(
        "cspBaseUrl",
        ("CSP_BASE_URL", "CSP_URL"),
        "Where VMware Cloud Services is. Tokens of one host are not valid on another.",
        "csp",
        default="https://console.cloud.vmware.com",
    ),
)
SETTINGS = PlatformSettings(
    "VMware Cloud Services",
    _SETTINGS,
    (ACCESS_TOKEN, OAUTH_APP, API_TOKEN),
    recommended=API_TOKEN,
    role_prefix=rf"(?:csp:)?(?:{'|'.join(DEFINITIONS)})[^/]*/(?:[^/]*/(?=[^/]))?|csp:",
    api_path="csp/+gateway(?:/.*)?",
    org_link=r"/csp/gateway/am/api(?:/v\d+)?(?:/loggedin/user)?/orgs/",
    built_in_roles=frozenset(
        {
            *("org_owner", "org_admin", "org_member", "developer", "support_user"),
            *("platform_operator", "service_owner", "feature_flag_manager"),
            *("billing_read_only", "software_installer", "access_log_auditor"),
        }
    ),
    siblings={
        "VMW_CLOUD_ENDPOINT": "cspBaseUrl",
        "CSP_OAUTH_APP_ID": "cspClientId",
        "CSP_OAUTH_APP_SECRET": "cspClientSecret",
        "TANZU_API_TOKEN": "cspApiToken",
        "VMW_CLOUD_API_TOKEN": "cspApiToken",
        "CSP_HOST": "cspBaseUrl",
        "CSP_API_URL": "cspBaseUrl",
    },
)
