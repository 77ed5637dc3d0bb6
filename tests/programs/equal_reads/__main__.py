"""Asks the same many times, in both forms; the API is asked once."""

import pulumi

import pulumi_callerid as callerid

plain = [callerid.get_current_user().display_name for _ in range(3)]
later = [callerid.get_current_user_output().display_name for _ in range(20)]

pulumi.export("plain", plain)
pulumi.export("same", pulumi.Output.all(*later).apply(lambda names: set(names) == set(plain)))
