"""Asks through explicit providers: one that is known, one whose settings are not known yet."""

import pulumi
from pulumi.runtime import invoke_output

TOKEN = "callerid:index:getCurrentUser"


class Provider(pulumi.ProviderResource):
    """The provider as a resource."""

    def __init__(self, name: str, **settings: pulumi.Input[str]) -> None:
        """Take the provider's settings."""
        super().__init__("callerid", name, settings)


config = pulumi.Config()
known = Provider(
    "known",
    platform="m3ter",
    m3terBaseUrl=config.require("url"),
    m3terApiKey=config.require_secret("key"),
    m3terApiSecret=config.require_secret("secret"),
    m3terOrgId=config.require("organization"),
)
unknown = Provider("unknown", m3terOrgId=known.id)

me = invoke_output(TOKEN, {}, pulumi.InvokeOutputOptions(provider=known, depends_on=[unknown]))
nobody = invoke_output(TOKEN, {}, pulumi.InvokeOutputOptions(provider=unknown))
nothing = invoke_output(TOKEN, {"orgId": known.id}, pulumi.InvokeOutputOptions(provider=known))

pulumi.export("id", known.id)
pulumi.export("name", me.apply(lambda user: user["displayName"]))
pulumi.export("nobody", nobody)
pulumi.export("nothing", nothing)
