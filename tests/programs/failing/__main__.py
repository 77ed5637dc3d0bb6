"""Asks about an organization that refuses; the configuration says in which form, and who minds."""

import pulumi

import pulumi_callerid as callerid

NOWHERE = "00000000-0000-4000-8000-000000000000"
form = pulumi.Config().require("form")

pulumi.export("before", "seen")
if form == "plain":
    pulumi.export("name", callerid.get_current_user(org_id=NOWHERE).display_name)
if form == "output":
    pulumi.export("name", callerid.get_current_user_output(org_id=NOWHERE).display_name)
if form == "caught":
    try:
        callerid.get_user_org_roles(org_id=NOWHERE)
    except pulumi.RunError as error:
        pulumi.export("told", str(error))
if form == "raw":
    asked = pulumi.runtime.invoke("callerid:index:getCurrentUser", {"orgId": NOWHERE})
    pulumi.export("name", asked.value["displayName"])
if form == "raw, caught":
    try:
        pulumi.runtime.invoke("callerid:index:getCurrentUser", {"orgId": NOWHERE})
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower
        pulumi.export("told", str(error))
pulumi.export("after", "seen")
