"""Asks through a provider whose settings come from a resource that does not exist yet."""

import pulumi

import pulumi_callerid as callerid

thing = pulumi.CustomResource("tests:index:Thing", "thing", {"size": 1})
later = callerid.Provider("later", platform="m3ter", m3ter_api_token=thing.id)
opts = pulumi.InvokeOptions(provider=later)
me = callerid.get_current_user_output(opts=opts)

try:
    callerid.get_current_user(opts=opts)
except pulumi.RunError as error:
    pulumi.export("told", str(error))
pulumi.export("name", me.display_name)
pulumi.export("whole", me)
me.apply(lambda _: pulumi.warn("an apply has run on an unknown answer"))
