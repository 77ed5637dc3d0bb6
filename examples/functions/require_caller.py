"""Let only administrators go on."""

import pulumi

import pulumi_callerid as callerid

administrator = callerid.require_caller(any_roles=["org_owner", "Administrator"])

pulumi.export("administrator", administrator.display_name)
