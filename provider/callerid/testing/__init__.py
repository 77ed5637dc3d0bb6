"""Run a Pulumi program's preview without the Pulumi CLI, state or account.

    from callerid.testing import preview

    result = preview("infra", caller="owner").require_ok()
    assert result.exports["name"] == "Grace Hopper"

The program runs unchanged, under the real Pulumi SDK, against the real provider's process; only
the engine between them is callerid's own. `PreviewHost` makes many previews fast; pytest has it as
the fixture `callerid_preview`. `mock_answers` is for tests with Pulumi's own mocks.
Needs the extra `callerid[testing]`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.testing.marks import UNKNOWN, Reference, Secret
from callerid.testing.mocking import MockAnswers, mock_answers
from callerid.testing.options import Previewer
from callerid.testing.preview_host import PreviewHost
from callerid.testing.result import (
    Invoke,
    LogLine,
    PreviewFailedError,
    PreviewResult,
    RegisteredResource,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from callerid.sandbox.scenario import Scenario

__all__ = [
    "UNKNOWN",
    "Invoke",
    "LogLine",
    "MockAnswers",
    "PreviewFailedError",
    "PreviewHost",
    "PreviewResult",
    "Previewer",
    "Reference",
    "RegisteredResource",
    "Secret",
    "mock_answers",
    "preview",
]


def preview(  # noqa: PLR0913 - one keyword for each thing that the CLI has a flag for
    program: str | Path,
    *,
    caller: str | Path | Scenario | None = None,
    scenarios: Collection[str | Path] = (),
    config: Mapping[str, str] | None = None,
    secrets: Collection[str] = (),
    environ: Mapping[str, str] | None = None,
    preview: bool = True,
    timeout: float = 60.0,
    project: str | None = None,
    stack: str = "dev",
    organization: str = "organization",
) -> PreviewResult:
    """Run a program as a first preview would.

    The program runs in the Python that the runtime options of Pulumi.yaml choose, as under the
    engine; where they choose none, in this one. callerid's provider is this callerid's; others are
    the executables `pulumi-resource-NAME` beside this Python, else on PATH. Custom resources are
    echoed with an unknown id; nothing is created, read or kept.

    Args:
        program: The folder that holds Pulumi.yaml, or a Python file. A file has the Pulumi.yaml
            beside it; without one it is a project named after the file.
        caller: Who runs it: the name of a sandbox caller (`callerid sandbox --list`), a scenario
            file, or a scenario. The sandbox runs as long as the preview. By default the program
            runs as whoever the environment says.
        scenarios: YAML files of callers, or folders of them, that `caller` may name beside the
            built-in ones.
        config: Stack configuration; a key without a colon belongs to the project. It goes before
            what Pulumi.yaml and Pulumi.STACK.yaml say.
        secrets: The keys of `config` that are secret.
        environ: The environment of the program and the providers; by default this process's. Of
            a `caller` it is changed: every setting of callerid is the caller's.
        preview: False plays the run of an update: ids of providers are known. Custom resources
            are refused then.
        timeout: Seconds after which a program that has not ended is stopped.
        project: The project's name, if not that of Pulumi.yaml.
        stack: The stack's name.
        organization: The organization's name.

    Returns:
        What the run came to. A run that failed has an `error`; nothing is raised for it.

    Raises:
        ConfigurationError: there is no such Python program or caller, the configuration is
            unusable, or the program's virtual environment is not there.
    """
    with PreviewHost(scenarios=scenarios, warm=False) as host:
        return host.preview(
            program,
            caller=caller,
            config=config,
            secrets=secrets,
            environ=environ,
            preview=preview,
            timeout=timeout,
            project=project,
            stack=stack,
            organization=organization,
        )
