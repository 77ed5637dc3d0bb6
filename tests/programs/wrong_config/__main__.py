"""Requires configuration that is missing, or of another type; it says which itself."""

import pulumi

config = pulumi.Config()
wanted = config.require("wanted")

pulumi.export("before", wanted)
if wanted == "missing":
    config.require("apiKey")
if wanted == "missing, secret":
    config.require_secret("apiKey")
if wanted == "number":
    config.require_int("wanted")
