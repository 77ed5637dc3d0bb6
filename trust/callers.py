"""Who calls, with canaries in all that can be set: a caller for each way to sign in."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from argued import RULE
from callerid.config import BY_NAME, FLOWS, SETTINGS, load
from callerid.core import Core
from callerid.errors import CalleridError
from callerid.functions import FILES
from callerid.sandbox import library
from callerid.sandbox.scenario import Scenario
from callerid.setting import setting_name
from moods import asks_for_a_token

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from callerid.setting import Flow, Setting
    from planted import Planted
    from spiking import Spiking

_OTHERS = (
    *("PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY"),
    *("TF_TOKEN_app_terraform_io", "TF_VAR_other_secret", "VAULT_TOKEN"),
)
"""Variables of others that are secrets."""
_NO_CREDENTIAL = (
    "no scenario can be written for {flow}: a credential in sandbox/caller.py needs the keys {keys}"
)
_NOBODY = (
    "nobody can sign in by {flow}: of the callers in {platform}/sandbox/callers/ one that has no "
    "faults must sign in so, or be a person"
)
RULES: dict[str, dict[str, Any]] = {"requireCaller": RULE}
"""What the functions are called with."""


class Spied(NamedTuple):
    """A caller whose every setting holds a canary, as settings of the provider."""

    name: str
    platform: str
    settings: dict[str, str]
    """Those that are used, by name."""
    around: dict[str, str]
    """Those that are not: of other platforms, and of other ways to sign in."""
    others: dict[str, str]
    """Variables of others, and those that name a file with a secret: the plain ones win."""
    turn: int
    """Which variable of a setting that has several is set."""
    mints: bool = False
    """Whether this caller asks for tokens."""
    reads: bool = False
    """Whether this caller asks an API about itself; what a token tells may be enough."""

    def environ(self, *, explicit: bool = False) -> dict[str, str]:
        """Give the variables: all of them, or those around settings that are given otherwise."""
        given = self.around if explicit else {**self.around, **self.settings}
        named = [variables(BY_NAME[name], value, self.turn) for name, value in given.items()]
        return {name: value for each in named for name, value in each.items()} | self.others

    def in_files(self, folder: Path) -> dict[str, str]:
        """Put the secrets in use into files; give the variables that say so, plain ones empty."""
        found: dict[str, str] = {}
        for name, value in self.settings.items():
            setting = BY_NAME[name]
            for of_file in setting.files[:1]:
                file = folder / name
                file.write_text(value, encoding="utf-8")
                found |= {**dict.fromkeys(setting.env, ""), of_file: str(file)}
        return found

    def elsewhere(self) -> Spied:
        """Give the same caller at the platform's own host."""
        settings, around = (
            {name: value for name, value in given.items() if not name.endswith("BaseUrl")}
            for given in (self.settings, self.around)
        )
        return self._replace(settings=settings, around=around)


def variables(setting: Setting, value: str, turn: int) -> dict[str, str]:
    """Set one of a setting's variables, another one each turn, and the others to nothing."""
    return dict.fromkeys(setting.env, "") | {setting.env[turn % len(setting.env)]: value}


def scenarios(planted: Planted) -> dict[str, Scenario]:
    """Write a scenario for each way to sign in, from the built-in caller who comes nearest.

    A ready token may be one that can be read, or one that cannot; each of them is a way, where
    the platform's sandbox has such a credential.

    Raises:
        LookupError: a way to sign in has no scenario; it says what the platform lacks.
    """
    found = dict[str, Scenario]()
    for flow in FLOWS:
        before = len(found)
        for kind, values in {"": _made_up(flow), ", readable": _minted(flow)}.items():
            with suppress(ValidationError):
                name = f"{' and '.join(flow.settings)}{kind}"
                found[name] = _scenario(flow, values, planted)
        if len(found) == before:
            raise LookupError(_NO_CREDENTIAL.format(keys=sorted(_keys(flow)), flow=flow.settings))
    return found


def _made_up(flow: Flow) -> dict[str, object]:
    return {key: f"sandbox-{'-'.join(flow.settings)}-{key}" for key in _keys(flow)}


def _minted(flow: Flow) -> dict[str, object]:
    return dict.fromkeys(_keys(flow), True)


def _scenario(flow: Flow, credential: dict[str, object], planted: Planted) -> Scenario:
    known = {**_nearest(flow), "credential": credential}
    told = {"description": flow.title, flow.platform: known}
    Scenario.model_validate(told)
    org_id = planted.organization(setting_name(flow.platform, "orgId"))
    return Scenario.model_validate_json(json.dumps(told).replace(known["organizationId"], org_id))


def _nearest(flow: Flow) -> dict[str, Any]:
    """Give the longest block of a built-in caller who signs in just so, else of a person."""
    known = [
        (caller, caller.model_dump(by_alias=True, exclude_unset=True))
        for each in library.built_in().values()
        if (caller := each.at(flow.platform)) and not caller.faults
    ]
    alike = [block for _, block in known if set(block["credential"]) == _keys(flow)]
    people = [block for caller, block in known if caller.is_person]
    if not (alike or people):
        raise LookupError(_NOBODY.format(flow=flow.settings, platform=flow.platform))
    return max(alike or people, key=lambda block: len(str(block)))


def _keys(flow: Flow) -> set[str]:
    """Name the keys of a credential in a scenario."""
    start = len(flow.platform)
    return {name[start].lower() + name[start + 1 :] for name in flow.settings}


def spied(
    name: str, scenario: Scenario, api: Spiking, environ: Mapping[str, str], turn: int
) -> Spied:
    """Give a caller of the sandbox in whose settings, and beside them, are canaries alone."""
    [platform] = scenario.platforms
    known = {each.name: environ[each.env[0]] for each in SETTINGS if each.env[0] in environ}
    settings = {"platform": str(platform)}
    for setting, value in known.items():
        settings[setting] = _own(BY_NAME[setting], value, api)
    around = _around(platform, settings, api)
    files = [each for setting in (*settings, *around) for each in BY_NAME[setting].files]
    others = {each: api.planted.at(f"variable {each}") for each in (*_OTHERS, *files)}
    return _asked(Spied(name, platform, settings, around, others, turn), api)


def _asked(caller: Spied, api: Spiking) -> Spied:
    """Find out what a caller asks an API for, by asking all functions."""
    core = Core(load(caller.settings, {}))
    for function in FILES:
        with suppress(CalleridError):
            core.call(function, RULES.get(function, {}))
    core.close()
    kinds = {asks_for_a_token(each) for each in api.seen}
    api.seen.clear()
    return caller._replace(mints=True in kinds, reads=False in kinds)


def _own(setting: Setting, value: str, api: Spiking) -> str:
    if setting.name.endswith("BaseUrl"):
        return api.base_url(setting.name)
    if setting.name.endswith("OrgId"):
        return value
    return api.disguised(f"setting {setting.name}", value, setting.name)


def _around(platform: str, used: Collection[str], api: Spiking) -> dict[str, str]:
    """Set whatever does not change which credential is used."""
    flows = [set(flow.settings) for flow in FLOWS if flow.platform == platform]
    winner = next(number for number, flow in enumerate(flows) if flow <= set(used))
    before = {name for flow in flows[:winner] for name in flow}
    return {
        each.name: _beside(each, api)
        for each in SETTINGS
        if each.platform and each.name not in used and each.name not in before
    }


def _beside(setting: Setting, api: Spiking) -> str:
    if setting.name.endswith("BaseUrl"):
        return api.base_url(setting.name)
    if setting.name.endswith("OrgId"):
        return api.planted.organization(setting.name)
    return api.planted.at(f"unused setting {setting.name}", setting.name)
