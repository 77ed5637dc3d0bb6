"""Declare a resource behind an answer; the configuration says in which form, of which plugin."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi

from pulumi_callerid import _get_user_org_roles, _require_caller

config = pulumi.Config()
package, form = config.require("package"), config.require("form")
roles = replace(_get_user_org_roles._FUNCTION, token=f"{package}:index:getUserOrgRoles")  # noqa: SLF001 - of another plugin
guard = replace(_require_caller._FUNCTION, token=f"{package}:index:requireCaller")  # noqa: SLF001 - as above
rules = {"anyRoles": ["org_owner"], "onRefusal": None}

forms: dict[str, Callable[[], Any]] = {
    "roles": lambda: roles.now({}, None),
    "roles_output": lambda: roles.later({}, None),
    "guard": lambda: guard.now(rules, None),
    "guard_output": lambda: guard.later(rules, None),
}
answer = forms[form]()
pulumi.ComponentResource("acme:index:Thing", "behind", {"name": answer.display_name})
