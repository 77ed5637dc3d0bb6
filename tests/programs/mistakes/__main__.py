"""Makes the mistake that the configuration names, in the raw form that no type checker sees."""

import pulumi
from pulumi.runtime import invoke

ARGUMENTS: dict[str, tuple[str, dict[str, object]]] = {
    "argument": ("getCurrentUser", {"orgID": "1"}),
    "value": ("getCurrentUser", {"platform": "azure"}),
    "type": ("getCurrentUser", {"orgId": {"a": [1]}}),
    "function": ("getCurrentUsr", {}),
    "module": ("other:getCurrentUser", {}),
}

name, arguments = ARGUMENTS[pulumi.Config().require("mistake")]
token = f"callerid:{name}" if ":" in name else f"callerid:index:{name}"
pulumi.export("answer", invoke(token, arguments).value)
