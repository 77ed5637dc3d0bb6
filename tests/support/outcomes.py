"""What becomes of a body that a model reads, in a form that two processes can compare."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

from pydantic_core import ValidationError

from callerid.model import Value, outside
from callerid.secret import SecretStr


def outcome(name: str, body: Any) -> Any:
    """Read a body as the model `MODULE:NAME`; give all that came of it, or each error."""
    module, _, model = name.partition(":")
    left_out: set[str] = set()
    try:
        read = getattr(import_module(module), model).model_validate(body, context=left_out)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        return [[each["type"], list(each["loc"]), each["msg"], _context(each)] for each in problems]
    written = {"outside": outside(read), "all": _all(read), "left out": sorted(left_out)}
    return json.loads(json.dumps(written, default=SecretStr.get_secret_value))


def _context(problem: Any) -> dict[str, str]:
    return {name: str(value) for name, value in problem.get("ctx", {}).items()}


def _all(value: Any) -> Any:
    """Write every field, those that no answer has too, and which were given."""
    if isinstance(value, list):
        return [_all(each) for each in value]
    if isinstance(value, Value):
        fields = {name: _all(getattr(value, name)) for name in type(value).model_fields}
        return [type(value).__name__, fields, sorted(value.model_fields_set)]
    return value


def serve() -> None:
    """Read a name and a body a line, and print the outcome of each; pydantic is never loaded."""
    for line in sys.stdin:
        found = outcome(*json.loads(line))
        assert "pydantic" not in sys.modules
        print(json.dumps(found), flush=True)  # noqa: T201 - the other end of a pipe
