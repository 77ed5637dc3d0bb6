"""What type checkers see of the SDK. Nobody runs this: mypy reads it, with the rest."""

from collections.abc import Sequence

import pulumi
from typing_extensions import assert_type

import pulumi_callerid as callerid


async def answers() -> None:
    """Answers are typed, whichever way they came."""
    me = callerid.get_current_user(platform="m3ter", opts=pulumi.InvokeOptions())
    assert_type(me.display_name, str)
    assert_type(me.email, str | None)
    assert_type(me.organization, callerid.outputs.Organization | None)
    assert_type(await me, callerid.GetCurrentUserResult)
    assert_type((await callerid.get_user_org_roles()).roles[0].active, bool)
    assert_type(callerid.get_user_org_roles().role_names, Sequence[str])
    me.display_name = "somebody else"  # type: ignore[misc] # answers are frozen
    callerid.get_curent_user()  # type: ignore[attr-defined] # no such function
    me.nickname  # type: ignore[attr-defined] # noqa: B018 - no such field


def outputs(name: pulumi.Output[str]) -> None:
    """The output form takes outputs and gives one; the plain form takes plain values alone."""
    options = pulumi.InvokeOutputOptions(depends_on=[])
    mine = callerid.get_user_org_roles_output(org_id=name, opts=options)
    assert_type(mine, pulumi.Output[callerid.GetUserOrgRolesResult])
    assert_type(mine.apply(lambda roles: roles.fingerprint), pulumi.Output[str])
    callerid.get_user_org_roles(org_id=name)  # type: ignore[arg-type] # not a plain value
    callerid.get_user_org_roles(organization="x")  # type: ignore[call-arg] # no such argument


def lists(one: pulumi.Output[str], many: pulumi.Output[list[str]]) -> None:
    """A list is any sequence; in the output form it is an output, or has some as entries."""
    callerid.require_caller(any_roles=("org_owner", "Administrator"))
    callerid.require_caller_output(any_roles=["org_owner", one], ids=("u-1", one), emails=[one])
    callerid.require_caller_output(any_roles=many, all_roles=many.apply(lambda each: [*each, one]))
    outputs_alone = [one]
    callerid.require_caller_output(org_ids=outputs_alone, opts=pulumi.InvokeOptions())
    callerid.require_caller(any_roles=[one])  # type: ignore[list-item] # not plain values
    callerid.require_caller(any_roles={"org_owner"})  # type: ignore[arg-type] # no sequence
    callerid.require_caller_output(any_roles={"org_owner"})  # type: ignore[arg-type] # the same
    callerid.require_caller_output(any_roles=(each for each in "ab"))  # type: ignore[arg-type] # the same
    callerid.require_caller_output(any_roles=[5])  # type: ignore[list-item] # no text


def providers(token: pulumi.Output[str]) -> None:
    """Settings are typed, one by one and in one piece."""
    callerid.Provider("one", csp_api_token=token, request_timeout_seconds=30)
    callerid.Provider("two", callerid.ProviderArgs(platform="csp"), pulumi.ResourceOptions())
    callerid.Provider("three", pulumi.ResourceOptions(), platform="csp")
    callerid.Provider("four", args=callerid.ProviderArgs(), opts=None)
    callerid.Provider("five", request_timeout_seconds="30")  # type: ignore[arg-type] # a number
    callerid.ProviderArgs(platfrom="csp")  # type: ignore[call-arg] # misspelt
    assert_type(callerid.config.platform, str | None)
    assert_type(callerid.config.request_timeout_seconds, float | None)


def constructors() -> None:
    """Answers can be made for tests; what is always there must be given."""
    callerid.outputs.Organization(id="1", short_name="acme")
    callerid.outputs.Organization()  # type: ignore[call-arg] # id is always there
