"""Asks two packages, hands one's answer to the other, and declares a resource with both."""

import pulumi
from pulumi.runtime import invoke, invoke_output

import pulumi_callerid as callerid

me = callerid.get_current_user()
echoed = invoke("echo:index:echo", {"name": me.display_name, "list": [1, None, "two"]}).value
later = invoke_output(
    "echo:index:echo",
    {"name": callerid.get_current_user_output().display_name, "hush": pulumi.Output.secret("hush")},
)
thing = pulumi.CustomResource("echo:index:Thing", "thing", {"owner": later["args"]["name"]})

pulumi.export("echoed", echoed)
pulumi.export("later", later)
pulumi.export("id", thing.id)
