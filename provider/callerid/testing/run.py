"""One run: the parts that the engine's two services share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callerid.testing.calls import Calls
    from callerid.testing.engine import Diagnostics
    from callerid.testing.project import Project
    from callerid.testing.registry import Registry
    from callerid.testing.resources import Resources


class UnsupportedError(Exception):
    """A part of the protocol that the preview host does not support; the text says which."""


@dataclass(frozen=True)
class Run:
    """Everything about one run of one program; `preview` is false where it plays an update."""

    project: Project
    organization: str
    preview: bool
    registry: Registry
    resources: Resources
    calls: Calls
    diagnostics: Diagnostics
