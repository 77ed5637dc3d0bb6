"""Switches for what the documents of VMware Cloud Services leave open.

The defaults are the likeliest answers.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from callerid.sandbox.strict import Strict


class CspBehaviour(Strict):
    """How VMware Cloud Services answers where its documents do not say."""

    wrong_organization_status: Literal[403, 404] = 403
    """The status for another organization than the token's."""
    service_account_status: Annotated[int, Field(ge=400, le=499)] = 403
    """The status for a machine that asks who is logged in."""
    service_account_body: JsonValue = None
    """The body of that refusal, a text as plain text; null: the usual error body."""
    query_string_token: bool = False
    """Whether an API token is taken from the query string; else that is 400."""
    authorize_refuses_header: bool = True
    """Whether an `Authorization` header at the exchange of an API token is 401."""
    api_token_parameter: Literal["both", "api_token", "refresh_token"] = "both"  # noqa: S105 - a parameter's name
    """Which form parameter may carry an API token: the current name, the deprecated one, or both.
    Where the known one is missing the answer is 400, `Missing mandatory parameter`."""
    invalid_grant_status: Literal[400, 404] = 400
    """The status of `invalid_grant`: 400 with a short body, 404 with a long one."""
    other_host: bool = False
    """Whether the caller's credential is of another host: exchanging it is `invalid_grant`, using
    it is 401."""
    app_token_path: Literal["both", "auth/token", "auth/authorize"] = "both"  # noqa: S105 - a path
    """Which path gives an OAuth app its tokens: the documented one, the older one, or both. The
    other one is 404."""
    app_organization_status: Annotated[int, Field(ge=400, le=499)] = 403
    """The status for an OAuth app that asks for a token of an organization that it is not in."""
    username_claim: bool = True
    """Whether a person's access token has the claim `username`."""
    service_roles: Literal["names", "objects"] = "names"
    """What `serviceRoles` has in `/info`: names, or objects as in `/service-roles`, with
    `serviceDefinitionLink` and `serviceRoleNames` beside; seen on premises."""
    module_code_type: Literal["number", "text"] = "number"
    """What `moduleCode` is in an error body."""
    error_code: bool = True
    """Whether an error body has `errorCode`."""
    trace_and_metadata: bool = True
    """Whether an error body has `traceId` and `metadata`."""
    chained_csp_error_code: bool = False
    """Whether `cspErrorCode` names the service behind too: `250.403-340.800`."""
