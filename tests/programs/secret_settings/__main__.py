"""Hands secret configuration to an explicit provider; its settings are secret, answers are not."""

import pulumi

import pulumi_callerid as callerid

config = pulumi.Config()
machine = callerid.Provider(
    "machine",
    m3ter_base_url=config.require("url"),
    m3ter_org_id=config.require("organization"),
    m3ter_api_key=config.require_secret("key"),
    m3ter_api_secret=config.require_secret("secret"),
)
plain = callerid.get_current_user(opts=pulumi.InvokeOptions(provider=machine))
later = callerid.get_current_user_output(opts=pulumi.InvokeOptions(provider=machine))
about = callerid.get_current_user_output(
    org_id=config.require_secret("organization"), opts=pulumi.InvokeOptions(provider=machine)
)

pulumi.export("plain", plain.display_name)
pulumi.export("later", later.display_name)
pulumi.export("askedWithSecret", about.display_name)
pulumi.export("source", later.credential_source)
