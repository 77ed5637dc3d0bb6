"""Let only administrators go on."""

import pulumi

import pulumi_callerid as callerid

# First: a refusal ends the program here. With require_caller_output it would not.
administrator = callerid.require_caller(any_roles=["org_owner", "Administrator"])

pulumi.Stash("createdBy", input=administrator.display_name)
pulumi.export("administrator", administrator.display_name)
