"""Asks about an organization that is only known after an update, in the form that may not."""

import pulumi

import pulumi_callerid as callerid

thing = pulumi.CustomResource("tests:index:Thing", "thing", {"size": 1})
unknown: str = thing.id  # type: ignore[assignment] # the mistake that people make

pulumi.export("before", "seen")
pulumi.export("name", callerid.get_current_user(org_id=unknown).display_name)
