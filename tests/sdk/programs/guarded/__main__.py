"""Let owners pass; the configuration says in which form, and with which settings."""

from typing import Any, Literal, cast

import pulumi

import pulumi_callerid as callerid


class Thing(pulumi.CustomResource):
    """A resource that does not exist yet, so that its id is unknown."""

    def __init__(self, name: str, note: pulumi.Input[str] | None = None) -> None:
        """Declare it."""
        super().__init__("things:index:Thing", name, {"note": note})


OWNERS = ["org_owner", "Administrator"]
form = pulumi.Config().require("form")
opts: pulumi.InvokeOptions | None = None
if "unknown settings" in form:
    explicit = callerid.Provider("explicit", m3ter_api_token=Thing("token").id)
    opts = pulumi.InvokeOptions(provider=explicit)

if form.startswith("plain"):
    guard = callerid.require_caller(any_roles=OWNERS, opts=opts)
    pulumi.export("allowed", guard.allowed)
if form.startswith("warn"):
    guard = callerid.require_caller(any_roles=OWNERS, on_refusal="warn", opts=opts)
    pulumi.export("allowed", guard.allowed)
    pulumi.export("reasons", guard.reasons)
if form.startswith("output"):
    later = callerid.require_caller_output(any_roles=OWNERS, opts=opts)
    Thing("guarded", later.display_name)
    pulumi.export("allowed", later.allowed)
if form.startswith("warn output"):
    pulumi.export(
        "later", callerid.require_caller_output(any_roles=OWNERS, on_refusal="warn").allowed
    )
if form.startswith("warn awaited"):

    async def wish() -> Literal["warn"]:
        """Say it later."""
        return "warn"

    guarded = callerid.require_caller_output(any_roles=OWNERS, on_refusal=wish())
    pulumi.export("awaited", guarded.allowed)
if form.startswith("null"):
    nothing: pulumi.Output[Any] = pulumi.Output.from_input(OWNERS).apply(
        lambda _: cast("Any", None)
    )
    later = callerid.require_caller_output(
        all_roles=pulumi.Output.secret(nothing) if "secret" in form else nothing,
        principal_types=["user", "serviceUser"],
    )
    Thing("guarded", later.display_name)
    pulumi.export("allowed", later.allowed)
Thing("unguarded")
