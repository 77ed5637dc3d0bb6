"""What the schema promises of an answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

FUNCTIONS = ("getCurrentUser", "getUserOrgRoles", "requireCaller")
SCHEMA = json.loads((Path(__file__).parents[2] / "schema.json").read_text("utf-8"))


def _validator(name: str) -> Draft202012Validator:
    """Read a function's outputs as JSON Schema: its types are closed, its texts are not empty."""
    types = {key: _closed(value) for key, value in SCHEMA["types"].items()}
    outputs = SCHEMA["functions"][f"callerid:index:{name}"]["outputs"]
    return Draft202012Validator({**_closed(outputs), "types": types})


def _closed(part: Any) -> Any:
    if isinstance(part, list):
        return [_closed(each) for each in part]
    if not isinstance(part, dict):
        return part
    closed = {key: _closed(value) for key, value in part.items()}
    if part.get("type") == "string" and "enum" not in part:
        closed["minLength"] = 1
    if part.get("type") == "object" and "properties" in part:
        closed["additionalProperties"] = False
    return closed


VALIDATORS = {name: _validator(name) for name in FUNCTIONS}


def broken(name: str, answer: dict[str, Any]) -> list[str]:
    """List what an answer of a function breaks of its promise, that it is JSON for one."""
    json.dumps(answer, allow_nan=False, ensure_ascii=False).encode()
    return [f"{each.json_path}: {each.message}" for each in VALIDATORS[name].iter_errors(answer)]
