"""Gives up with a `RunError`, whose text is shown without a traceback."""

import pulumi

import pulumi_callerid as callerid

me = callerid.get_current_user()
pulumi.export("before", me.display_name)
if me.principal_type != "serviceUser":
    message = f"{me.display_name} is a person; only the pipeline may deploy this.\nAsk it to."
    raise pulumi.RunError(message)
pulumi.export("after", 1)
