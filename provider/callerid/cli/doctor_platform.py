"""What `callerid doctor` finds out by asking an API: way, token, organization, who answers."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from callerid.asking.call import Clients
from callerid.asking.transport import reach
from callerid.cli.doctor_finding import Finding, Level, of_error, of_sentence
from callerid.cli.doctor_reach import duration, of_reached
from callerid.cli.doctor_settings import name_of, used, variables
from callerid.config import BY_NAME, PLATFORM_TITLES, RECOMMENDED
from callerid.core import Core
from callerid.errors import ApiError, CalleridError, ConfigurationError, printable_line
from callerid.model import PRINCIPAL_TITLES, epoch_seconds
from callerid.platforms import part
from callerid.setting import setting_name
from callerid.shown import is_uuid, shown_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from callerid.asking.client import Client
    from callerid.asking.clock import Clock
    from callerid.asking.tokens import Token
    from callerid.config import Config, PlatformConfig
    from callerid.platforms.contract import CredentialDetails
    from callerid.registry import PlatformName

REACH_SECONDS = 10.0
"""How long an API may take to answer anything at all."""
SHORT_LIFE_SECONDS = 3600.0
"""An existing token that is valid for less may expire before the work is done."""
SOON_SECONDS = 14 * 86400.0
"""An API token that ends within these is worth a word."""


@dataclass(frozen=True)
class Visit:
    """One platform with a credential, to be asked; `show` says what is waited for."""

    platform: PlatformConfig
    config: Config
    environ: Mapping[str, str]
    clock: Clock
    show: Callable[[str], None]

    def findings(self) -> Iterator[Finding]:
        """Ask one thing after the other, as long as the next can make sense."""
        self.show(f"looking for {PLATFORM_TITLES[self.platform.name]}")
        deadline = self.clock.deadline(min(self.config.timeout_seconds, REACH_SECONDS))
        try:
            reached = reach(self.platform, self.clock, deadline)
        except ConfigurationError as error:
            yield of_error("reachability", error, self.platform.name)
            return
        yield from of_reached(self.platform, reached, self.environ)
        with closing(Clients(self._config(), self.clock, tell=self.show)) as clients:
            client = clients.choose(self.platform.name)
            if reached.status is not None:
                yield from self._ask(clients, client)
            elif not client.renewable:
                yield from self._of_ready_token(clients, client)

    def _config(self) -> Config:
        """Leave out problems of settings of no platform, which are reported elsewhere."""
        return self.config._replace(problem=None)

    def _ask(self, clients: Clients, client: Client) -> Iterator[Finding]:
        name = self.platform.name
        try:
            token = client.token(clients.call().deadline)
        except CalleridError as error:
            yield of_error("token", error, name)
            yield from self._of_credential(clients, client)
            return
        yield _of_token(client, token)
        yield from self._of_credential(clients, client)
        organization = self._of_organization(clients, client, token)
        yield organization
        left = client.token_left(token)
        over = left is not None and left <= 0 and not client.renewable
        if organization.level != "problem" and not over:
            yield from self._of_caller(client)

    def _of_ready_token(self, clients: Clients, client: Client) -> Iterator[Finding]:
        """Report how long a token is valid, if that can be read without the API."""
        try:
            yield _of_token(client, client.token(clients.call().deadline))
        except CalleridError as error:
            yield of_error("token", error, self.platform.name)

    def _of_credential(self, clients: Clients, client: Client) -> Iterator[Finding]:
        """Report the credential's own end and organization, if the API knows them."""
        answers = part(self.platform.name, "answers").ANSWERS
        topic = name_of(client.credential.flow)
        try:
            details = answers.credential(client, clients.call().deadline)
        except ApiError as error:
            yield of_error(topic, error, self.platform.name, "note")
            return
        if details is None:
            return
        if not details.told:
            text = f"{client.title} does not tell when this {topic} ends."
            yield Finding(topic, "note", text, None, self.platform.name)
            return
        where = f"It belongs to organization {printable_line(details.org_id or '(not told)')}"
        level, end, fix = _end_of(details, self.clock.time())
        yield Finding(topic, level, f"{where} and {end}.", fix, self.platform.name)

    def _of_organization(self, clients: Clients, client: Client, token: Token) -> Finding:
        name, asked = self.platform.name, self.platform.org_id
        variable = BY_NAME[setting_name(name, "orgId")].env[0]
        own = client.claimed_organization(token.claims)
        try:
            org_id = client.organization(None, clients.call().deadline).id
        except CalleridError as error:
            return of_error("organization", error, name)
        if asked and not is_uuid(asked):
            text = f"{shown_id(asked)} ({variable}) is not what ids of organizations look like."
            return Finding("organization", "note", text, f"Check {variable}.", name)
        if not asked:
            text = f"{shown_id(org_id)}, the token's own ({variable} is not set)."
        elif own:
            text = f"{org_id} ({variable}), the token's own."
        else:
            text = f"{org_id} ({variable}); the token does not name its own."
        return Finding("organization", "ok", text, None, name)

    def _of_caller(self, client: Client) -> Iterator[Finding]:
        """Report who calls, and what is told about the answer beside what was told already."""
        name, told = self.platform.name, list[str]()
        with closing(Core(self._config(), self.clock, told.append, self.show)) as core:
            try:
                answer = core.call("getCurrentUser", {"platform": name}, preview=True)
            except CalleridError as error:
                yield of_error("caller", error, name)
                return
        yield _answered(answer, name)
        for each in told:
            if each not in client.warnings:
                yield of_sentence("caller", f"{each[0].upper()}{each[1:]}", name, "note")


def _answered(answer: Mapping[str, Any], name: PlatformName) -> Finding:
    who = printable_line(answer["displayName"])
    text = f"The API answers as {who} ({PRINCIPAL_TITLES[answer['principalType']]})."
    if recorded_at := answer.get("recordedAt"):
        replayed = f"{text[:-1]}, in a replay of answers recorded at {recorded_at}."
        return Finding("caller", "note", replayed, None, name)
    return Finding("caller", "ok", text, None, name)


def _of_token(client: Client, token: Token) -> Finding:
    left = client.token_left(token)
    return _of_minted(client, token, left) if client.renewable else _of_ready(client, token, left)


def _of_minted(client: Client, token: Token, left: float | None) -> Finding:
    accepted = f"{client.title} accepted {client.credential.flow.title}; the access token"
    if token.end_is_garbled:
        text = f"{accepted} tells its end in a form that cannot be read."
        return Finding("token", "note", text, None, client.name)
    if left is not None and left <= 0:
        text = f"{accepted} is new, and over already by this machine's clock."
        return Finding("token", "note", text, "Set the clock of this machine.", client.name)
    life = "good, nobody tells for how long" if left is None else f"good for {duration(left)}"
    return Finding("token", "ok", f"{accepted} is {life}.", None, client.name)


def _of_ready(client: Client, token: Token, left: float | None) -> Finding:
    flow = client.credential.flow
    variable = used(client.credential)
    if token.life is None or left is None:
        how = "tells its end in a form that cannot be read"
        how = how if token.end_is_garbled else "does not tell when it ends"
        text = f"{variable} {how}; its life left is unknown."
        return Finding("token", "note", text, None, client.name)
    moment, better = _moment(token.life.expires_at), RECOMMENDED[client.name]
    renewed = f", or use what callerid can renew by itself: {variables(better)}"
    fix = f"Get a new one{renewed if better is not flow else ''}."
    if left <= 0:
        text = f"{variable} expired {duration(-left)} ago, at {moment}."
        return Finding("token", "problem", text, fix, client.name)
    text = f"{variable} is good for {duration(left)} more, until {moment}."
    if left < SHORT_LIFE_SECONDS:
        return Finding("token", "note", text, fix, client.name)
    return Finding("token", "ok", text, None, client.name)


def _end_of(details: CredentialDetails, now: float) -> tuple[Level, str, str | None]:
    """Rate the end of a credential: level, description, and fix."""
    if details.end.garbled:
        return "note", "ends at a time that cannot be read", details.cure
    ends = epoch_seconds(details.end.at)
    if ends is None:
        return _ENDLESS[details.end.known]
    if ends <= now:
        return "problem", f"expired {duration(now - ends)} ago, at {_moment(ends)}", details.cure
    text = f"ends in {duration(ends - now)}, at {_moment(ends)}"
    return ("note", text, details.cure) if ends - now < SOON_SECONDS else ("ok", text, None)


_ENDLESS: dict[bool, tuple[Level, str, str | None]] = {
    True: ("ok", "never ends", None),
    False: ("note", "does not tell when it ends", None),
}
"""Rating of a credential without a time, by whether the API says that it never ends."""


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
