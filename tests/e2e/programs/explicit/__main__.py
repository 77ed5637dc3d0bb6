"""Asks as a service user whose credential is in the stack's configuration."""

import pulumi

import pulumi_callerid as callerid

config = pulumi.Config()
provider = callerid.Provider(
    "machine",
    m3ter_base_url=config.require("url"),
    m3ter_org_id=config.require("organization"),
    m3ter_api_key=config.require_secret("key"),
    m3ter_api_secret=config.require_secret("secret"),
)
me = callerid.get_current_user_output(opts=pulumi.InvokeOutputOptions(provider=provider))

pulumi.export("name", me.apply(lambda user: user.display_name))
pulumi.export("source", me.apply(lambda user: user.credential_source))
