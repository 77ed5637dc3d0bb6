"""Branch on a role."""

import pulumi

import pulumi_callerid as callerid

mine = callerid.get_user_org_roles()

pulumi.export("roles", mine.role_names)
pulumi.export("size", "large" if "org_owner" in mine.role_names else "small")
