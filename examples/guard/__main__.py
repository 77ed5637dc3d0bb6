"""Production for administrators alone, in the organizations of production; a sketch for others."""

import pulumi

import pulumi_callerid as callerid

ADMINISTRATORS = ["Administrator", "org_owner"]
PRODUCTION = [
    "3f2b6a0e-6d5c-4f0e-9a51-7c2d90b1e4a8",  # Acme Production, at m3ter
    "9c8e7d6a-2f41-4b3c-8a90-d15e6f7b0c24",  # Acme Platform, at VMware Cloud Services
]

environment = pulumi.Config().require("environment")

if environment == "production":
    # Before anything is declared: a refusal ends the program here.
    caller = callerid.require_caller(any_roles=ADMINISTRATORS, org_ids=PRODUCTION)
    replicas = 3
else:
    caller = callerid.require_caller(any_roles=ADMINISTRATORS, on_refusal="warn")
    replicas = 2 if caller.allowed else 1

pulumi.export("caller", caller.display_name)
pulumi.export("environment", environment)
pulumi.export("replicas", replicas)
