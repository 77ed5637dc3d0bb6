"""What the pages warn of: the output form, and a resource that takes nothing from its answer."""

import pulumi

import pulumi_callerid as callerid

administrator = callerid.require_caller_output(any_roles=["org_owner", "Administrator"])

pulumi.Stash("beside", input="created all the same")
pulumi.export("caller", administrator.display_name)
