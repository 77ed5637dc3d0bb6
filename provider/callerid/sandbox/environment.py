"""The environment variables that point callerid at the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.config import BY_NAME, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

INTERFERING = frozenset(name for setting in SETTINGS for name in setting.env) | {"PULUMI_CONFIG"}
"""Variables that could send callerid elsewhere: those of every setting, and Pulumi's own."""


def variables(settings: Mapping[str, str | None]) -> dict[str, str]:
    """Name provider settings by their environment variables; unset ones are left out.

    For example `{"platform": "…"}` becomes `{"CALLERID_PLATFORM": "…"}`.
    """
    return {BY_NAME[name].env[0]: value for name, value in settings.items() if value}


def as_caller(environ: Mapping[str, str], sandbox_environment: Mapping[str, str]) -> dict[str, str]:
    """Copy an environment so that callerid, run in it, is the sandbox's caller and no other.

    Every variable that could interfere is removed before the caller's own
    (`Sandbox.environment(name)`) are set.
    """
    kept = {name: value for name, value in environ.items() if name not in INTERFERING}
    return {**kept, **sandbox_environment}
