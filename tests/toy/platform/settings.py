"""What can be set for Toy Cloud, and the way to authenticate there."""

from __future__ import annotations

from callerid.setting import Flow, PlatformSettings, Setting

KEY = Flow("toy", ("toyApiKey", "toyApiSecret"), "the API key")
SETTINGS = PlatformSettings(
    "Toy Cloud",
    (
        Setting("toyOrgId", ("TOY_ORG_ID",), "The Toy Cloud organization to ask about.", "toy"),
        Setting("toyApiKey", ("TOY_API_KEY",), "The id of an API key.", "toy"),
        Setting("toyApiSecret", ("TOY_API_SECRET",), "The secret of that key.", "toy", secret=True),
        Setting(
            "toyBaseUrl",
            ("TOY_BASE_URL",),
            "Where Toy Cloud is.",
            "toy",
            default="https://toy.example",
        ),
    ),
    (KEY,),
    recommended=KEY,
)
