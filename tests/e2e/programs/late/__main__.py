"""Guard with a provider whose settings are not known in a preview."""

import pulumi

import pulumi_callerid as callerid

first = callerid.Provider("first", platform="csp")
late = callerid.Provider("late", platform="csp", csp_org_id=first.id)
opts = pulumi.InvokeOptions(provider=late)
guard = callerid.require_caller(any_roles=["Administrator"], opts=opts)
pulumi.info(f"let pass, allowed: {guard.allowed}")
