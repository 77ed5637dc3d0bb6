"""What is asked of the plugin and of Terraform's provider alike, with canaries everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from argued import argued
from callerid.config import SETTINGS
from pasted import pasted
from staged import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callers import Spied
    from staged import Stage


class Front(Protocol):
    """A front end that runs; whatever it says is searched by itself, errors too."""

    def configure(self, settings: Mapping[str, str]) -> bool:
        """Check these settings, and begin anew with them; tell whether they were taken."""

    def ask(self, argument: str = "") -> int:
        """Call every function, in an organization if one is given; count the answers."""

    def guard(self, arguments: Mapping[str, Any]) -> None:
        """Call requireCaller with these arguments."""


def ask_everything(stage: Stage, caller: Spied, front: Front, *, explicit: bool) -> None:
    """Ask in every mood of the API, with secrets misplaced, with names misspelt, and in peace.

    In the short form the callers share the moods and the misplaced secrets among them.
    """
    what = f"{caller.name}, set {'explicitly' if explicit else 'by variables'}"
    settings = dict(caller.settings) if explicit else {}
    hurried = {**settings, "requestTimeoutSeconds": TIMEOUT}
    start, every = stage.callers.index(caller), len(stage.callers)
    for mood in stage.moods_of(caller):
        stage.search.begin(f"{stage.what}: {what}, {mood.name}")
        front.configure(hurried)
        with stage.in_mood(mood):
            front.ask()
    for each in stage.scale.some(list(pasted(stage.planted)), start=start, every=every):
        stage.search.begin(f"{stage.what}: {what}, {each.name}")
        front.configure({**hurried, **each.settings})
        front.ask()
    for setting in SETTINGS:
        stage.search.begin(f"{stage.what}: {what}, {setting.name} misspelt")
        name = f"{setting.name}x"
        if front.configure({**settings, name: stage.planted.at(name)}):
            stage.search.miss("it was taken, or never sent")
    front.configure(hurried)
    for name, arguments in argued(stage.planted):
        stage.search.begin(f"{stage.what}: {what}, {name}")
        front.guard(arguments)
    stage.search.begin(f"{stage.what}: {what}, an organization that is a secret")
    front.ask(stage.planted.at("argument orgId"))
    stage.search.begin(f"{stage.what}: {what}")
    front.configure(settings)
    if not front.ask():
        stage.search.miss("nothing was answered")
    stage.requests()
