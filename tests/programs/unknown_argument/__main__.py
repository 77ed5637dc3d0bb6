"""Asks about an organization that is only known after an update, in the form that may."""

import pulumi

import pulumi_callerid as callerid

thing = pulumi.CustomResource("tests:index:Thing", "thing", {"size": 1})
me = callerid.get_current_user_output(org_id=thing.id)

pulumi.export("whole", me)
pulumi.export("name", me.display_name)
pulumi.export("greeting", pulumi.Output.concat("Hello ", me.display_name))
pulumi.export("nested", {"list": [1, me.display_name]})
me.apply(lambda _: pulumi.warn("an apply has run on an unknown answer"))
