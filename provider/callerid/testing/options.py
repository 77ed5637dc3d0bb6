"""The options of a preview, and their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypedDict

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from typing_extensions import Unpack

    from callerid.sandbox.scenario import Scenario
    from callerid.testing.result import PreviewResult


class Options(TypedDict, total=False):
    """The keywords that every way to preview has; each may be left out."""

    config: Mapping[str, str] | None
    """Stack configuration; a key without a colon belongs to the project."""
    secrets: Collection[str]
    """The keys of `config` that are secret."""
    preview: bool
    """False plays the run of an update."""
    timeout: float
    """Seconds after which a program that has not ended is stopped."""
    project: str | None
    """The project's name, if not that of Pulumi.yaml."""
    stack: str
    """The stack's name."""
    organization: str
    """The organization's name."""


class Previewer(Protocol):
    """The type of the pytest fixture `callerid_preview`, and of `PreviewHost.preview`."""

    def __call__(
        self,
        program: str | Path,
        *,
        caller: str | Path | Scenario | None = None,
        environ: Mapping[str, str] | None = None,
        **options: Unpack[Options],
    ) -> PreviewResult:
        """Run a program's preview; everything is as `callerid.testing.preview` has it."""
