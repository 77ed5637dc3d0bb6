"""Reads the stack's configuration in every type there is."""

import pulumi

config = pulumi.Config()
other = pulumi.Config("other")

pulumi.export("text", config.require("text"))
pulumi.export("absent", config.get("absent"))
pulumi.export("fallback", config.get("absent") or "fallback")
pulumi.export("number", config.require_int("number"))
pulumi.export("float", config.require_float("float"))
pulumi.export("yes", config.require_bool("yes"))
pulumi.export("object", config.require_object("object"))
pulumi.export("key", config.require_secret("key"))
pulumi.export("unguarded", config.require("key"))
pulumi.export("within", f"it is {config.require('key')}!")
pulumi.export("other", other.require("text"))
pulumi.export("full", config.full_key("text"))
