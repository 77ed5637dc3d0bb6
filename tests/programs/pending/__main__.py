"""Asks with dependencies on resources that do not exist yet."""

import pulumi
from pulumi.runtime import invoke_output

TOKEN = "callerid:index:getCurrentUser"


class Group(pulumi.ComponentResource):
    """A component with one custom resource in it."""

    def __init__(self, name: str) -> None:
        """Declare both."""
        super().__init__("tests:index:Group", name)
        child = pulumi.CustomResource(
            "tests:index:Thing", "child", {"size": 1}, pulumi.ResourceOptions(parent=self)
        )
        self.register_outputs({"child": child.id})


empty = pulumi.ComponentResource("tests:index:Empty", "empty")
full = Group("full")
after_empty = invoke_output(TOKEN, {}, pulumi.InvokeOutputOptions(depends_on=[empty]))
after_full = invoke_output(TOKEN, {}, pulumi.InvokeOutputOptions(depends_on=[full]))

pulumi.export("after_empty", after_empty.apply(lambda user: user["displayName"]))
pulumi.export("after_full", after_full)
