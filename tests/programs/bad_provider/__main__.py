"""Declares a provider with wrong settings, and asks it; the configuration says in which form."""

import pulumi

import pulumi_callerid as callerid

form = pulumi.Config().require("form")
url: pulumi.Input[str] = "http://m3ter.example"
if form == "output":
    url = pulumi.Output.from_input(url)
if form == "secret":
    url = pulumi.Output.secret(url)

wrong = callerid.Provider("wrong", m3ter_base_url=url, request_timeout_seconds=30)
me = callerid.get_current_user_output(opts=pulumi.InvokeOptions(provider=wrong))
pulumi.export("name", me.display_name)
