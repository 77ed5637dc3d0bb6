"""Asks who is calling, in both forms, and exports values of every kind."""

import pulumi
from pulumi.runtime import invoke, invoke_output

me = invoke("callerid:index:getCurrentUser", {}).value
later = invoke_output("callerid:index:getUserOrgRoles", {})
greeting = pulumi.Config().get("greeting") or "Hello"

pulumi.export("greeting", f"{greeting}, {me['displayName']}")
pulumi.export("roles", later.apply(lambda roles: roles["roleNames"]))
pulumi.export("nested", {"preview": pulumi.runtime.is_dry_run(), "list": [1, 2.5, None]})
pulumi.export("secret", {"inner": pulumi.Output.secret("hush")})
pulumi.log.warn("a warning of the program")
