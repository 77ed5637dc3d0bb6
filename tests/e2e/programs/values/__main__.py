"""Hand whole answers on: to a resource that keeps them, to a component, to JSON."""

from typing import Any

import pulumi

import pulumi_callerid as callerid


class Parts(pulumi.ComponentResource):
    """A component with one input, which is an output too."""

    def __init__(self, name: str, note: pulumi.Input[Any]) -> None:
        """Declare it."""
        super().__init__("things:index:Parts", name, {"note": note})
        self.note = pulumi.Output.from_input(note)
        self.register_outputs({"note": self.note})


for form, answer in {
    "plain": callerid.get_user_org_roles(),
    "output": callerid.get_user_org_roles_output(),
}.items():
    kept = pulumi.Stash(f"{form}-kept", input=answer)
    component = Parts(f"{form}-parts", answer)
    pulumi.export(f"{form}-kept", kept.output)
    pulumi.export(f"{form}-whole", answer)
    pulumi.export(f"{form}-json", pulumi.Output.json_dumps(answer))
    pulumi.export(f"{form}-org", component.note.apply(lambda note: note.org_id))
