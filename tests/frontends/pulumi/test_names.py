"""The schema's names: good identifiers in every language that an SDK is generated for."""

from __future__ import annotations

import json
import keyword
import re
from pathlib import Path
from typing import Any

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parents[3] / "schema.json").read_text("utf-8"))
OBJECTS = [
    *SCHEMA["types"].values(),
    *(
        function[side]
        for function in SCHEMA["functions"].values()
        for side in ("inputs", "outputs")
    ),
]
JAVA_AND_CSHARP = """
    abstract as assert base bool boolean break byte case catch char checked class const continue
    decimal default delegate do double else enum event explicit extends extern false final finally
    fixed float for foreach goto if implements implicit import in instanceof int interface internal
    is lock long namespace native new null object operator out override package params private
    protected public readonly ref return sbyte sealed short sizeof stackalloc static strictfp string
    struct super switch synchronized this throw throws transient true try typeof uint ulong
    unchecked unsafe ushort using virtual void volatile while
"""
GO_AND_TYPESCRIPT = """
    any await chan debugger declare defer delete export fallthrough from func function go import
    let map module nil range require select symbol unknown var with yield
"""
"""Without `type`: fields of Go are written `Type`, and TypeScript reserves it nowhere."""
MEMBERS = """
    applyT clone constructor elementType equals finalize getClass getHashCode getType hashCode
    memberwiseClone notify notifyAll outputState prototype toString urn wait
"""
"""What every object of Java, C# or JavaScript, or every output of Go, has already."""
TAKEN = frozenset(f"{JAVA_AND_CSHARP} {GO_AND_TYPESCRIPT} {MEMBERS}".split())
OF_PULUMI = frozenset({"id", "urn", "name", "version", "pluginDownloadURL", "provider", "opts"})
"""What a provider's settings may not be called: resources have it already."""


def test_names_are_identifiers_everywhere() -> None:
    """No name is a word of a language's own, and none has to be escaped in any."""
    names = {name for each in OBJECTS for name in each["properties"]}
    settings = set(SCHEMA["config"]["variables"])
    functions = {token.rpartition(":")[2] for token in SCHEMA["functions"]}
    every = names | settings | functions
    assert [name for name in every if not re.fullmatch(r"[a-z][a-zA-Z0-9]*", name)] == []
    assert every & TAKEN == set()
    assert [name for name in every if keyword.iskeyword(name)] == []
    assert settings & OF_PULUMI == set()


def test_names_stay_apart_everywhere() -> None:
    """In no language do two names become one, nor a member the name of its own class."""
    functions = [token.rpartition(":")[2] for token in SCHEMA["functions"]]
    types = [token.rpartition(":")[2] for token in SCHEMA["types"]]
    made = [f"{name}{end}" for name in functions for end in ("", "Args", "Result", "Output")]
    groups = [[*types, *made, "Provider", "ProviderArgs"], list(SCHEMA["config"]["variables"])]
    groups += [
        [name, *node["properties"]]
        for name, node in zip(types, SCHEMA["types"].values(), strict=True)
    ]
    for group in groups:
        flat = [name.lower().replace("_", "") for name in group]
        assert len(set(flat)) == len(flat), group
