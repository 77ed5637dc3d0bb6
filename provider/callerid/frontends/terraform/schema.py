"""Derive the schema that Terraform gets: functions' models, the table of settings, has_role.

`python -m callerid.frontends.terraform.schema` prints what `schema.json` beside it must be.
"""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import BaseModel

from callerid.config import SETTINGS, Setting
from callerid.frontends.shapes import (
    Kind,
    ListOf,
    Property,
    described_function,
    described_setting,
    properties,
)
from callerid.frontends.terraform.has_role import NAME
from callerid.frontends.terraform.messages import LIST, MARKDOWN, SINGLE
from callerid.frontends.terraform.names import DATA_SOURCES, FUNCTIONS
from callerid.functions import load
from callerid.wording import Wording

_SCALARS = {str: "string", int: "number", float: "number", bool: "bool"}
_WORDED = Wording(DATA_SOURCES)
_STATEMENT = {"actions": ["list", "string"], "effect": "string", "resources": ["list", "string"]}
_ROLE = {
    "active": "bool",
    "in_token": "bool",
    "kind": "string",
    "name": "string",
    "service_name": "string",
    "statements": ["list", ["object", _STATEMENT]],
}
HAS_ROLE = {
    "parameters": [
        {
            "name": "roles",
            "type": json.dumps(["list", ["object", _ROLE]], separators=(",", ":")),
            "description": "The `roles` of `callerid_user_org_roles`.",
            "description_kind": MARKDOWN,
        },
        {
            "name": "name",
            "type": '"string"',
            "description": "A role's exact name, bare or written out, as in `all_roles` of "
            "`callerid_require_caller`: `org_owner`, `policy/NAME`, `SERVICE/NAME`.",
            "description_kind": MARKDOWN,
        },
    ],
    "return": {"type": '"bool"'},
    "summary": "Whether a role of this name is held, and counts",
    "description": "Returns true if one of the roles has this name and counts: it is active, the "
    "access token carries it, and a policy allows something. Roles are named as in the rules of "
    "`callerid_require_caller`: a service role is never meant by a bare name, nor a custom role by "
    "that of an organization role.",
    "description_kind": MARKDOWN,
}
"""The function, with the fields of the message `Function`."""


def derive() -> dict[str, Any]:
    """Return the fields of `GetProviderSchemaResponse`. Everything in it is described."""
    return {
        "provider": {
            "block": {
                "attributes": sorted(map(_setting, SETTINGS), key=lambda each: each["name"]),
                **_described(
                    "Where the caller's credential comes from. Every setting is optional and falls "
                    "back to its environment variable."
                ),
            }
        },
        "data_source_schemas": [
            {"key": name, "value": {"block": _data_source(function)}}
            for name, function in FUNCTIONS.items()
        ],
        "server_capabilities": {"get_provider_schema_optional": True},
        "functions": [{"key": NAME, "value": HAS_ROLE}],
    }


def text() -> str:
    """Return the schema as the text of `schema.json`."""
    return json.dumps(derive(), indent=1, ensure_ascii=False) + "\n"


_ADVICE = {
    "requireCaller": (
        "As a plain data source whose arguments are known it stops the plan, and nothing is "
        "created. With `onRefusal: warn`, use `allowed` in a `precondition`. In a `check` block it "
        "only warns. With `depends_on`, or with arguments that are not known yet, it refuses after "
        "other resources were created."
    )
}
"""What is said here of a function, beside what every host is told."""


def _setting(setting: Setting) -> dict[str, Any]:
    return {
        "name": setting.python_name,
        "type": json.dumps(setting.type),
        "optional": True,
        **({"sensitive": True} if setting.secret else {}),
        **_described(described_setting(setting)),
    }


def _data_source(name: str) -> dict[str, Any]:
    """Write a function as a data source: its arguments, and what the answer has beside them."""
    function = load(name)
    arguments = {each.name: each for each in properties(function.args)}
    results = {each.name: each for each in properties(function.result)}
    attributes = [
        _attribute(field, optional=field.name in arguments, computed=field.name in results)
        for field in {**results, **arguments}.values()
    ]
    attributes.sort(key=lambda each: each["name"])
    return {"attributes": attributes, **_described(described_function(function, _ADVICE))}


def _attribute(field: Property, *, optional: bool, computed: bool) -> dict[str, Any]:
    return {
        "name": field.name,
        **_type(field.kind),
        **({"optional": True} if optional else {}),
        **({"computed": True} if computed else {}),
        **_described(field.description),
        **_deprecated(field.deprecated),
    }


def _deprecated(text: str | None) -> dict[str, Any]:
    return {"deprecated": True, "deprecation_message": _WORDED(text)} if text else {}


def _type(kind: Kind) -> dict[str, Any]:
    item = kind.item if isinstance(kind, ListOf) else kind
    if not isinstance(item, ListOf) and issubclass(item, BaseModel):
        nested = [_attribute(each, optional=False, computed=True) for each in properties(item)]
        nested.sort(key=lambda each: each["name"])
        nesting = LIST if isinstance(kind, ListOf) else SINGLE
        return {"nested_type": {"attributes": nested, "nesting": nesting}}
    return {"type": json.dumps(_plain(kind), separators=(",", ":"))}


def _plain(kind: Kind) -> Any:
    if isinstance(kind, ListOf):
        return ["list", _plain(kind.item)]
    return _SCALARS[kind]


def _described(text: str) -> dict[str, Any]:
    described = re.sub(r"`(\w+): (\w+)`", _assigned, _WORDED(text))
    return {"description": described, "description_kind": MARKDOWN}


def _assigned(pair: re.Match[str]) -> str:
    """Write `name: value` as a configuration does."""
    value = pair[2] if pair[2] in {"true", "false"} else json.dumps(pair[2])
    return f"`{pair[1]} = {value}`"


if __name__ == "__main__":
    print(text(), end="")  # noqa: T201 - printing is what this module is run for
