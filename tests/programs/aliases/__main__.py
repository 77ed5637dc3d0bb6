"""Declares resources under other parents and former names; the names that count are today's."""

import pulumi

parent = pulumi.ComponentResource("tests:index:Group", "parent")
child = pulumi.CustomResource(
    "tests:index:Thing",
    "child",
    {"size": 1},
    pulumi.ResourceOptions(
        parent=parent,
        aliases=[pulumi.Alias(name="baby"), pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)],
    ),
)
grandchild = pulumi.CustomResource(
    "tests:index:Thing", "grandchild", {"above": child.id}, pulumi.ResourceOptions(parent=child)
)
renamed = pulumi.ComponentResource(
    "tests:index:Group",
    "renamed",
    None,
    pulumi.ResourceOptions(
        aliases=[pulumi.Alias(type_="tests:index:Team")], protect=True, depends_on=[child]
    ),
)

for resource in (parent, child, grandchild, renamed):
    pulumi.export(resource.pulumi_resource_name, resource.urn)
