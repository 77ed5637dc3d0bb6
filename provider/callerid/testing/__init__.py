"""Run a Pulumi program's preview without the Pulumi CLI, state or account.

    from callerid.testing import preview

    result = preview("infra", config={"callerid:platform": "m3ter"})
    assert result.error is None
    assert result.exports["name"] == "Ada"

The program runs unchanged, under the real Pulumi SDK, against the real provider's process; only
the engine between them is callerid's own. Needs the extra `callerid[testing]`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from callerid.testing.marks import UNKNOWN, Reference, Secret
from callerid.testing.result import Invoke, LogLine, PreviewResult, RegisteredResource

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

__all__ = [
    "UNKNOWN",
    "Invoke",
    "LogLine",
    "PreviewResult",
    "Reference",
    "RegisteredResource",
    "Secret",
    "preview",
]


def preview(  # noqa: PLR0913 - one keyword for each thing that the CLI has a flag for
    program_dir: str | Path,
    *,
    config: Mapping[str, str] | None = None,
    secrets: Collection[str] = (),
    environ: Mapping[str, str] | None = None,
    preview: bool = True,
    timeout: float = 60.0,
    project: str | None = None,
    stack: str = "dev",
    organization: str = "organization",
) -> PreviewResult:
    """Run the program in a folder (Pulumi.yaml and `__main__.py`) as a first preview would.

    Providers are the executables `pulumi-resource-NAME` beside this Python, else on PATH. Custom
    resources are echoed with an unknown id; nothing is created, read or kept.

    Args:
        program_dir: The folder that holds Pulumi.yaml.
        config: Stack configuration; a key without a colon belongs to the project. It goes before
            what Pulumi.yaml and Pulumi.STACK.yaml say.
        secrets: The keys of `config` that are secret.
        environ: The environment of the program and the providers; by default this process's.
        preview: False plays the run of an update: ids of providers are known. Custom resources
            are refused then.
        timeout: Seconds after which a program that has not ended is stopped.
        project: The project's name, if not that of Pulumi.yaml.
        stack: The stack's name.
        organization: The organization's name.

    Returns:
        What the run came to. A run that failed has an `error`; nothing is raised for it.

    Raises:
        ConfigurationError: the folder holds no Python program, or the configuration is unusable.
    """
    from callerid.testing import host  # noqa: PLC0415 - imports pulumi and grpc
    from callerid.testing.project import load  # noqa: PLC0415 - imports yaml

    return host.preview(
        load(program_dir, config, secrets, project, stack),
        environ=os.environ if environ is None else environ,
        preview=preview,
        timeout=timeout,
        organization=organization,
    )
