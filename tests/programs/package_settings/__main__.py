"""Asks with settings in the stack's configuration, one of them secret."""

import pulumi

import pulumi_callerid as callerid

pulumi.export("name", callerid.get_current_user().display_name)
pulumi.export("source", callerid.get_current_user_output().credential_source)
pulumi.export("platform", callerid.config.platform)
pulumi.export("key", pulumi.Config("callerid").get_secret("m3terApiKey"))
