"""Who calls: one YAML file is one caller, with every body the APIs answer written out verbatim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field, create_model, model_validator

from callerid.config import PLATFORM_TITLES
from callerid.platforms import part
from callerid.sandbox.moments import Instant  # noqa: TC001 - pydantic reads the types of fields
from callerid.sandbox.strict import Strict, Text, mistake

if TYPE_CHECKING:
    from typing_extensions import Self

    from callerid.registry import PlatformName
    from callerid.sandbox.caller import Caller


class _About(Strict):
    """What does not depend on a platform."""

    description: Text
    """One line for people."""
    recorded_at: Instant | None = None
    """When the bodies were recorded, RFC 3339: every answer to the caller has it as the header
    `x-callerid-recorded-at`."""


def _blocks() -> dict[str, Any]:
    """Declare one field a platform, by the platform's own name."""
    return {
        name: (
            part(name, "sandbox.caller").CALLER | None,
            Field(None, alias=name, description=f"Who the caller is at {title}."),
        )
        for name, title in PLATFORM_TITLES.items()
    }


if TYPE_CHECKING:

    class _Blocks(_About):
        def __getattr__(self, name: str) -> Any: ...

else:
    _Blocks = create_model("_Blocks", __base__=_About, **_blocks())


class Scenario(_Blocks):
    """One caller, at one or both platforms; its name is the stem of its file."""

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if not self.platforms:
            text = f"expected one of {', '.join(PLATFORM_TITLES)}, or several"
            raise ValueError(text)
        return self

    @model_validator(mode="after")
    def _marked(self) -> Self:
        for name, caller in self.callers.items() if self.recorded_at else ():
            if caller.unmarked:
                text = f"{name}.credential: {caller.unmarked}"
                raise mistake(text, name, "credential")
        return self

    @property
    def callers(self) -> dict[PlatformName, Caller]:
        """Who the caller is, at each platform where it exists."""
        found = {name: self.at(name) for name in PLATFORM_TITLES}
        return {name: caller for name, caller in found.items() if caller}

    @property
    def platforms(self) -> tuple[PlatformName, ...]:
        """The platforms the caller exists at."""
        return tuple(self.callers)

    def at(self, platform: str) -> Caller | None:
        """Return who the caller is at a platform; None where it does not exist there."""
        found: Caller | None = getattr(self, platform)
        return found


class ScenarioFile(Scenario):
    """A scenario as a file has it: it may build upon another."""

    extends: Text | None = None
    """The caller to start from: the name of a file beside this one or of a built-in caller, or the
    path of a file, which ends in `.yaml`. What this file says comes on top."""
