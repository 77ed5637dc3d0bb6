"""Let administrators pass, or only tell whether the caller is one."""

import pulumi

import pulumi_callerid as callerid

on_refusal = pulumi.Config().get("onRefusal")
guard = callerid.require_caller(any_roles=["Administrator"], on_refusal=on_refusal)
pulumi.export("allowed", guard.allowed)
