"""Write the Python SDK under sdk/python from schema.json, templates/, and the plugin's rules.

    python sdk/generate.py

The same schema gives the same bytes. Formatting is left to ruff, so what is written here is
layout-free: one long line where the SDK will have ten.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, NamedTuple

import pytext

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Node = Mapping[str, Any]

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "sdk" / "templates"
PLUGIN = ROOT / "provider" / "callerid"
PACKAGE = "pulumi_callerid"
NOTICE = "Generated from schema.json by sdk/generate.py; edit those."
COPIED = "Copied from provider/callerid/{}.py by sdk/generate.py; edit that."
RULES = ("argument_rules", "casing", "setting_rules")
"""Modules of the plugin by which the SDK checks too, in the same sentences and names."""
SCALARS = {"string": "str", "number": "float", "integer": "int", "boolean": "bool"}
READERS = {"string": "get", "number": "get_float", "integer": "get_int", "boolean": "get_bool"}
MOST_ARGUMENTS = 5
MANY = "PLR0913, PLR0917"
"""Ruff's rules for a function of more than `MOST_ARGUMENTS`."""


class Form(NamedTuple):
    """One of the two forms of a function."""

    method: str
    suffix: str
    given: str
    """The type of an argument, of what it is when it is plain."""
    entry: str
    """The same of an entry of its list."""
    gives: str
    options: str
    about_options: str
    outcome: str


NOW = Form(
    method="now",
    suffix="",
    given="{}",
    entry="{}",
    gives="Awaitable{}",
    options="pulumi.InvokeOptions",
    about_options="Options of the call, for example an explicit provider.",
    outcome="""Raises:
    pulumi.RunError: the provider refused, and the text says why; or an argument is wrong; or an
        argument, or a setting of the provider, is not known yet; or the answer is not usable.""",
)
LATER = Form(
    method="later",
    suffix="_output",
    given="pulumi.Input[{}]",
    entry="pulumi.Input[{}]",
    gives="pulumi.Output[{}]",
    options="pulumi.InvokeOptions | pulumi.InvokeOutputOptions",
    about_options="Options of the call, for example an explicit provider or what it depends on.",
    outcome="""Returns:
    The answer; unknown where an argument, or a setting of the provider, is not known yet. It
    fails where the provider refused, or the answer is not usable.

Raises:
    pulumi.RunError: a plain argument is wrong; the text says which.""",
)


def generate(schema: Node, folder: Path) -> None:
    """Write the SDK of `schema` into `folder`, and remove what an earlier schema left there.

    Raises:
        ValueError: the schema uses something that this generator does not know.
        subprocess.CalledProcessError: ruff could not read what was written.
    """
    files = _files(schema)
    for path in _written(folder) - {folder / name for name in files}:
        path.unlink()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    _format(folder)


def _written(folder: Path) -> set[Path]:
    """Find all files of the package, compiled ones aside."""
    found = (folder / PACKAGE).rglob("*")
    return {path for path in found if path.is_file() and path.suffix != ".pyc"}


def _format(folder: Path) -> None:
    settings = ["--config", str(ROOT / "pyproject.toml"), "--quiet", "--no-cache"]
    command = [sys.executable, "-m", "ruff", "format", *settings, str(folder)]
    subprocess.run(command, check=True)  # noqa: S603 - our own formatter on our own files


def _files(schema: Node) -> dict[str, str]:
    """Give every file of the SDK: path below sdk/python to text."""
    modules = {
        "__init__": _init(schema),
        "_calls": _calls(schema),
        "config": _config(schema),
        "outputs": _outputs(schema),
        "provider": _provider(schema),
        **{name: _static(name) for name in ("_answers", "_checks", "_failures", "_settings")},
        **{_module(token): _function(token, node) for token, node in _functions(schema)},
    }
    return {
        "README.md": _readme(schema),
        "pyproject.toml": _pyproject(schema),
        "LICENSE": (ROOT / "LICENSE").read_text(encoding="utf-8"),
        f"{PACKAGE}/py.typed": "",
        f"{PACKAGE}/pulumi-plugin.json": _plugin(schema),
        **{f"{PACKAGE}/{name}.py": f"# {NOTICE}\n{text}" for name, text in modules.items()},
        **{f"{PACKAGE}/_{name}.py": text for name, text in _rules(RULES).items()},
    }


def _last(token: str) -> str:
    return token.rpartition(":")[2]


def _pascal(name: str) -> str:
    return name[0].upper() + name[1:]


def _functions(schema: Node) -> Iterable[tuple[str, Node]]:
    return sorted(schema["functions"].items())


def _settings(schema: Node) -> list[tuple[str, Node]]:
    return sorted(schema["provider"]["inputProperties"].items())


def _fields(node: Node) -> list[tuple[str, Node, bool]]:
    """List an object's properties as (name, node, required), the required ones first."""
    required = set(node.get("required", ()))
    names = sorted(node.get("properties", {}), key=lambda name: (name not in required, name))
    return [(name, node["properties"][name], name in required) for name in names]


def _type(node: Node, home: str = "outputs.", entry: str = "{}") -> str:
    """Name a property's Python type; classes are found under `home`, lists have such entries."""
    if "$ref" in node:
        return home + _last(node["$ref"])
    if node.get("type") == "array":
        return f"Sequence[{entry.format(_type(node['items'], home, entry))}]"
    if node.get("type") in SCALARS:
        return SCALARS[node["type"]]
    message = f"sdk/generate.py knows no Python type for {json.dumps(node)}. Teach it in _type."
    raise ValueError(message)


def _references(node: Any) -> set[str]:
    """Find the names of all types that a node refers to."""
    if isinstance(node, dict):
        own = {_last(node["$ref"])} if isinstance(node.get("$ref"), str) else set()
        return own.union(*map(_references, node.values()))
    return set().union(*map(_references, node)) if isinstance(node, list) else set()


def _in_order(types: Mapping[str, Node]) -> Iterable[str]:
    """Order classes so that each comes after those it refers to.

    Raises:
        ValueError: types refer to each other in a circle.
    """
    left = dict(sorted(types.items()))
    while left:
        ready = next((name for name in left if not _references(left[name]) & set(left)), None)
        if ready is None:
            message = f"types refer to each other in a circle: {', '.join(left)}."
            raise ValueError(message)
        yield ready
        del left[ready]


GUARDS_BOOL = """
    def __bool__(self) -> bool:
        \"\"\"Whether the caller may go on: `if require_caller(…)` must not let all pass.\"\"\"
        return self.allowed is True
"""


def _class(name: str, node: Node, home: str = "outputs.") -> str:
    """Write a class of values, one annotated attribute a property."""
    doc = pytext.docstring(node["description"], 4)
    lines = [f"@_calls.output_type\nclass {name}(dict[str, Any]):\n{doc}\n"]
    for field, property_, required in _fields(node):
        kind = _type(property_, home) + ("" if required else " | None")
        default = "" if required else ", default=None"
        lines.append(f'    {pytext.snake(field)}: {kind} = pulumi.property("{field}"{default})')
        lines.append(pytext.note(property_["description"]))
    return "\n".join(lines)


def _needs_sequence(node: Node) -> str:
    return "from collections.abc import Sequence" if '"array"' in json.dumps(node) else ""


def _outputs(schema: Node) -> str:
    types = {_last(token): node for token, node in schema["types"].items()}
    return pytext.module(
        "What the functions' answers are made of. Every value is a dictionary too.",
        [
            f"{_needs_sequence(types)}\nfrom typing import Any".strip(),
            f"import pulumi\n\nfrom {PACKAGE} import _calls",
        ],
        types,
        *(_class(name, types[name], "") for name in _in_order(types)),
    )


def _function(token: str, node: Node) -> str:
    name = pytext.snake(_last(token))
    result = f"{_pascal(_last(token))}Result"
    return _template(
        "function.py.in",
        doc=pytext.docstring(_first_line(node), 0),
        abc=", ".join(_abc(node)),
        own="_calls, outputs" if _references(node) else "_calls",
        names=pytext.list_of(pytext.in_order_of_ruff(_exports(_last(token)))),
        values=_class(result, node["outputs"]) + (GUARDS_BOOL if _is_guard(node) else ""),
        token=token,
        kind="Guard" if _is_guard(node) else "Function",
        name=name,
        result=result,
        now=_call(node, name, result, NOW),
        later=_call(node, name, result, LATER),
        arguments=pytext.table_of(
            (field, f'_calls.Argument("{pytext.snake(field)}", "{_kind(property_)}")')
            for field, property_, _ in _fields(node.get("inputs", {}))
        ),
    )


def _kind(node: Node) -> str:
    """Name an input's type as the checks know it.

    Raises:
        ValueError: they do not know it.
    """
    kind = node.get("type")
    if kind in {"string", "number"} or (kind == "array" and node["items"] == {"type": "string"}):
        return str(kind)
    message = f"sdk/generate.py knows no check for {json.dumps(node)}. Teach it in _checks.py."
    raise ValueError(message)


def _is_guard(node: Node) -> bool:
    """Tell a function that may refuse the caller."""
    return "onRefusal" in node.get("inputs", {}).get("properties", {})


def _abc(node: Node) -> list[str]:
    return ["Generator", "Sequence"] if _needs_sequence(node) else ["Generator"]


def _call(node: Node, name: str, result: str, form: Form) -> str:
    """Write one form of a function."""
    fields = _fields(node.get("inputs", {}))
    head = [*(_parameter(*field, form) for field in fields), f"opts: {form.options} | None = None"]
    many = f"  # noqa: {MANY} - one argument an input" if len(head) > MOST_ARGUMENTS else ""
    sent = pytext.table_of((field, pytext.snake(field)) for field, _, _ in fields)
    answer = f"_FUNCTION.{form.method}({sent}, opts)"
    answer = f"Awaitable{result}(**vars({answer}))" if form is NOW else answer
    return (
        f"def {name}{form.suffix}({many}\n{', '.join(head)}) -> {form.gives.format(result)}:\n"
        f"{_explain(node, form)}\n    return {answer}"
    )


def _parameter(name: str, node: Node, required: bool, form: Form) -> str:  # noqa: FBT001 - one of a field's three parts
    plain = _type(node, entry=form.entry) + ("" if required else " | None")
    kind = form.given.format(plain)
    return f"{pytext.snake(name)}: {kind}" + ("" if required else " = None")


def _explain(node: Node, form: Form) -> str:
    """Write a function's docstring; the plain form's has the example."""
    fields = _fields(node.get("inputs", {}))
    texts = {pytext.snake(name): property_["description"] for name, property_, _ in fields}
    texts["opts"] = form.about_options
    section = "Args:\n" + textwrap.indent(_arguments(texts.items(), 8), "    ")
    prose, example = _told(node)
    shown = ["Example:\n" + textwrap.indent(example, "    ")] if example and form is NOW else []
    return pytext.docstring(prose, 4, section, form.outcome, *shown)


def _told(node: Node) -> tuple[str, str]:
    """Take a function's description apart: what it says, and its example in Python."""
    prose, _, examples = str(node["description"]).partition("\n\n{{% examples %}}")
    shown = re.search(r"^```python\n(.*?)\n```$", examples, re.MULTILINE | re.DOTALL)
    return prose, shown[1] if shown else ""


def _arguments(texts: Iterable[tuple[str, str]], indent: int) -> str:
    return "\n".join(pytext.wrap(f"{name}: {text}", indent, "    ") for name, text in texts)


def _provider(schema: Node) -> str:
    settings = _settings(schema)
    texts = ((pytext.snake(name), node["description"]) for name, node in settings)
    return _template(
        "provider.py.in",
        package=schema["name"],
        fields="\n".join(_setting(name, node) for name, node in settings),
        summary=pytext.docstring(schema["provider"]["description"], 4).strip(),
        parameters="".join(
            f"{pytext.snake(name)}: {_given(node)} = None, " for name, node in settings
        ),
        arguments=textwrap.indent(_arguments(texts, 12), " " * 12).strip(),
        given=pytext.table_of((pytext.snake(name), pytext.snake(name)) for name, _ in settings),
        settings=", ".join(_row(name, node) for name, node in settings),
    )


def _given(node: Node) -> str:
    return f"pulumi.Input[{_type(node)} | None]"


def _setting(name: str, node: Node) -> str:
    """Write a setting as an attribute of `ProviderArgs`."""
    value = f'pulumi.property("{name}", default=None)'
    return f"    {pytext.snake(name)}: {_given(node)} = {value}\n{pytext.note(node['description'])}"


def _row(name: str, node: Node) -> str:
    """Write what is told of a setting to those who check it and send it."""
    secret = ", secret=True" if node.get("secret") else ""
    return f'_settings.Setting("{name}", "{pytext.snake(name)}", "{_kind(node)}"{secret})'


def _config(schema: Node) -> str:
    settings = sorted(schema["config"]["variables"].items())
    fields = "\n".join(
        f"{pytext.snake(name)}: {_type(node)} | None\n"
        + textwrap.dedent(pytext.note(node["description"]))
        for name, node in settings
    )
    table = pytext.table_of(
        (pytext.snake(name), f'(pulumi.Config.{READERS[node["type"]]}, "{name}")')
        for name, node in settings
    )
    return _template(
        "config.py.in",
        names=pytext.list_of(pytext.snake(name) for name, _ in settings),
        fields=fields,
        table=table,
        package=schema["name"],
    )


def _init(schema: Node) -> str:
    """Write the package so that a name costs its import when it is first used, and not before."""
    origin = {
        name: _module(token) for token, _ in _functions(schema) for name in _exports(_last(token))
    }
    origin |= {"Provider": "provider", "ProviderArgs": "provider"}
    imports = [f"from {PACKAGE} import config, outputs"] + [
        f"from {PACKAGE}.{module} import "
        + ", ".join(name for name in pytext.in_order_of_ruff(origin) if origin[name] == module)
        for module in sorted(set(origin.values()))
    ]
    homes = {**origin, "config": "config", "outputs": "outputs", "provider": "provider"}
    return _template(
        "init.py.in",
        doc=pytext.docstring(schema["description"], 0),
        imports=textwrap.indent("\n".join(imports), "    "),
        names=pytext.list_of(pytext.in_order_of_ruff(homes.keys() - {"provider"})),
        homes=pytext.table_of(
            (name, json.dumps(homes[name])) for name in pytext.in_order_of_ruff(homes)
        ),
    )


def _module(token: str) -> str:
    """Name a function's module: private, for the public name is that of the function."""
    return f"_{pytext.snake(_last(token))}"


def _exports(function: str) -> list[str]:
    result = f"{_pascal(function)}Result"
    return [
        result,
        f"Awaitable{result}",
        pytext.snake(function),
        f"{pytext.snake(function)}_output",
    ]


def _plugin(schema: Node) -> str:
    plugin = {"resource": True, "name": schema["name"], "version": schema["version"]}
    return json.dumps(plugin, indent=2) + "\n"


def _calls(schema: Node) -> str:
    return _static("_calls").replace('VERSION = "0.0.0"', f'VERSION = "{schema["version"]}"')


def _static(name: str) -> str:
    """Take a module that is the same for every schema."""
    return (TEMPLATES / f"{name}.py").read_text(encoding="utf-8").partition("\n")[2]


def _rules(names: Iterable[str]) -> dict[str, str]:
    """Take modules of the plugin, and those that they need; they import nothing but its own."""
    left, taken = list(names), dict[str, str]()
    while left:
        name = left.pop()
        text = (PLUGIN / f"{name}.py").read_text(encoding="utf-8")
        left += set(re.findall(r"^from callerid\.(\w+) import ", text, re.MULTILINE)) - {*taken}
        text = re.sub(r"^from callerid\.", f"from {PACKAGE}._", text, flags=re.MULTILINE)
        taken[name] = f"# {COPIED.format(name)}\n{text}"
    return taken


def _template(file: str, **values: str) -> str:
    return Template((TEMPLATES / file).read_text(encoding="utf-8")).substitute(values)


def _readme(schema: Node) -> str:
    functions = "\n".join(
        f"* `{pytext.snake(_last(token))}`: {_first_line(node)}"
        for token, node in _functions(schema)
    )
    text = _template("README.md", description=schema["description"], functions=functions)
    return f"<!-- {NOTICE} -->\n{text}"


def _first_line(node: Node) -> str:
    return str(node["description"]).partition("\n")[0]


def _pyproject(schema: Node) -> str:
    text = _template(
        "pyproject.toml.in",
        version=schema["version"],
        description=json.dumps(schema["description"], ensure_ascii=False),
        license=schema["license"],
        keywords=pytext.list_of(word for word in schema["keywords"] if "/" not in word),
    )
    return f"# {NOTICE}\n{text}"


if __name__ == "__main__":
    generate(
        json.loads((ROOT / "schema.json").read_text(encoding="utf-8")), ROOT / "sdk" / "python"
    )
