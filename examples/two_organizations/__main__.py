"""One program for two organizations: what it declares depends on the caller's roles in each."""

import pulumi

import pulumi_callerid as callerid

billing = callerid.Provider("billing", platform="m3ter")
cloud = callerid.Provider("cloud", platform="csp")

in_billing = callerid.get_user_org_roles(opts=pulumi.InvokeOptions(provider=billing))
in_cloud = callerid.get_user_org_roles(opts=pulumi.InvokeOptions(provider=cloud))

may_bill = "Administrator" in in_billing.role_names
may_build = "org_owner" in in_cloud.role_names

if may_bill and may_build:
    plan = "clusters, and the meters that bill for them"
elif may_bill:
    plan = "meters for the clusters that are there"
elif may_build:
    plan = "clusters that nobody is billed for yet"
else:
    plan = "nothing"

for name, found in (("billing", in_billing), ("cloud", in_cloud)):
    roles = ", ".join(found.role_names)
    pulumi.export(name, f"{found.display_name} in {found.org_id} ({found.platform}): {roles}")
pulumi.export("plan", plan)
