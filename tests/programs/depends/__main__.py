"""Asks with dependencies: on what is to be created, on a provider, on a component, on nothing."""

import pulumi

import pulumi_callerid as callerid


def name_after(*depends_on: pulumi.Resource) -> pulumi.Output[str]:
    """Ask once all of these exist."""
    opts = pulumi.InvokeOutputOptions(depends_on=list(depends_on))
    return callerid.get_current_user_output(opts=opts).display_name


thing = pulumi.CustomResource("tests:index:Thing", "thing", {"size": 1})
provider = callerid.Provider("provider", request_timeout_seconds=30)
empty = pulumi.ComponentResource("tests:index:Empty", "empty")
full = pulumi.ComponentResource("tests:index:Full", "full")
pulumi.CustomResource("tests:index:Thing", "child", {}, pulumi.ResourceOptions(parent=full))

pulumi.export("nothing", name_after())
pulumi.export("thing", name_after(thing))
pulumi.export("provider", name_after(provider))
pulumi.export("empty", name_after(empty))
pulumi.export("full", name_after(full))
pulumi.export("both", name_after(empty, thing))
