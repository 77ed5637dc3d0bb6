"""The pages of provider, data sources and function, in the form of Terraform's registries.

Derived from the schema that Terraform gets, and from the examples at the places where such
registries look for them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid.frontends.terraform.messages import LIST
from callerid.frontends.terraform.names import PROVIDER
from callerid.frontends.terraform.schema_file import schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Node = Mapping[str, Any]

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "terraform"
EXAMPLES = ROOT / "examples"
_MARK = "<!-- Generated from Terraform's schema.json by docs/derive.py. -->"
_TYPES = {"string": "String", "number": "Number", "bool": "Boolean"}
_KINDS = (
    ("Required", lambda each: each.get("required")),
    ("Optional", lambda each: each.get("optional")),
    ("Read-Only", lambda each: not each.get("required") and not each.get("optional")),
)
_USAGE = """\
callerid tells a configuration who is running it, in which organization, with which roles.

It has data sources and a function, and no resources. [callerid for Terraform and
OpenTofu](../terraform.md) says how to install it, guard a configuration, and test every branch."""


def pages() -> dict[Path, str]:
    """Give every page by its file."""
    found = {FOLDER / "index.md": _provider(schema()["provider"]["block"])}
    for each in schema()["data_source_schemas"]:
        file = FOLDER / "data-sources" / f"{each['key'].removeprefix(f'{PROVIDER}_')}.md"
        found[file] = _data_source(each["key"], each["value"]["block"])
    for each in schema()["functions"]:
        found[FOLDER / "functions" / f"{each['key']}.md"] = _function(each["key"], each["value"])
    return found


def _provider(block: Node) -> str:
    return _page(
        f"{PROVIDER} Provider",
        f"{PROVIDER} Provider",
        about=f"{_USAGE}\n\n{block['description']}",
        example="provider/provider.tf",
        rest=_schema(block["attributes"]),
    )


def _data_source(name: str, block: Node) -> str:
    return _page(
        f"{name} Data Source - {PROVIDER}",
        f"{name} (Data Source)",
        about=block["description"],
        example=f"data-sources/{name}/data-source.tf",
        rest=_schema(block["attributes"]),
    )


def _function(name: str, function: Node) -> str:
    parameters = function["parameters"]
    signature = ", ".join(f"{each['name']} {_plain(each).lower()}" for each in parameters)
    arguments = "\n".join(
        f"1. `{each['name']}` ({_plain(each)}) {each['description']}" for each in parameters
    )
    returned = json.loads(function["return"]["type"])
    return _page(
        f"{name} function - {PROVIDER}",
        f"function: {name}",
        about=function["description"],
        example=f"functions/{name}/function.tf",
        rest=f"## Signature\n\n```text\n{name}({signature}) {returned}\n```\n\n"
        f"## Arguments\n\n{arguments}\n",
        summary=function["summary"],
    )


def _page(  # noqa: PLR0913 - the parts of a page
    title: str, heading: str, *, about: str, example: str, rest: str, summary: str = ""
) -> str:
    """Write a page; without a summary, the first paragraph is one."""
    first = " ".join((summary or about.partition("\n\n")[0]).split())
    code = (EXAMPLES / example).read_text(encoding="utf-8").strip("\n")
    return (
        f'---\npage_title: "{title}"\nsubcategory: ""\ndescription: |-\n  {first}\n---\n\n'
        f"# {heading}\n\n{_MARK}\n\n{about}\n\n"
        f"## Example Usage\n\n```terraform\n{code}\n```\n\n{rest}"
    )


def _schema(attributes: Sequence[Node]) -> str:
    """Write the attributes of a block, and below them those of each nested one."""
    own = "\n".join(_lists("### {}", attributes, ""))
    return f"## Schema\n\n{own}{''.join(_nested(attributes, ()))}"


def _lists(heading: str, attributes: Sequence[Node], path: str) -> Iterator[str]:
    for kind, is_one in _KINDS:
        rows = [_row(each, path) for each in attributes if is_one(each)]
        if rows:
            yield "\n".join([heading.format(kind), "", *rows, ""])


def _row(attribute: Node, path: str) -> str:
    marks = [_plain(attribute)]
    marks += ["Sensitive"] * bool(attribute.get("sensitive"))
    marks += ["Deprecated"] * bool(attribute.get("deprecated"))
    name = attribute["name"]
    below = f" (see [below for nested schema](#{_anchor(path, name)}))"
    more = below if "nested_type" in attribute else ""
    return f"- `{name}` ({', '.join(marks)}) {' '.join(attribute['description'].split())}{more}"


def _nested(attributes: Sequence[Node], path: tuple[str, ...]) -> Iterator[str]:
    for each in attributes:
        if "nested_type" not in each:
            continue
        inner, names = each["nested_type"]["attributes"], (*path, each["name"])
        anchor = _anchor(*names)
        lists = "\n".join(_lists("{}:", inner, "--".join(names)))
        yield f'\n<a id="{anchor}"></a>\n### Nested Schema for `{".".join(names)}`\n\n{lists}'
        yield from _nested(inner, names)


def _anchor(*names: str) -> str:
    return "--".join(filter(None, ["nestedatt", *names]))


def _plain(node: Node) -> str:
    """Name a type as registries do: `List of String`, `Attributes List`."""
    if "nested_type" in node:
        return "Attributes" + (" List" if node["nested_type"]["nesting"] == LIST else "")
    return _named(json.loads(node["type"]))


def _named(kind: Any) -> str:
    if isinstance(kind, str):
        return _TYPES[kind]
    collection, item = kind
    if collection == "object":
        return "Object"
    return f"{collection.capitalize()} of {_named(item)}"
