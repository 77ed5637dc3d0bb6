"""Branch on the kind of caller."""

import pulumi

import pulumi_callerid as callerid

me = callerid.get_current_user()

pulumi.export("caller", me.display_name)
pulumi.export("branch", "pipeline" if me.principal_type == "serviceUser" else "workbench")
