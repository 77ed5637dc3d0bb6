"""The small programs under tests/programs and the examples, and who runs them."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import yaml

from callerid.sandbox.server import Sandbox, as_caller
from support.recordings import report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from callerid.testing import PreviewResult
    from support.recordings import Report

    Preview = Callable[..., PreviewResult]

TESTS = Path(__file__).parent.parent
PROGRAMS = TESTS / "programs"
EXAMPLES = TESTS.parent / "examples"
ECHO = TESTS / "testing" / "echo_provider.py"
"""The provider of the packages `echo` and `tests`."""

EXAMPLE_CALLERS = ("app", "member", "owner", "person", "service-user")
TWO_CREDENTIALS = ("both", "member")
"""Who runs an example that asks both platforms: somebody who can, and somebody who cannot."""


@dataclass(frozen=True)
class Case:
    """A program, the sandbox's caller who runs it (None has no credential), the configuration.

    Configuration may name the sandbox's address as `$url`, and the variables of any caller as
    `${CALLER_VARIABLE}`, for example `$PERSON_M3TER_API_TOKEN`.
    """

    folder: Path
    caller: str | None
    variant: str
    config: Mapping[str, str]
    secrets: frozenset[str]
    title: str

    @property
    def name(self) -> str:
        """The name of the case, and of its file under results."""
        parts = [self.title, self.caller or "nobody", self.variant]
        return "-".join(part for part in parts if part)

    @property
    def needs_echo(self) -> bool:
        """Tell whether the program uses the echo provider, under either name."""
        text = (self.folder / "__main__.py").read_text(encoding="utf-8")
        return re.search(r'"(echo|tests:index:Thing)\b|"echo:index:', text) is not None


@dataclass(frozen=True)
class Bench:
    """Where cases run: a sandbox, and a folder with the launchers of the echo provider."""

    sandbox: Sandbox
    launchers: Path

    def run(self, case: Case, preview: Preview) -> Report:
        """Run a case with `callerid.testing.preview` or `callerid.testing.pulumi_cli.preview`."""
        caller = self.sandbox.environment(case.caller) if case.caller else {}
        path = os.pathsep.join([str(self.launchers), os.environ["PATH"]])
        config = {key: self._filled(value) for key, value in case.config.items()}
        result = preview(
            case.folder,
            config=config,
            secrets=case.secrets,
            environ={**as_caller(os.environ, caller), "PATH": path},
        )
        return report(result, [config[key] for key in case.secrets])

    def _filled(self, value: str) -> str:
        known = {"url": self.sandbox.url}
        for caller in ("person", "service-user", "owner"):
            prefix = caller.upper().replace("-", "_")
            variables = self.sandbox.environment(caller).items()
            known |= {f"{prefix}_{name}": text for name, text in variables}
        return Template(value).safe_substitute(known)


def lay_launchers(folder: Path) -> Path:
    """Put the echo provider into a folder, as the plugin of `echo` and of `tests`; POSIX only."""
    for package in ("echo", "tests"):
        launcher = folder / f"pulumi-resource-{package}"
        launcher.write_text(
            f"#!{sys.executable}\nimport runpy\n"
            f"runpy.run_path({str(ECHO)!r}, run_name='__main__')\n",
            encoding="utf-8",
        )
        launcher.chmod(0o755)
    return folder


def _examples() -> Iterator[Case]:
    """Find every example in Python, and give it to every kind of caller."""
    for file in sorted(EXAMPLES.rglob("Pulumi.yaml")):
        runtime = yaml.safe_load(file.read_text(encoding="utf-8"))["runtime"]
        if (runtime["name"] if isinstance(runtime, dict) else runtime) == "python":
            name = "-".join(["example", *file.parent.relative_to(EXAMPLES).parts])
            both = file.parent.name == "two_organizations"
            callers = TWO_CREDENTIALS if both else EXAMPLE_CALLERS
            yield from (Case(file.parent, caller, "", {}, frozenset(), name) for caller in callers)


def _of(program: str, caller: str | None = "owner", variant: str = "", **config: str) -> Case:
    """Make the case of a small program; keys in SECRET are secret configuration."""
    config = {key.replace("__", ":"): value for key, value in config.items()}
    secrets = frozenset(key for key in config if key.rpartition(":")[2] in _SECRET_KEYS)
    return Case(PROGRAMS / program, caller, variant, config, secrets, program)


_SECRET_KEYS = frozenset(
    {"key", "m3terApiKey", "m3terApiSecret", "secret", "m3terToken", "cspToken"}
)
_MACHINE = {
    "url": "$url",
    "organization": "$SERVICE_USER_M3TER_ORG_ID",
    "key": "$SERVICE_USER_M3TER_API_KEY",
    "secret": "$SERVICE_USER_M3TER_API_SECRET",
}

CASES = (
    *(_of("reads", caller) for caller in EXAMPLE_CALLERS),
    _of("reads", None),
    _of("about"),
    _of("aliases"),
    _of("asking", None),
    _of("assets"),
    *(_of("bad_provider", "owner", form, form=form) for form in ("plain", "output", "secret")),
    _of(
        "both_platforms",
        None,
        url="$url",
        m3terOrganization="$PERSON_M3TER_ORG_ID",
        m3terToken="$PERSON_M3TER_API_TOKEN",
        cspToken="$OWNER_CSP_API_TOKEN",
    ),
    _of("components", "owner", **_MACHINE),
    _of(
        "configured",
        text="plain: text",
        number="42",
        float="2.5",
        yes="true",
        object='{"list": [1, "two"], "none": null}',
        key="hushed-key",
        other__text="of another",
    ),
    _of("default_and_explicit", "owner", **_MACHINE),
    _of("denied", **{"pulumi__disable-default-providers": '["callerid"]'}),
    _of("depends", "person"),
    _of("echoes", None, "echo", functions="echo,warning", echo__region="eu", echo__key="hushed"),
    *(
        _of("echoes", None, function, functions=f"echo,{function}")
        for function in ("error", "failures", "refuse", "unknown")
    ),
    _of("echoes", None, "bad", functions="echo", echo__bad="yes"),
    _of("echoes", None, "refused", functions="echo", echo__refused="yes"),
    _of("equal_reads", "person"),
    _of("exiting", None),
    _of("explicit", "owner", **_MACHINE),
    *(
        _of("failing", "owner", form.replace(", ", "-"), form=form)
        for form in ("plain", "output", "caught", "raw", "raw, caught")
    ),
    _of("failing", "person", "caught", form="caught"),
    _of("giving_up", "member"),
    _of("giving_up", "service-user"),
    _of("logging_error", None),
    _of("logs", None),
    _of("made", None, made__region="eu"),
    *(
        _of("mistakes", "owner", mistake, mistake=mistake)
        for mistake in ("argument", "value", "type", "function", "module")
    ),
    _of("nested", None),
    _of("nothing", None),
    _of("outputs", "owner"),
    _of("outputs", "service-user"),
    _of(
        "package_settings",
        None,
        callerid__platform="m3ter",
        callerid__m3terBaseUrl="$url",
        callerid__m3terOrgId="$SERVICE_USER_M3TER_ORG_ID",
        callerid__m3terApiKey="$SERVICE_USER_M3TER_API_KEY",
        callerid__m3terApiSecret="$SERVICE_USER_M3TER_API_SECRET",
    ),
    _of("package_settings", "owner", "wrong", callerid__m3terApiSecrt="hush"),
    _of("pending", "person"),
    _of("raising", None),
    _of("raising_late", "person"),
    _of("requiring", "owner"),
    _of("requiring", "member"),
    _of("requiring", "member", "warn", onRefusal="warn"),
    _of("secret_exports", None, key="hushed-key", object="{}"),
    _of("secret_settings", None, **_MACHINE),
    _of("texts", None),
    _of("twins", None),
    _of("two_packages", "owner"),
    _of("unknown_argument", "owner"),
    _of("unknown_outputs", None),
    _of("unknown_plain", "owner"),
    _of("unknown_settings", None),
    _of("values", None),
    _of("whoami", "app", greeting="Hi"),
    *(
        _of("wrong_config", None, wanted.replace(", ", "-"), wanted=wanted)
        for wanted in ("missing", "missing, secret", "number")
    ),
    _of("wrong_setting", None),
    *_examples(),
)
"""Every program, by every caller that suits it."""
