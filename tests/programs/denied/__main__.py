"""Asks where the stack denies default providers."""

import pulumi

import pulumi_callerid as callerid

explicit = callerid.Provider("explicit")
me = callerid.get_current_user(opts=pulumi.InvokeOptions(provider=explicit))

pulumi.export("explicit", me.display_name)
pulumi.export("default", callerid.get_current_user().display_name)
