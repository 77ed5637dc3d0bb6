"""What fails around a preview, at each of its steps: processes, and what the machine gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import faults_of_api
import faults_of_descriptors
import faults_of_engine
import faults_of_machine
import faults_of_plugin
import faults_of_tools

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trial import Scale, Tried


def tried(scale: Scale) -> Iterator[Tried]:
    """Let each fail, and see what a person is told, and who goes on."""
    for each in (
        *(faults_of_api, faults_of_engine, faults_of_plugin, faults_of_tools),
        *(faults_of_machine, faults_of_descriptors),
    ):
        yield from each.tried(scale)
