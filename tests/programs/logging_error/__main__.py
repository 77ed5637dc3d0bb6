"""Logs an error, and goes on; the preview fails at its end."""

import pulumi

pulumi.log.error("an error that the program logs")
pulumi.export("done", 1)
