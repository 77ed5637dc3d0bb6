"""Logs at every level that a preview survives, with and without a resource."""

import pulumi

group = pulumi.ComponentResource("tests:index:Group", "group")

pulumi.log.debug("a debug line")
pulumi.log.info("an info line")
pulumi.log.warn("a warning")
pulumi.log.warn("a warning of the group", group)
pulumi.info("another info line", group)
pulumi.log.warn("two lines\nof a warning\n")
pulumi.log.warn("")
pulumi.export("done", 1)
print("printed")  # noqa: T201 - printing is what this program is about
