"""Exports outputs in dictionaries, lists and each other, and what `all` and `apply` make of it."""

import pulumi

one = pulumi.Output.from_input(1)
tree = pulumi.Output.from_input({"leaf": one, "leaves": [one, {"deep": one}]})

pulumi.export("tree", tree)
pulumi.export("leaf", tree["leaf"])
pulumi.export("list", [one, [one, one.apply(lambda number: number + 1)]])
pulumi.export("dict", {"a": {"b": {"c": one}}, "empty": {}})
pulumi.export("all", pulumi.Output.all(one, "two", [3]))
pulumi.export("named", pulumi.Output.all(first=one, second=tree))
pulumi.export("chain", one.apply(lambda n: n + 1).apply(lambda n: [n] * n).apply(len))
pulumi.export("inside", one.apply(lambda n: pulumi.Output.from_input({"n": n, "again": one})))
pulumi.export("tuple", (1, one))
