"""Let administrators pass, or only tell whether the caller is one."""

from typing import Any

import pulumi

import pulumi_callerid as callerid

config = pulumi.Config()
on_refusal = config.get("onRefusal")
roles: Any = ["Administrator"]
if config.get("roles") == "a set":
    roles = {"Administrator"}
guard = callerid.require_caller(any_roles=roles, on_refusal=on_refusal)
pulumi.export("allowed", guard.allowed)
