"""Declares a resource whose outputs are partly known in a preview, and exports all of them."""

import pulumi


class Thing(pulumi.CustomResource):
    """A resource with one input that comes back, and one output that the provider makes."""

    size: pulumi.Output[int]
    label: pulumi.Output[str]
    tags: pulumi.Output[dict[str, str]]

    def __init__(self, name: str, size: pulumi.Input[int], key: pulumi.Input[str]) -> None:
        """Declare it; `label` is not known yet."""
        inputs = {"size": size, "key": key, "label": None, "tags": {"key": key, "plain": "p"}}
        super().__init__("tests:index:Thing", name, inputs)


first = Thing("first", 3, pulumi.Output.secret("hush"))
second = Thing("second", first.label.apply(len), first.id)

pulumi.export("size", first.size)
pulumi.export("label", first.label)
pulumi.export("tags", first.tags)
pulumi.export("urn", second.urn)
pulumi.export("second", [second.id, second.size, second.tags])
pulumi.export("all", pulumi.Output.all(first.size, first.id))
pulumi.export("first", first)
first.id.apply(lambda _: pulumi.warn("an apply has run on an unknown id"))
