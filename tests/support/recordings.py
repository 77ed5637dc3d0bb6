"""What a run of a program came to, as plain JSON, and what the real engine made of it.

The engine's results are kept under tests/programs/results; tests/programs/record.py renews them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid.testing import UNKNOWN, Reference, Secret, values

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from callerid.testing import PreviewResult

    Report = dict[str, Any]

RESULTS = Path(__file__).parent.parent / "programs" / "results"


def report(result: PreviewResult, hidden: Collection[str] = ()) -> Report:
    """Say what a run came to, in JSON: what the host and the engine have to agree on.

    Lines of concurrent origin are sorted. Resources and output count where the run succeeded: one
    that failed ends while some are on their way, and under the CLI its program dies audibly. The
    values of secret settings (`hidden`) are masked wherever they turn up, as the CLI shows them.
    """
    text = json.dumps(_report(result))
    for value in hidden:
        text = text.replace(value, "[secret]")
    found: Report = json.loads(re.sub(r"http://127\.0\.0\.1:\d+", "http://sandbox", text))
    return found


def _report(result: PreviewResult) -> Report:
    said = [line.message for line in result.logs if line.severity == "info"]
    whole = {
        "resources": sorted(each.urn for each in result.resources),
        "output": sorted("\n".join([*said, result.output]).splitlines()),
    }
    return {
        "exports": _marked(result.exports),
        "error": None if result.error is None else _normal(result.error),
        "warnings": sorted(_normal(x.message) for x in result.logs if x.severity == "warning"),
        **({} if result.error else whole),
    }


def _normal(text: str) -> str:
    """Take tracebacks out of a message.

    The places in a traceback are of a copy of the program under the CLI, every Python shows them in
    another way.
    """
    return re.sub(r"Traceback \(most recent call last\):\n([ \t].*\n)+", "", text)


def _marked(value: Any) -> Any:
    """Give marks as objects with the key `$`; what is secret stays so, as under the CLI."""
    if value is UNKNOWN:
        return {"$": "unknown"}
    if isinstance(value, Secret):
        return {"$": "secret"}
    if isinstance(value, Reference):
        return {"$": "reference", "urn": value.urn, "id": _marked(value.id)}
    if isinstance(value, dict):
        return {name: _marked(each) for name, each in _undecorated(value).items()}
    return [_marked(each) for each in value] if isinstance(value, list) else value


def _undecorated(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take from an asset what the CLI shows in its own way: a hash, and a part of the text."""
    if values.SIGNATURE not in value:
        return value
    return {name: each for name, each in value.items() if name not in {"hash", "text"}}


def recorded(name: str) -> Report:
    """Read what the real engine gave in the case of that name."""
    file = RESULTS / f"{name}.json"
    assert file.is_file(), f"no {file.name}. Record it: python tests/programs/record.py {name}"
    found: Report = json.loads(file.read_text(encoding="utf-8"))
    del found["engine"]
    return found


def record(name: str, found: Report, version: str) -> None:
    """Keep what the real engine gave, and which version of it."""
    text = json.dumps({"engine": version, **found}, indent=1, sort_keys=True)
    (RESULTS / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


def forget_others(names: Collection[str]) -> None:
    """Remove the recordings of all other cases."""
    for file in RESULTS.glob("*.json"):
        if file.stem not in names:
            file.unlink()
