"""What a preview hands back: plain frozen values, free of gRPC and protobuf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self


class PreviewFailedError(AssertionError):
    """A preview failed where a test needs it to succeed; the text is all that the run said."""


@dataclass(frozen=True)
class LogLine:
    """One line from the SDK or a provider; `severity` is `info`, `warning` or `error`."""

    severity: str
    message: str


@dataclass(frozen=True)
class Invoke:
    """One function call of the program.

    `args` are as the program sent them. `result` is what the program got back; it is None where
    the call failed (then `error` says why) and where the engine answered "unknown" because the
    call depends on a resource that does not exist yet (then `error` is None too). It is `{}` where
    the provider's settings are unknown: the provider was not asked.
    """

    token: str
    args: Mapping[str, Any]
    result: Mapping[str, Any] | None = None
    error: str | None = None


@dataclass(frozen=True)
class RegisteredResource:
    """One resource the program declared, explicit providers included, default ones not."""

    urn: str
    type: str
    name: str
    custom: bool
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class PreviewResult:
    """Everything one preview came to.

    `exports` holds the program's stack outputs: dicts, lists, strings, booleans, numbers (whole
    ones as `int`), None, and the marks `Secret(value)` and `UNKNOWN`. `error` is None where the
    preview succeeded, else what the engine would print as the reason, one error a paragraph.
    `output` is what the program wrote to stdout and stderr. `logs` are without debug lines.

    Secrets of the configuration are masked in texts: errors, logs and output. Values are exact, so
    that a test can compare them: `exports`, and the arguments and results of calls and resources.
    """

    exports: Mapping[str, Any]
    invokes: tuple[Invoke, ...] = ()
    resources: tuple[RegisteredResource, ...] = ()
    logs: tuple[LogLine, ...] = ()
    error: str | None = None
    output: str = ""

    def require_ok(self) -> Self:
        """Return the result, so that a test can go on with it.

        Raises:
            PreviewFailedError: the preview failed; the text has the error and what was printed.
        """
        if self.error is None:
            return self
        printed = f"\nThe program printed:\n{self.output}" if self.output else ""
        message = f"the preview failed: {self.error}{printed}"
        raise PreviewFailedError(message)

    def resource(self, name: str, type_: str | None = None) -> RegisteredResource:
        """Find the one resource of a name, and of a type where several have the name.

        Raises:
            LookupError: there is none, or more than one; the text names the existing ones.
        """
        found = [
            each for each in self.resources if each.name == name and type_ in {None, each.type}
        ]
        if len(found) == 1:
            return found[0]
        declared = ", ".join(f"{each.name} ({each.type})" for each in self.resources) or "none"
        count = "no resource" if not found else f"{len(found)} resources"
        wanted = f"{name} ({type_})" if type_ else name
        message = f"the program declared {count} {wanted}. It declared: {declared}."
        raise LookupError(message)
