"""Raises within an `apply`, when the program's own lines are through."""

import pulumi

import pulumi_callerid as callerid


def check(name: str) -> str:
    """Refuse every name."""
    message = f"{name} may not go on"
    raise ValueError(message)


pulumi.export("fine", 1)
pulumi.export("checked", callerid.get_current_user_output().display_name.apply(check))
