"""Secrets of the configuration, masked in what a run reports, as the CLI masks them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callerid.testing.project import Project
    from callerid.testing.result import Invoke

_SHORTEST = 3
"""A shorter secret is not looked for: it would be found in every second word."""


class Mask:
    """Replaces the values of a project's secret settings with `[secret]`."""

    def __init__(self, project: Project) -> None:
        """Take the values of the settings that are secret, the longest first."""
        values = {project.config[key] for key in project.secrets if key in project.config}
        self._values = sorted((v for v in values if len(v) >= _SHORTEST), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return a text without secrets."""
        for value in self._values:
            text = text.replace(value, "[secret]")
        return text

    def invoke(self, invoke: Invoke) -> Invoke:
        """Return a call whose error has no secrets; its arguments are already marked."""
        return replace(invoke, error=self(invoke.error)) if invoke.error else invoke
