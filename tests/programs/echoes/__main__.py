"""Calls the functions of the echo provider that the config names, separated by commas."""

import pulumi
from pulumi.runtime import invoke

options = pulumi.InvokeOptions(version=pulumi.Config().get("version"))
for name in pulumi.Config().require("functions").split(","):
    arguments = {"open": 1, "hidden": pulumi.Output.secret("s3cret"), "list": [1, "two"]}
    pulumi.export(name, invoke(f"echo:index:{name}", arguments, options).value)
