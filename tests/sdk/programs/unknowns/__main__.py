"""Ask while something is not known yet; the configuration says what, and in which form."""

import pulumi

import pulumi_callerid as callerid


class Thing(pulumi.CustomResource):
    """A resource that does not exist yet, so that its id is unknown."""

    def __init__(self, name: str) -> None:
        """Declare it."""
        super().__init__("things:index:Thing", name, {})


thing = Thing("thing")
explicit = callerid.Provider("explicit", m3ter_api_token=thing.id)
opts = pulumi.InvokeOptions(provider=explicit)
case = pulumi.Config().require("case")

if case == "settings, plain":
    pulumi.export("caller", callerid.get_current_user(opts=opts).display_name)
if case == "settings, output":
    me = callerid.get_current_user_output(opts=opts)
    pulumi.export("caller", me.display_name)
    pulumi.export("whole", me)
    pulumi.export("roles", callerid.get_user_org_roles_output(opts=opts).role_names)
    me.apply(lambda _: pulumi.warn("an apply has run"))
if case == "argument, plain":
    unknown: str = thing.id  # type: ignore[assignment] # the mistake that people make
    pulumi.export("caller", callerid.get_current_user(org_id=unknown).display_name)
if case == "argument, output":
    pulumi.export("caller", callerid.get_current_user_output(org_id=thing.id).display_name)
