"""Run every example as callers of the sandbox, and compare what it prints with its README.

    python examples/run.py              # all of them
    python examples/run.py go yaml      # some of them

A README shows each run as two blocks: the command, and below it what that prints; a line `…` stands
for what the engine says of itself. Examples run in copies of their folders, with a state and
plugins of their own. OpenTofu runs those for Terraform where it alone is on PATH. The exit code is
1 when one fails.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HERE = Path(__file__).parent
STACK = "dev"
SECONDS = 600.0
"""For one command; the longest ones fetch a language's libraries."""
TOOLS = {
    "python": (),
    "nodejs": ("pulumi-language-nodejs", "node", "npm"),
    "go": ("pulumi-language-go", "go"),
    "yaml": ("pulumi-language-yaml",),
}
"""What a runtime needs on PATH, beside the CLI; Python has callerid's own preview host."""
TERRAFORM = "terraform"
"""What a folder of `.tf` files counts as among the runtimes."""
HOSTS = (TERRAFORM, "tofu")
"""The tools that run it, the first one that is on PATH."""
LEFT_OUT = "…"
"""A line of a README in place of output that is not shown."""
OVERRIDE = 'provider_installation {\n  dev_overrides {\n    "callerid/callerid" = %s\n  }\n}\n'
"""Has Terraform start the provider of this Python, without `terraform init`."""
GENERATES = ("nodejs", "go")
"""The runtimes whose SDK is generated where the program is."""
RUN = re.compile(
    r"^```sh\n(callerid (?:preview|sandbox) [^\n]*)\n```\n\n```text\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class ExampleError(Exception):
    """An example did not do what its README says; the text tells how."""


@dataclass(frozen=True)
class Example:
    """An example, and what its README shows of it: commands, and what each prints."""

    folder: Path
    runtime: str
    runs: Sequence[tuple[str, str]]

    def skipped(self) -> str | None:
        """Say why it cannot run here; None if it can."""
        if not self.runs:
            return f"it has tests of its own: python -m pytest examples/{self.folder.name}"
        if self.runtime == "python":
            return None
        if self.runtime == TERRAFORM:
            return None if _host() else f"no {' and no '.join(HOSTS)} on PATH"
        if shutil.which("pulumi") is None:
            return "no pulumi CLI on PATH"
        missing = [tool for tool in TOOLS[self.runtime] if not _there(tool)]
        return f"no {missing[0]} on PATH" if missing else None


def main(names: Sequence[str]) -> int:
    """Run the examples of those names, by default all; give the exit code."""
    found = {example.folder.name: example for example in _examples()}
    unknown = [name for name in names if name not in found]
    if unknown:
        _say(f"There is no example {unknown[0]}. There are: {', '.join(found)}.")
        return 1
    with TemporaryDirectory(ignore_cleanup_errors=True) as place:
        environ = _environment(Path(place))
        done = [_run(found[name], Path(place), environ) for name in names or found]
    return 0 if all(done) else 1


def _examples() -> Iterable[Example]:
    for readme in sorted(HERE.glob("*/README.md")):
        project = readme.with_name("Pulumi.yaml")
        runtime = TERRAFORM
        if project.exists():
            runtime = yaml.safe_load(project.read_text(encoding="utf-8"))["runtime"]
        yield Example(readme.parent, runtime, RUN.findall(readme.read_text(encoding="utf-8")))


def _host() -> str | None:
    return next(filter(shutil.which, HOSTS), None)


def _there(tool: str) -> bool:
    """Tell whether a tool is on PATH or, as Pulumi's own tools are, beside the CLI."""
    beside = Path(shutil.which("pulumi") or "").resolve().parent
    return shutil.which(tool) is not None or shutil.which(tool, path=str(beside)) is not None


def _environment(place: Path) -> dict[str, str]:
    """Give an environment whose Pulumi and Terraform are nobody's, and `callerid` this Python's."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PULUMI_", "TF_"))
    }
    settings = place / "cli.tfrc"
    scripts = Path(sys.executable).parent
    settings.write_text(OVERRIDE % json.dumps(str(scripts)), encoding="utf-8")
    return {
        **kept,
        "NO_COLOR": "1",
        "TF_CLI_ARGS": "-no-color",
        "TF_CLI_CONFIG_FILE": str(settings),
        "PATH": os.pathsep.join([str(scripts), os.environ["PATH"]]),
        "PULUMI_BACKEND_URL": "file://./state",  # in the folder of each example
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_HOME": str(place / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def _run(example: Example, place: Path, environ: Mapping[str, str]) -> bool:
    """Run one example, tell of it, and whether all is well."""
    name = example.folder.name
    reason = example.skipped()
    if reason is not None:
        _say(f"{name}: skipped: {reason}")
        return True
    try:
        copy = _copy(example, place, environ)
        compared = _configured if example.runtime == TERRAFORM else _compared
        printed = [compared(command, shown, copy, environ) for command, shown in example.runs]
    except ExampleError as error:
        _say(f"{name}: failed: {error}")
        return False
    _say(f"{name}: ran")
    for (command, _), text in zip(example.runs, printed, strict=True):
        _say(f"  $ {command}\n{_indented(text)}\n")
    return True


def _copy(example: Example, place: Path, environ: Mapping[str, str]) -> Path:
    """Copy an example and, where its language needs that, give it a stack and an SDK."""
    copy = place / example.folder.name
    made = shutil.ignore_patterns("__pycache__", "node_modules", "sdks", "Pulumi.*.yaml", ".*")
    shutil.copytree(example.folder, copy, ignore=made)
    if example.runtime not in {"python", TERRAFORM}:
        (copy / "state").mkdir()
        _must("callerid install pulumi", copy, environ)
        _must(f"pulumi stack init {STACK} --non-interactive", copy, environ)
    if example.runtime in GENERATES:
        _must("pulumi package add callerid --non-interactive", copy, environ)
    return copy


def _compared(command: str, shown: str, copy: Path, environ: Mapping[str, str]) -> str:
    """Run a command of a README; give what it prints, if that is what the README shows."""
    (copy / f"Pulumi.{STACK}.yaml").unlink(missing_ok=True)  # what the run before configured
    by_host = command.startswith("callerid preview")
    more = "--engine auto" if by_host else "--non-interactive --color never --suppress-progress"
    code, text = _call(f"{command} {more}", copy, environ)
    printed = _after_first_line(text) if by_host else _outputs(text)
    if _normal(printed) != _normal(shown):
        raise ExampleError(_difference(command, shown, printed or text))
    if bool(code) != ("error:" in shown):
        message = f"{command} ended with exit code {code}.\n{text}"
        raise ExampleError(message)
    return printed.strip("\n")


def _configured(command: str, shown: str, copy: Path, environ: Mapping[str, str]) -> str:
    """Run Terraform or OpenTofu; give what the README shows, if that is what it prints."""
    code, text = _call(command.replace(" terraform ", f" {_host()} "), copy, environ)
    lines = (f"{re.escape(line)}\n" for line in _normal(shown))
    wanted = "".join(r"(?:.*\n)*" if line == f"{LEFT_OUT}\n" else line for line in lines)
    if not re.fullmatch(wanted, "".join(f"{line}\n" for line in _normal(text))):
        raise ExampleError(_difference(command, shown, text))
    if bool(code) != ("Error:" in shown):
        message = f"{command} ended with exit code {code}.\n{text}"
        raise ExampleError(message)
    return shown.strip("\n")


def _must(command: str, folder: Path, environ: Mapping[str, str]) -> None:
    code, text = _call(command, folder, environ)
    if code:
        message = f"{command} ended with exit code {code}.\n{text}"
        raise ExampleError(message)


def _call(command: str, folder: Path, environ: Mapping[str, str]) -> tuple[int, str]:
    first, *rest = shlex.split(command)
    try:
        done = subprocess.run(  # noqa: S603 - a command of ours, or of a README of ours
            [shutil.which(first, path=environ["PATH"]) or first, *rest],
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        message = f"{command} did not end within {SECONDS:g} s."
        raise ExampleError(message) from error
    return done.returncode, done.stdout


def _after_first_line(text: str) -> str:
    """Mark the line that says which engine ran as left out."""
    _, _, rest = text.partition("\n")
    return f"{LEFT_OUT}\n{rest}"


def _outputs(text: str) -> str:
    """Give the outputs of a stack as the CLI prints them, what is before and after left out."""
    found = re.search(r"^Outputs:\n(?:.+\n)*", text, re.MULTILINE)
    return f"{LEFT_OUT}\n{found[0]}{LEFT_OUT}\n" if found else ""


def _normal(text: str) -> list[str]:
    """Give the words of each line: how wide the columns are is the CLI's own affair."""
    lines = [line.split() for line in text.splitlines()]
    return [" ".join(words[words[:1] == ["+"] :]) for words in lines if words]


def _difference(command: str, shown: str, printed: str) -> str:
    lines = difflib.unified_diff(
        shown.strip("\n").splitlines(),
        printed.strip("\n").splitlines(),
        "README.md",
        "printed",
        lineterm="",
    )
    return f"{command} printed something else.\n" + "\n".join(lines)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
