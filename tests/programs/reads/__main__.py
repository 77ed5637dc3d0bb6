"""Asks both functions in their plain form, and exports what people branch on."""

import pulumi

import pulumi_callerid as callerid

me = callerid.get_current_user()
mine = callerid.get_user_org_roles()

pulumi.export("name", me.display_name)
pulumi.export("email", me.email)
pulumi.export("kind", f"{me.platform} {me.principal_type}")
pulumi.export("organization", me.organization)
pulumi.export("source", me.credential_source)
pulumi.export("roleNames", mine.role_names)
pulumi.export("roles", mine.roles)
pulumi.export("fingerprint", mine.fingerprint)
