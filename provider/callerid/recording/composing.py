"""From answers to a scenario: one caller of the sandbox, with the bodies that the APIs sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.asking import claims
from callerid.errors import ConfigurationError
from callerid.recording import contract

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.config import Config, PlatformName
    from callerid.recording.tape import Exchange


class Caller(NamedTuple):
    """Who was recorded: the name of the caller in the sandbox, and the way to sign in there."""

    name: str
    config: Config


def compose(exchanges: Sequence[Exchange], caller: Caller) -> dict[str, Any]:
    """Make the platforms' blocks of a scenario.

    Raises:
        ConfigurationError: no answer names the caller, or several callers were recorded.
    """
    blocks: dict[str, Any] = {}
    for platform in caller.config.platforms:
        own = [each for each in exchanges if each.platform == platform.name]
        if platform.credential and own:
            _require_one_caller(own, platform.name)
            block = contract.of(platform.name).block(own, caller.name, platform)
            blocks |= {platform.name: block} if block else {}
    if not blocks:
        text = (
            "Nothing was recorded: no API told who calls.\n"
            '"callerid doctor" shows which credential would be used and what is wrong with it.'
        )
        raise ConfigurationError(text)
    return blocks


def _require_one_caller(exchanges: Sequence[Exchange], platform: PlatformName) -> None:
    subjects = {subject for each in exchanges if (subject := claims.text(each.claims, "sub"))}
    if len(subjects) > 1:
        text = (
            f"{len(subjects)} callers of {platform} were recorded, and a recording is of one.\n"
            "Record each with its own credential in the environment, without explicit providers."
        )
        raise ConfigurationError(text)
