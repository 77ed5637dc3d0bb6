"""Asks both platforms in one program, each through a provider of its own, and compares."""

import pulumi

import pulumi_callerid as callerid

config = pulumi.Config()
at_m3ter = callerid.Provider(
    "at-m3ter",
    platform="m3ter",
    m3ter_base_url=config.require("url"),
    m3ter_org_id=config.require("m3terOrganization"),
    m3ter_api_token=config.require_secret("m3terToken"),
)
at_csp = callerid.Provider(
    "at-csp",
    platform="csp",
    csp_base_url=config.require("url"),
    csp_api_token=config.require_secret("cspToken"),
)
there = callerid.get_current_user(opts=pulumi.InvokeOptions(provider=at_m3ter))
here = callerid.get_user_org_roles_output(opts=pulumi.InvokeOptions(provider=at_csp))

pulumi.export("there", f"{there.display_name} at {there.platform}")
pulumi.export("here", pulumi.Output.format("{0} at {1}", here.display_name, here.platform))
pulumi.export("same", here.email.apply(lambda email: email == there.email))
