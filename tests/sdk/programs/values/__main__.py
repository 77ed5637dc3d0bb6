"""Hand whole answers on: to resources, to components, to JSON, and among other outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi

import pulumi_callerid as callerid

if TYPE_CHECKING:
    from collections.abc import Callable


class Thing(pulumi.CustomResource):
    """A resource with one input."""

    def __init__(self, name: str, note: Any) -> None:
        """Declare it."""
        super().__init__("things:index:Thing", name, {"note": note})


class Parts(pulumi.ComponentResource):
    """A component with one input, which it gives on as an output."""

    def __init__(self, name: str, note: Any) -> None:
        """Declare it."""
        super().__init__("things:index:Parts", name, {"note": note})
        self.note = pulumi.Output.from_input(note)
        self.register_outputs({"note": self.note})


ASKED: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
    "user": (callerid.get_current_user, callerid.get_current_user_output),
    "roles": (callerid.get_user_org_roles, callerid.get_user_org_roles_output),
    "guard": (
        lambda: callerid.require_caller(principal_types=["user"]),
        lambda: callerid.require_caller_output(principal_types=["user"]),
    ),
}
for name, (now, later) in ASKED.items():
    for form, answer in (("plain", now()), ("output", later())):
        place = f"{name}-{form}"
        Thing(f"{place}-thing", answer)
        Thing(f"{place}-nested", {"who": [answer]})
        component = Parts(f"{place}-parts", answer)
        pulumi.export(f"{place}-json", pulumi.Output.json_dumps(answer))
        pulumi.export(f"{place}-nested-json", pulumi.Output.json_dumps({"who": [answer]}))
        pulumi.export(f"{place}-whole", answer)
        together = pulumi.Output.all(answer, component.note, {"who": [answer]})
        pulumi.export(
            f"{place}-together",
            together.apply(lambda all_: [all_[0].org_id, all_[1].org_id, all_[2]["who"][0].org_id]),
        )

roles = callerid.get_user_org_roles()
pulumi.export("role-json", pulumi.Output.json_dumps(roles.roles[0]))
pulumi.export("role-name", pulumi.Output.all(roles.roles).apply(lambda all_: all_[0][0].name))
