"""The environment variables that point callerid at the sandbox."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callerid.config import BY_NAME, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

INTERFERING = frozenset({"PULUMI_CONFIG"}.union(*(each.variables for each in SETTINGS)))
"""Variables that could send callerid elsewhere: those of every setting, and Pulumi's own."""
ALL_CALLERS = "TF_VAR_callerid_sandbox"
"""What holds the settings of all callers: Terraform's tests read it as `var.callerid_sandbox`."""


def variables(settings: Mapping[str, str | None]) -> dict[str, str]:
    """Name provider settings by their environment variables; unset ones are left out.

    For example `{"platform": "…"}` becomes `{"CALLERID_PLATFORM": "…"}`.
    """
    return {BY_NAME[name].env[0]: value for name, value in settings.items() if value}


def of_all(environments: Mapping[str, Mapping[str, str]], url: str) -> dict[str, str]:
    """Return the variables for a command that chooses among callers itself, and else is nobody.

    `ALL_CALLERS` is a JSON object, caller to settings to values, that is an expression of Terraform
    too; every platform's base URL is the sandbox's, so that a credential alone is enough.

    Args:
        environments: the variables of each caller, by the caller's name.
        url: where the sandbox listens.
    """
    names = {variable: each.python_name for each in SETTINGS for variable in each.env}
    callers = {
        caller: {names[variable]: value for variable, value in environ.items()}
        for caller, environ in environments.items()
    }
    text = json.dumps(callers).replace("${", r"\u0024{").replace("%{", r"\u0025{")
    base_urls = {each.env[0]: url for each in SETTINGS if each.name.endswith("BaseUrl")}
    return {**base_urls, ALL_CALLERS: text}


def as_caller(environ: Mapping[str, str], sandbox_environment: Mapping[str, str]) -> dict[str, str]:
    """Copy an environment so that callerid, run in it, is the sandbox's caller and no other.

    Every variable that could interfere is removed before the caller's own
    (`Sandbox.environment(name)`) are set.
    """
    kept = {name: value for name, value in environ.items() if name not in INTERFERING}
    return {**kept, **sandbox_environment}
