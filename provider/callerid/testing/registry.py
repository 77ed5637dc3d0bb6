"""The providers of one run: packages, default instances, explicit instances."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import semver
from pulumi.runtime.proto import provider_pb2

from callerid.testing import urn as urns
from callerid.testing.marks import Secret
from callerid.testing.plugin import Plugin, PluginError, Where, find
from callerid.testing.provider import CheckError, Provider, ProviderError
from callerid.testing.values import UNKNOWN_STRING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.testing.engine import Diagnostics
    from callerid.testing.project import Project


class PackageError(Exception):
    """A package or version that cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Parameter:
    """What a parameterized package is made of: name, version, and the provider's own bytes."""

    name: str
    version: str
    value: bytes


@dataclass(frozen=True)
class Package:
    """A package as it is asked for; `version` is empty where any will do."""

    plugin: str
    version: str = ""
    url: str = ""
    parameter: Parameter | None = None

    @property
    def name(self) -> str:
        """The name that tokens begin with."""
        return self.parameter.name if self.parameter else self.plugin

    @property
    def wanted(self) -> str:
        """The version that the provider is configured with."""
        return self.parameter.version if self.parameter else self.version

    @property
    def default_name(self) -> str:
        """The name of the default provider, such as `default_1_2_3`."""
        version = f"_{re.sub(r'[.+-]', '_', self.wanted)}" if self.wanted else ""
        return f"default{version}"


def package(name: str, version: str, url: str = "") -> Package:
    """Make a package request.

    Raises:
        PackageError: the version is no strict semantic version.
    """
    return Package(name, strict(version) if version else "", url.rstrip("/"))


def strict(version: str) -> str:
    """Return a version if it is a strict semantic one, else raise PackageError."""
    try:
        semver.VersionInfo.parse(version)
    except ValueError as error:
        message = f"{version!r} is no semantic version such as 1.2.3"
        raise PackageError(message) from error
    return version


class Registry:
    """Starts providers once each, finds them by reference, and ends them all."""

    def __init__(
        self, project: Project, where: Where, diagnostics: Diagnostics, *, preview: bool
    ) -> None:
        """Start nothing yet."""
        self._project = project
        self._where = where
        self._diagnostics = diagnostics
        self._preview = preview
        self._lock = Lock()
        self._defaults: dict[Package, Provider] = {}
        self._explicit: dict[str, Provider] = {}
        self._providers: list[Provider] = []
        self._spawning = Lock()
        self._over = False
        self._refs: dict[str, Package] = {}

    def register_package(self, wanted: Package) -> str:
        """Keep a package, return the reference under which calls may name it."""
        with self._lock:
            known = [ref for ref, kept in self._refs.items() if kept == wanted]
            ref = known[0] if known else str(uuid4())
            self._refs[ref] = wanted
            return ref

    def package(self, ref: str) -> Package:
        """Find a package by its reference, else raise PackageError."""
        if ref not in self._refs:
            message = f"unknown provider package {ref!r}"
            raise PackageError(message)
        return self._refs[ref]

    def is_installed(self, name: str) -> bool:
        """Return whether a provider's executable can be found."""
        try:
            find(name, self._where.environ)
        except PluginError:
            return False
        return True

    def find(self, text: str) -> Provider:
        """Find an explicit provider by its reference `URN::ID`.

        Raises:
            UrnError: the text is no reference.
            PackageError: no such provider was registered.
        """
        ref = urns.parse_reference(text)
        if str(ref) not in self._explicit:
            message = f"unknown provider {text!r}: it was not registered in this run"
            raise PackageError(message)
        return self._explicit[str(ref)]

    def default(self, wanted: Package, token: str) -> Provider:
        """Return the default provider of a package, started and configured once.

        Raises:
            PackageError: the stack's configuration denies default providers.
            CheckError, PluginError: it cannot be started with its settings.
        """
        if wanted.name in self._denied() or "*" in self._denied():
            message = (
                f"Default provider for '{wanted.name}' disabled. '{token}' must use an explicit "
                "provider."
            )
            raise PackageError(message)
        with self._lock:
            if wanted not in self._defaults:
                self._defaults[wanted] = self._start_default(wanted)
            return self._defaults[wanted]

    def _denied(self) -> list[str]:
        text = self._project.config.get("pulumi:disable-default-providers")
        return [str(each).strip() for each in json.loads(text)] if text else []

    def _start_default(self, wanted: Package) -> Provider:
        project, kind = self._project, f"{urns.PROVIDER_PREFIX}{wanted.name}"
        urn = urns.make(project.stack, project.name, "", kind, wanted.default_name)
        inputs: dict[str, Any] = {
            name: Secret(value) if f"{wanted.name}:{name}" in project.secrets else value
            for name, value in project.package_config(wanted.name).items()
        }
        provider, _, _ = self._run(wanted, urn, inputs, {})
        return provider

    def explicit(
        self, wanted: Package, urn: str, inputs: Mapping[str, Any], variables: Mapping[str, str]
    ) -> tuple[str, dict[str, Any]]:
        """Start and configure an explicit provider; return its id and its checked settings.

        `variables` map the name of a variable to the name under which the provider sees it.

        Raises:
            CheckError, PluginError: it cannot be started with its settings.
        """
        provider, identity, checked = self._run(wanted, urn, inputs, variables)
        self._explicit[str(urns.ProviderRef(urn, identity))] = provider
        return identity, checked

    def _run(
        self, wanted: Package, urn: str, inputs: Mapping[str, Any], variables: Mapping[str, str]
    ) -> tuple[Provider, str, dict[str, Any]]:
        provider = self._spawn(wanted, urn, variables)
        try:
            self._compare(wanted, provider.connect())
            if wanted.parameter:
                _parameterize(provider, wanted.parameter)
            given = {**inputs, "version": wanted.wanted} if wanted.wanted else dict(inputs)
            checked = provider.check(given)
        except (CheckError, PluginError):
            self._over = True
            raise
        except ProviderError as error:
            self._over = True
            raise CheckError(str(error)) from None
        identity = UNKNOWN_STRING if self._preview else str(uuid4())
        provider.configure(identity, checked)
        return provider, identity, checked

    def _spawn(self, wanted: Package, urn: str, variables: Mapping[str, str]) -> Provider:
        """Start a process, unless the run is over: nothing would end it then."""
        with self._spawning:
            if self._over:
                message = "the preview has ended"
                raise ProviderError(message)
            provider = Provider(self._plugin(wanted, variables), urn, self._preview)
            self._providers.append(provider)
            return provider

    def _plugin(self, wanted: Package, variables: Mapping[str, str]) -> Plugin:
        environ = dict(self._where.environ)
        environ |= {new: environ[old] for old, new in variables.items() if old in environ}
        environ["PULUMI_PROJECT"] = self._project.name
        config = self._project.package_config(wanted.plugin)
        environ["PULUMI_CONFIG"] = json.dumps(config, separators=(",", ":"))
        for option, value in self._project.options.items():
            environ[f"PULUMI_RUNTIME_{option.upper()}"] = str(value)
        where = replace(self._where, environ=environ)
        return Plugin(wanted.plugin, find(wanted.plugin, environ), where)

    def _compare(self, wanted: Package, reported: str) -> None:
        if reported and not _tolerant(reported):
            message = f"the provider {wanted.plugin} reports {reported!r}, no semantic version"
            raise PluginError(message)
        found = _tolerant(reported)
        if wanted.version and (not found or found < semver.VersionInfo.parse(wanted.version)):
            self._diagnostics.add(
                "warning",
                f"the provider {wanted.plugin} is expected to have version {wanted.version} or "
                f"later, but has {reported or 'none'}; the wrong one may be on PATH",
            )

    def close(self) -> list[str]:
        """End every provider; return what went wrong, a sentence each."""
        with self._spawning:
            self._over = True
        return [problem for provider in self._providers for problem in provider.close()]


def _parameterize(provider: Provider, parameter: Parameter) -> None:
    value = provider_pb2.ParameterizeRequest.ParametersValue(
        name=parameter.name, version=parameter.version, value=parameter.value
    )
    answer = provider.call("Parameterize", provider_pb2.ParameterizeRequest(value=value))
    if answer.name != parameter.name:
        message = f"Parameterize answered for {answer.name!r}, not for {parameter.name!r}"
        raise ProviderError(message)


def _tolerant(version: str) -> semver.VersionInfo | None:
    """Read a version as the engine does: a leading v and missing parts are forgiven."""
    text = version.strip().removeprefix("v")
    core, rest = re.fullmatch(r"([\d.]*)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    numbers = [number.lstrip("0") or "0" for number in core.split(".")]
    padded = ".".join(numbers + ["0"] * (3 - len(numbers)))
    try:
        return semver.VersionInfo.parse(f"{padded}{rest}") if core else None
    except ValueError:
        return None
