"""Exports secrets of every make: from configuration, in the depths, derived, and let go again."""

import pulumi

secret = pulumi.Output.secret("hush")
config = pulumi.Config()

pulumi.export("plain", secret)
pulumi.export("configured", config.require_secret("key"))
pulumi.export("object", config.require_secret_object("object"))
pulumi.export("nested", {"open": 1, "list": ["a", secret, {"deep": secret}]})
pulumi.export("length", secret.apply(len))
pulumi.export("all", pulumi.Output.all("open", secret))
pulumi.export("named", pulumi.Output.all(one=1, two=secret).apply(lambda both: both["one"]))
pulumi.export("text", pulumi.Output.format("{0} and {1}", "open", secret))
pulumi.export("let", pulumi.Output.unsecret(secret).apply(lambda text: text.upper()))
pulumi.export("nothing", pulumi.Output.secret(None))
pulumi.export("twice", pulumi.Output.secret(pulumi.Output.secret([1, 2])))
