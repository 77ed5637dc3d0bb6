"""Lets only owners go on; the configuration says what becomes of others."""

import pulumi

import pulumi_callerid as callerid

on_refusal = pulumi.Config().get("onRefusal")
asked = callerid.require_caller(any_roles=["org_owner"], on_refusal=on_refusal)

pulumi.export("allowed", asked.allowed)
pulumi.export("name", asked.display_name)
