"""Decide what a stack may contain by who is running it, and in which organization."""

import pulumi

import pulumi_callerid as callerid

ADMINISTRATOR_ROLES = {"Administrator", "org_owner"}

me = callerid.get_current_user()
mine = callerid.get_user_org_roles()

if me.organization and me.organization.type == "SANDBOX":
    branch = "playground"  # an organization for trying things out: anybody may
elif me.principal_type == "serviceUser":
    branch = "pipeline"  # a machine: build what is on the main branch
elif ADMINISTRATOR_ROLES & set(mine.role_names):
    branch = "administrator"  # a person in charge: may change everything
else:
    branch = "member"  # anybody else: look, and change nothing

pulumi.export("branch", branch)
pulumi.export("caller", me.display_name)
pulumi.export("organization", (me.organization and me.organization.name) or me.org_id)
pulumi.export("roles", mine.role_names)
