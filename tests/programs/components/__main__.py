"""Declares components in components, whose outputs and provider come from the children."""

import pulumi

import pulumi_callerid as callerid


class Team(pulumi.ComponentResource):
    """A component that asks who builds it, through the provider that it was given."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare a child and ask."""
        super().__init__("tests:index:Team", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        self.member = pulumi.CustomResource("tests:index:Thing", f"{name}-1", {"size": 1}, below)
        through = pulumi.InvokeOptions(parent=self)
        self.builder = callerid.get_current_user_output(opts=through).display_name
        self.register_outputs({"builder": self.builder, "member": self.member.id})


config = pulumi.Config()
machine = callerid.Provider(
    "machine",
    platform="m3ter",
    m3ter_base_url=config.require("url"),
    m3ter_org_id=config.require("organization"),
    m3ter_api_key=config.require_secret("key"),
    m3ter_api_secret=config.require_secret("secret"),
)
outer = Team("outer")
inner = Team("inner", pulumi.ResourceOptions(parent=outer, providers=[machine]))

pulumi.export("outer", outer.builder)
pulumi.export("inner", inner.builder)
pulumi.export("urn", inner.member.urn)
pulumi.export("id", inner.member.id)
