"""What can be set for m3ter, and the ways to authenticate there."""

from __future__ import annotations

from callerid.setting import Flow, PlatformSettings, Setting

TOKEN = Flow("m3ter", ("m3terApiToken",), "the bearer token")
KEY = Flow("m3ter", ("m3terApiKey", "m3terApiSecret"), "the API key")

_SETTINGS = (
    Setting(
        "m3terOrgId",
        ("M3TER_ORG_ID",),
        "The m3ter organization to ask about, a UUID. Defaults to the token's own.",
        "m3ter",
    ),
    Setting(
        "m3terApiToken",
        ("M3TER_API_TOKEN",),
        "A ready m3ter bearer token, for example a person's.",
        "m3ter",
        secret=True,
    ),
    Setting(
        "m3terApiKey",
        ("M3TER_API_KEY",),
        "The access key id of a m3ter service user; goes with `m3terApiSecret`.",
        "m3ter",
        secret=True,
    ),
    Setting(
        "m3terApiSecret",
        ("M3TER_API_SECRET",),
        "The API secret of a m3ter service user; goes with `m3terApiKey`.",
        "m3ter",
        secret=True,
    ),
    Setting(
        "m3terBaseUrl",
        ("M3TER_BASE_URL",),
        "Where the m3ter API is.",
        "m3ter",
        default="https://api.m3ter.com",
    ),
)
SETTINGS = PlatformSettings(
    "m3ter",
    _SETTINGS,
    (TOKEN, KEY),
    recommended=KEY,
    org_link="/organizations/",
    api_path=r"organizations(?:/+[0-9a-f-]{36}(?:/.*)?)?|oauth(?:/+token)?",
    siblings={
        "M3TER_ACCESS_KEY": "m3terApiKey",
        "M3TER_SECRET_KEY": "m3terApiSecret",
        "M3TER_ORGANIZATION_ID": "m3terOrgId",
    },
)
