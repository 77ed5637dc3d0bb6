"""Exports what a program knows of the run itself."""

from pathlib import Path

import pulumi

pulumi.export("preview", pulumi.runtime.is_dry_run())
pulumi.export("organization", pulumi.get_organization())
pulumi.export("project", pulumi.get_project())
pulumi.export("stack", pulumi.get_stack())
pulumi.export("root", Path(pulumi.runtime.get_root_directory()).name)
pulumi.export("folder", Path.cwd() == Path(__file__).parent)
