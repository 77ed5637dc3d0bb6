"""Gives right and wrong values, most of them as outputs; the configuration says which."""

from enum import Enum
from typing import Any

import pulumi

import pulumi_callerid as callerid

URL = "http://a.example"
later: Any = pulumi.Output.from_input
thing = pulumi.CustomResource("things:index:Thing", "thing", {})
case = pulumi.Config().require("case")


class Platform(str, Enum):
    """The platforms, as a program may list them for itself."""

    CSP = "csp"


async def _url() -> str:
    return URL


def _told(ask: Any, **arguments: Any) -> str:
    try:
        ask(**arguments)
    except pulumi.RunError as error:
        return str(error)
    return "nothing"


if case == "output":
    callerid.Provider("wrong", m3ter_base_url=later(URL))
if case == "secret":
    callerid.Provider("wrong", m3ter_base_url=pulumi.Output.secret(URL))
if case == "awaitable":
    callerid.Provider("wrong", m3ter_base_url=_url())
if case == "in ProviderArgs":
    callerid.Provider("wrong", callerid.ProviderArgs(m3ter_base_url=later(URL)))
if case == "plain call":
    wrong = callerid.Provider("wrong", m3ter_base_url=later(URL))
    callerid.get_current_user(opts=pulumi.InvokeOptions(provider=wrong))
if case == "no JSON":
    callerid.Provider("wrong", request_timeout_seconds=later(frozenset({1})))
if case == "right":
    right = callerid.Provider("right", platform=Platform.CSP, request_timeout_seconds=later(45))
    callerid.Provider("known", m3ter_base_url=pulumi.Output.secret("https://a.example"))
    callerid.Provider("open", m3ter_base_url=thing.id, request_timeout_seconds=None)
    asked = callerid.get_current_user(opts=pulumi.InvokeOptions(provider=right))
    pulumi.export("name", asked.display_name)
if case == "argument":
    callerid.require_caller_output(any_roles=later("org_owner"))
if case == "argument, entry":
    callerid.require_caller_output(any_roles=["org_owner", later(5)])
if case == "argument, plain call":
    callerid.require_caller(any_roles=later("org_owner"))
if case == "list":
    roles: Any = ["org_owner", later("other")]
    pulumi.export("plain", callerid.require_caller(any_roles=roles).allowed)
    pulumi.export("output", callerid.require_caller_output(any_roles=roles).allowed)
    roles = ["org_owner", thing.id]
    callerid.require_caller_output(any_roles=roles)
if case == "unknown":
    pulumi.export("one", _told(callerid.require_caller, any_roles=["org_owner", thing.id]))
    two = {"org_id": thing.id, "platform": thing.id}
    pulumi.export("two", _told(callerid.get_current_user, **two))
if case == "plugin":
    pulumi.export("name", callerid.get_current_user_output(platform="azure").display_name)
