"""The library: callerid's functions for scripts, with neither Pulumi nor a shell between.

What is public of it stands in `callerid/__init__.py`. A function's first call loads what it needs.
"""

from __future__ import annotations

import atexit
import logging
import os
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from callerid.errors import ArgumentError, CalleridError, printable_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from callerid.config import Config
    from callerid.core import Core
    from callerid.functions import Function
    from callerid.functions.get_current_user import GetCurrentUserResult
    from callerid.functions.get_user_org_roles import GetUserOrgRolesResult
    from callerid.guard.require_caller import RequireCallerResult
    from callerid.wording import Wording

LOG = logging.getLogger("callerid")
MOST = 16
"""How many configurations are kept connected, but for busy ones."""


def get_current_user(
    *,
    platform: str | None = None,
    org_id: str | None = None,
    **settings: str | float | None,
) -> GetCurrentUserResult:
    """Return who is calling: the person or machine behind the credential in use.

    The answer comes live from the API that issued the credential, and is kept for five minutes.
    Warnings are records of the logger `callerid`.

    Args:
        platform: The platform to ask; else the one set, else the only one with a credential.
        org_id: The organization to ask about; else the one set, else the credential's own.
        settings: The provider's settings in snake case. What is left out, or None, comes from the
            environment; one credential here switches off every credential variable of its platform.

    Raises:
        callerid.errors.ArgumentError: an argument is unknown, or has a value that cannot be.
        callerid.errors.ConfigurationError: a setting is wrong, or there is no credential.
        callerid.errors.ApiError: the API refused, gave no usable answer, or cannot be reached.
    """
    arguments = {"platform": platform, "orgId": org_id}
    answer: GetCurrentUserResult = _ask("getCurrentUser", arguments, settings)
    return answer


def get_user_org_roles(
    *,
    platform: str | None = None,
    org_id: str | None = None,
    **settings: str | float | None,
) -> GetUserOrgRolesResult:
    """Return the roles of whoever is calling, in one organization.

    The answer comes live from the API that issued the credential, and is kept for five minutes.
    Where that API does not answer for the caller, the access token's claims do, and then each role
    says `source="token"`. Warnings are records of the logger `callerid`.

    Args:
        platform: The platform to ask; else the one set, else the only one with a credential.
        org_id: The organization to ask about; else the one set, else the credential's own.
        settings: The provider's settings in snake case. What is left out, or None, comes from the
            environment; one credential here switches off every credential variable of its platform.

    Raises:
        callerid.errors.ArgumentError: an argument is unknown, or has a value that cannot be.
        callerid.errors.ConfigurationError: a setting is wrong, or there is no credential.
        callerid.errors.ApiError: the API refused, gave no usable answer, or cannot be reached.
    """
    arguments = {"platform": platform, "orgId": org_id}
    answer: GetUserOrgRolesResult = _ask("getUserOrgRoles", arguments, settings)
    return answer


def require_caller(  # noqa: PLR0913 - one argument a rule
    *,
    platform: str | None = None,
    org_id: str | None = None,
    all_roles: Sequence[str] | None = None,
    any_roles: Sequence[str] | None = None,
    principal_types: Sequence[str] | None = None,
    ids: Sequence[str] | None = None,
    emails: Sequence[str] | None = None,
    org_ids: Sequence[str] | None = None,
    min_role_seconds_left: float | None = None,
    min_token_seconds_left: float | None = None,
    on_refusal: str | None = None,
    **settings: str | float | None,
) -> RequireCallerResult:
    """Require that the caller keeps every rule; at least one is needed.

    It fails closed: if the platform does not return a field, a rule that needs it fails. Expired
    roles do not count, nor do roles that the access token lacks.

    Args:
        platform: The platform to ask; else the one set, else the only one with a credential.
        org_id: The organization to ask about; else the one set, else the credential's own.
        all_roles: The caller holds every one of these roles.
        any_roles: The caller holds at least one of these roles.
        principal_types: The caller is one of these: `user`, `serviceUser`.
        ids: The caller's `id` is one of these.
        emails: The caller's e-mail address is one of these, and is not called unverified.
        org_ids: The organization asked about is one of these, by id.
        min_role_seconds_left: The roles named are held for at least so many seconds more.
        min_token_seconds_left: The access token in use is valid for at least so many more seconds.
        on_refusal: `stop`, the default, raises; `warn` logs the refusal, and returns a result whose
            `allowed` is False and whose `reasons` say why.
        settings: The provider's settings in snake case. What is left out, or None, comes from the
            environment; one credential here switches off every credential variable of its platform.

    Raises:
        callerid.errors.RefusedError: the caller does not keep a rule.
        callerid.errors.ArgumentError: there is no rule, an argument is unknown, or has a value that
            cannot be.
        callerid.errors.ConfigurationError: a setting is wrong, there is no credential, or the
            answers were recorded: those must not decide.
        callerid.errors.ApiError: the API refused, gave no usable answer, or cannot be reached.
    """
    arguments = {
        "platform": platform,
        "orgId": org_id,
        "allRoles": all_roles,
        "anyRoles": any_roles,
        "principalTypes": principal_types,
        "ids": ids,
        "emails": emails,
        "orgIds": org_ids,
        "minRoleSecondsLeft": min_role_seconds_left,
        "minTokenSecondsLeft": min_token_seconds_left,
        "onRefusal": on_refusal,
    }
    answer: RequireCallerResult = _ask("requireCaller", arguments, settings)
    return answer


def _ask(name: str, arguments: Mapping[str, object], settings: Mapping[str, object]) -> Any:
    """Answer a call, with what every front end answers, as the function's own model."""
    from callerid import config  # noqa: PLC0415 - slow, and an import alone needs none of it
    from callerid.functions import load  # noqa: PLC0415 - as above

    function = load(name)
    explicit = _by_schema(function, settings)
    with (
        _worded_for_python(),
        _CORES.of(config.load(explicit, os.environ, config.KEYWORD)) as core,
    ):
        given = {each: value for each, value in arguments.items() if value is not None}
        return function.result.model_validate(core.ask(name, given))


def _by_schema(function: Function, settings: Mapping[str, object]) -> dict[str, object]:
    """Return settings under the schema's names.

    Raises:
        ArgumentError: a name is neither a setting nor an argument of the function.
    """
    from callerid.config import SETTINGS  # noqa: PLC0415 - as in `_ask`
    from callerid.core import has_no_argument  # noqa: PLC0415 - as in `_ask`

    names = {each.python_name: each.name for each in SETTINGS}
    known = (*function.args.model_fields, *names)
    unknown = [
        has_no_argument(_wording().functions[function.name], printable_line(name), known)
        for name in settings
        if name not in names
    ]
    if unknown:
        raise ArgumentError("\n".join(unknown))
    return {names[name]: value for name, value in settings.items()}


@contextmanager
def _worded_for_python() -> Iterator[None]:
    """Let errors name functions, arguments and settings as a script writes them."""
    try:
        yield
    except CalleridError as error:
        error.args = (_wording()(str(error)), *error.args[1:])
        raise


@cache
def _wording() -> Wording:
    from callerid.functions import FILES  # noqa: PLC0415 - as in `_ask`
    from callerid.wording import Wording  # noqa: PLC0415 - as in `_ask`

    return Wording({name: file.rpartition(".")[2] for name, file in FILES.items()})


def _warn(text: str) -> None:
    LOG.warning("%s", _wording()(text))


class _Kept:
    """A core, and how many calls it answers now."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.calls = 0


class _Cores:
    """One core for each configuration, so that tokens and answers serve later calls too.

    Thread-safe. A configuration masks its secrets, and can still be a key.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[Config, _Kept] = {}
        """The one that was used last stands last."""
        self._of_parent: dict[Config, _Kept] = {}

    @contextmanager
    def of(self, config: Config) -> Iterator[Core]:
        """Lend the core of a configuration for one call; the first use shows its warnings."""
        connect = _loaded()  # first: a signal's handler may call callerid while this one imports
        with self._lock:
            known = self._kept.pop(config, None)
            kept = self._kept[config] = known or _Kept(connect(config, warn=_warn))
            kept.calls += 1
        try:
            for warning in () if known else config.warnings:
                _warn(warning)
            yield kept.core
        finally:
            with self._lock:
                kept.calls -= 1
                dropped = self._drop_idle(MOST)
            _close(dropped)

    def close(self) -> None:
        """Close all that no thread uses now."""
        with self._lock:
            dropped = self._drop_idle(0)
        _close(dropped)

    def start_anew(self) -> None:
        """Begin with nothing, in a forked child: connections and locks are the parent's.

        They are kept unused. To close them could wait for a lock whose thread is not here.
        """
        self._lock = Lock()
        self._of_parent, self._kept = self._kept, {}

    def _drop_idle(self, most: int) -> list[_Kept]:
        """Take out the oldest of those that no thread uses, until there are no more than `most`."""
        too_many = max(0, len(self._kept) - most)
        idle = [config for config, kept in self._kept.items() if not kept.calls]
        return [self._kept.pop(config) for config in idle[:too_many]]


def _loaded() -> type[Core]:
    from callerid.core import Core  # noqa: PLC0415 - as in `_ask`

    return Core


def _close(dropped: list[_Kept]) -> None:
    for kept in dropped:
        kept.core.close()


_CORES = _Cores()
atexit.register(_CORES.close)
if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_CORES.start_anew)
