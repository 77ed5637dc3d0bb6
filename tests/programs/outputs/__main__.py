"""Asks both functions in their output form, and looks into the answers without `apply`."""

import pulumi

import pulumi_callerid as callerid

me = callerid.get_current_user_output()
mine = callerid.get_user_org_roles_output(org_id=me.org_id)

pulumi.export("whole", me.apply(lambda user: user.organization))
pulumi.export("name", me.display_name)
pulumi.export("organization", me.organization)
pulumi.export("id", me.organization["id"])
pulumi.export("first", mine.role_names[0])
pulumi.export("count", mine.roles.apply(len))
