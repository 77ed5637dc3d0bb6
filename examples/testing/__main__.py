"""A database whose size depends on who asks for it."""

import pulumi

import pulumi_callerid as callerid

me = callerid.get_user_org_roles()

if me.principal_type == "serviceUser":
    size = 16  # the pipeline builds the real one
elif "org_owner" in me.role_names:
    size = 4  # enough to look for a mistake
elif "org_member" in me.role_names:
    size = 1
else:
    refusal = f"{me.display_name} holds no role that may have a database."
    raise pulumi.RunError(refusal)

pulumi.ComponentResource("acme:index:Database", "orders", {"size": size})
pulumi.export("summary", f"{me.display_name} gets a database of {size} GB")
