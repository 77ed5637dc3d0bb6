"""Ask in every form there is, and export what comes."""

import pulumi

import pulumi_callerid as callerid


class Thing(pulumi.CustomResource):
    """A resource that does not exist yet."""

    def __init__(self, name: str) -> None:
        """Declare it."""
        super().__init__("things:index:Thing", name, {})


async def _awaited() -> str:
    return (await callerid.get_current_user()).display_name


config = pulumi.Config()
explicit = callerid.Provider(
    "explicit",
    m3ter_api_key=config.require("key"),
    m3ter_api_secret=pulumi.Output.from_input(config.require("secret")),
    request_timeout_seconds=45,
)
through = pulumi.InvokeOptions(provider=explicit)
me = callerid.get_current_user()

pulumi.export("whole", me)
pulumi.export("organization", me.organization)
pulumi.export("shortName", me.organization and me.organization["short_name"])
pulumi.export("awaited", _awaited())
pulumi.export("output", callerid.get_current_user_output(platform="m3ter").display_name)
pulumi.export("explicit", callerid.get_current_user(opts=through).display_name)
pulumi.export("explicitOutput", callerid.get_current_user_output(opts=through).display_name)
pulumi.export(
    "roleNames",
    callerid.get_user_org_roles_output(opts=pulumi.InvokeOutputOptions(provider=explicit)).apply(
        lambda roles: [role.name for role in roles.roles if role.active]
    ),
)
pulumi.export(
    "dependent",
    callerid.get_current_user_output(
        opts=pulumi.InvokeOutputOptions(depends_on=[Thing("thing")])
    ).display_name,
)
pulumi.export("platform", callerid.config.platform)
pulumi.export("timeout", callerid.config.request_timeout_seconds)
