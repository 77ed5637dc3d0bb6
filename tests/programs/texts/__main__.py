"""Makes texts of outputs: known, secret and unknown ones."""

import pulumi

thing = pulumi.CustomResource("tests:index:Thing", "thing", {"size": 1})
known = pulumi.Output.from_input("Grace")
secret = pulumi.Output.secret("hush")

pulumi.export("concat", pulumi.Output.concat("Hello ", known, "!"))
pulumi.export("format", pulumi.Output.format("{0}, {name} of {size}", 1, name=known, size=[2]))
pulumi.export("dumped", pulumi.Output.json_dumps({"name": known, "list": [1, None, known]}))
pulumi.export("loaded", pulumi.Output.json_loads(known.apply(lambda name: f'{{"name": "{name}"}}')))
pulumi.export("unknown", pulumi.Output.concat("id ", thing.id))
pulumi.export("dumpedUnknown", pulumi.Output.json_dumps({"id": thing.id}))
pulumi.export("dumpedSecret", pulumi.Output.json_dumps({"key": secret}))
pulumi.export("secretUnknown", pulumi.Output.concat(secret, thing.id))
pulumi.export("formatSecret", pulumi.Output.format("{0}", secret))
