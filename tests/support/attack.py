"""One call of an API that attacks, with waits between tries that take no time."""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.asking.clock import Clock
from callerid.config import BY_NAME
from callerid.setting import setting_name
from support import bodies, raw
from support.callers import core

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from callerid.core import Core
    from support.certificates import Identity
    from support.hostile import TlsCase
    from support.raw import Talk

ADA = "Ada Lovelace"
"""Who asks, in a right answer."""
READY: Mapping[str, str] = {"m3terApiToken": "opaque", "m3terOrgId": bodies.ORG}
"""Settings of a caller whose first request is the question."""
SIGNING_IN: Mapping[str, Mapping[str, str]] = {
    "m3ter": {"m3terApiKey": "k", "m3terApiSecret": "s", "m3terOrgId": bodies.ORG},
    "VMware Cloud Services": {"cspApiToken": "t", "cspOrgId": bodies.ORG},
}
"""Settings of callers whose first request is for a token."""
IMPATIENT = Clock(sleep=lambda _: None, random=lambda: 0.0)


def ask(
    talk: Talk, seconds: float, clock: Clock = IMPATIENT, given: Mapping[str, str] = READY
) -> str:
    """Ask who is calling, and give the name in the answer."""
    with raw.serve(talk) as port:
        return _name(_core(f"http://127.0.0.1:{port}", seconds, clock, given))


def ask_over_tls(
    tls: TlsCase, seconds: float, monkeypatch: pytest.MonkeyPatch, clock: Clock = IMPATIENT
) -> str:
    """Ask over TLS, trusting the server's own authority if the case has it so."""
    with tempfile.TemporaryDirectory() as folder:
        context = None
        if tls.identity:
            place = _written(tls.identity, Path(folder))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(place)
            if tls.trusted:
                monkeypatch.setenv("SSL_CERT_FILE", str(place))
        with raw.serve(tls.case.talk, context) as port:
            return _name(_core(f"https://127.0.0.1:{port}", seconds, clock))


def _written(identity: Identity, folder: Path) -> Path:
    place = folder / "identity.pem"
    place.write_text(identity.key + identity.certificate, encoding="utf-8")
    return place


def _core(url: str, seconds: float, clock: Clock, given: Mapping[str, str] = READY) -> Core:
    platform = BY_NAME[next(iter(given))].platform
    own = {setting_name(str(platform), "baseUrl"): url, "requestTimeoutSeconds": seconds}
    return core({**given, **own}, clock)


def _name(asked: Core) -> str:
    try:
        return str(asked.call("getCurrentUser", {})["displayName"])
    finally:
        asked.close()
