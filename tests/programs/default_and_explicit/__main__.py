"""Asks the default provider, which the environment sets up, and an explicit one beside it."""

import pulumi

import pulumi_callerid as callerid

config = pulumi.Config()
machine = callerid.Provider(
    "machine",
    platform="m3ter",
    m3ter_base_url=config.require("url"),
    m3ter_org_id=config.require("organization"),
    m3ter_api_key=config.require_secret("key"),
    m3ter_api_secret=config.require_secret("secret"),
)
through = pulumi.InvokeOptions(provider=machine)

pulumi.export("person", callerid.get_current_user().display_name)
pulumi.export("machine", callerid.get_current_user(opts=through).display_name)
pulumi.export("personLater", callerid.get_current_user_output().credential_source)
pulumi.export("machineLater", callerid.get_current_user_output(opts=through).credential_source)
