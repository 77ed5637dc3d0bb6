"""One recording, from its start to its file."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from pydantic import ValidationError

from callerid.asking.call import Clients
from callerid.asking.clock import Clock
from callerid.config import BY_NAME, PLATFORM_TITLES, load
from callerid.core import Core
from callerid.errors import CalleridError, ConfigurationError
from callerid.model import rfc3339_seconds
from callerid.nearest import nearest
from callerid.recording import contract
from callerid.recording.composing import Caller, compose
from callerid.recording.file import MADE_BY_US, require_own, write
from callerid.recording.forwarder import forwarding
from callerid.recording.redacting import objects, redact
from callerid.recording.screening import Suspicion, suspicions, used
from callerid.recording.tape import Exchange, Tape
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.yaml_nodes import TEXT
from callerid.setting import setting_name
from callerid.shown import credential_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from callerid.config import Config, PlatformName

_SHOWN = 5


def now() -> str:
    """Return the present time, RFC 3339 in UTC."""
    return rfc3339_seconds(Clock().time())


class Wishes(NamedTuple):
    """What a recording shall be: its file, when it is made (RFC 3339), and what is kept of people.

    `also` names further fields whose texts are replaced, `allowed` places that may hold what looks
    like a credential.
    """

    file: Path
    at: str
    keep_names: bool = False
    also: Collection[str] = ()
    allowed: Collection[str] = ()


def record(
    environ: Mapping[str, str],
    wishes: Wishes,
    run: Callable[[Mapping[str, str]], int],
    complain: Callable[[str], None],
    tell: Callable[[str], None] | None = None,
) -> int:
    """Run something in an environment whose API calls are kept, and write the recording.

    What it does not ask about its caller is asked afterwards, so that every function can be
    replayed.

    Args:
        environ: Where credentials are found.
        wishes: What the recording shall be.
        run: Takes the environment to run in, and gives an exit code.
        complain: Shows a sentence to people.
        tell: Hears what is waited for when `run` is over.

    Returns:
        The exit code of `run`.

    Raises:
        ConfigurationError: nothing could be recorded, the file is not ours to overwrite, or
            something in the recording looks like a credential.
    """
    require_own(wishes.file)
    config = load({}, environ)
    if not any(platform.credential for platform in config.platforms):
        config.choose()
    tape = Tape()
    with forwarding(config, tape, complain) as urls:
        forwarded = {**environ, **{_base_url(name): url for name, url in urls.items()}}
        code = run(forwarded)
        rest = Core(load({}, forwarded), tell=tell)
        _ask_the_rest(rest, config, tape, complain)
    if tape.replayed:
        text = (
            f"Nothing was recorded: the answers are a replay themselves, of {tape.replayed}.\n"
            "Record from the live API, or copy the file."
        )
        raise ConfigurationError(text)
    _write(_document(tape, config, wishes), tape, wishes)
    return code


def _base_url(platform: str) -> str:
    return BY_NAME[setting_name(platform, "baseUrl")].env[0]


def _ask_the_rest(core: Core, config: Config, tape: Tape, complain: Callable[[str], None]) -> None:
    """Ask for identity and roles, at each platform and in each organization that was asked."""
    asked = {each.platform for each in tape.exchanges} or {
        platform.name for platform in config.platforms if platform.credential
    }
    with closing(core), closing(Clients(config)) as clients:
        for platform in sorted(asked):
            for org_id in (None, *sorted(_organizations(tape, platform))):
                _ask(core, {"platform": platform, "orgId": org_id}, complain)
            _keep_claims(clients, platform, tape)


def _ask(core: Core, question: Mapping[str, object], complain: Callable[[str], None]) -> None:
    try:
        core.call("getUserOrgRoles", question, preview=True)
    except CalleridError as error:
        complain(f"The recording lacks an answer. {error}")


def _keep_claims(clients: Clients, platform: str, tape: Tape) -> None:
    """Keep the claims of an existing token: a machine that has one never asks the API."""
    client = clients.choose(platform)
    if not client.renewable:
        token = client.token(clients.call().deadline)
        tape.beware(*(value.partition(" ")[2] for value in token.headers().values()))
        tape.keep(Exchange(client.name, "", "", 200, None, token.claims))


def _organizations(tape: Tape, platform: PlatformName) -> set[str]:
    pattern = contract.of(platform).organization_path
    answered = (each for each in tape.exchanges if each.platform == platform and each.ok)
    paths = (each.path for each in answered)
    return {found[1] for path in paths if pattern and (found := pattern.fullmatch(path))}


def _document(tape: Tape, config: Config, wishes: Wishes) -> dict[str, Any]:
    caller = Caller(wishes.file.stem, config)
    blocks = compose(tape.exchanges, caller)
    fields = {name for each in objects(blocks) for name in each}
    for name in wishes.also:
        if name.casefold() not in {field.casefold() for field in fields}:
            known = [field for field in fields if not credential_in(field)]
            text = f"The answers have no field {name} to redact.{nearest(name, known)}"
            raise ConfigurationError(text)
    # Before names are replaced, too: a part of a credential may look like a name.
    _require_harmless(used(redact(blocks, wishes.also, keep_names=True), tape.secrets), wishes)
    told = redact(blocks, wishes.also, keep_names=wishes.keep_names)
    titles = " and ".join(PLATFORM_TITLES[name] for name in PLATFORM_TITLES if name in blocks)
    names = "kept" if wishes.keep_names else "replaced"
    return {
        "description": f"{MADE_BY_US}{titles} on {wishes.at[:10]}, names {names}",
        "recordedAt": wishes.at,
        **told,
    }


def _write(document: dict[str, Any], tape: Tape, wishes: Wishes) -> None:
    _require_harmless(suspicions(document, tape.secrets), wishes)
    try:
        Scenario.model_validate(document)
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_input=False)[0]["loc"]))
        text = f"The recording was not written: no scenario can hold what came as {place}."
        raise ConfigurationError(text) from None
    text = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    write(wishes.file, text)


def _require_harmless(suspected: Sequence[Suspicion], wishes: Wishes) -> None:
    found = [each for each in suspected if each.place not in wishes.allowed]
    if found:
        shown = "\n".join(f"  {each.shown}: {each.what}" for each in found[:_SHOWN])
        more = f"\n  and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        text = (
            f"The recording was not written, because it may hold a credential:\n{shown}{more}\n"
            f"{_ways_out(found[0])}"
        )
        raise ConfigurationError(text)


def _ways_out(found: Suspicion) -> str:
    """Tell how to go on: a name can be kept only, and one that may be a secret is not shown."""
    hidden = found.shown != found.place
    keep = f"If it is harmless, keep it: --allow {found.shown}"
    keep += ", with the name written out" if hidden else ""
    if found.is_name or hidden:
        return keep
    return f"If it is not needed, replace its text: --redact {found.field}\n{keep}"


class _Dumper(yaml.SafeDumper):
    """Puts every text in quotes that is no plain word: other readers of YAML take it for more."""


_WORD = re.compile(
    r"(?!(?:true|false|null|yes|no|on|off)$)[A-Za-z_][\w ./@-]*\w", re.IGNORECASE | re.ASCII
)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(TEXT, text, style=None if _WORD.fullmatch(text) else '"')


_Dumper.add_representer(str, _text)
