"""The page on troubleshooting and the code hold together: each error has its entry."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import commands
from support.pages import DOCS, ROOT

import callerid
from callerid import errors
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE, _, _ENGINES = (
    (DOCS / "troubleshooting.md")
    .read_text(encoding="utf-8")
    .partition("## From the Pulumi engine\n")
)
"""What the page says of our own texts; what the engine says, end-to-end tests compare with it."""
ENTRIES = re.findall(r"\*\*`([^`]+)`\*\*", PAGE)
EXAMPLES = re.findall(r"\*\*`([^`]+)`\*\*\n\nFor example: `([^`]+)`", PAGE)
"""Entries, each with the example below it."""
PROVIDER = Path(callerid.__file__).parent
ROOMS = (
    *("argument_rules.py", "asking", "config", "core.py", "errors.py", "frontends"),
    *("functions", "guard", "library.py", "model.py", "nearest.py", "platforms"),
    "setting_rules.py",
)
SDK = ROOT / "sdk" / "python" / "pulumi_callerid"
NO_MESSAGES = {
    "messages.py": "field tables",
    "schema.py": "the schema's words",
    "shapes.py": "what the schema's maker is told",
    "first_line.py": "what doctor says of a provider that it started",
    "starting.py": "what doctor says of an executable that it started",
    "tool_log.py": "what a tool notes in its log",
    "version.py": "what doctor says of a plugin",
}
"""Files whose texts no user of a program sees."""
EXEMPT = {
    "a key stands in it twice": "becomes: no JSON",
    "asking … (… …)": "progress",
    "try … of …": "progress",
    "… …: … in … s": "progress",
    "gets too many requests": "progress",
    "no answer before the deadline": "becomes: no answer within … s",
    "a launcher of callerid": "a mark in a file",
    "run pip install callerid, then callerid install pulumi.": "the end of a launcher's sentence",
    "run …, then ….": "the same of another one",
    '"$([ -n "${…-}" ] && echo 1 || echo 2)"': "a part of a launcher",
    "Make a new API token in the console (My Account, API Tokens) and set CSP_API_TOKEN.": "a fix "
    "that doctor gives",
    "The version … cannot be written as a semantic version.": "a build of callerid itself",
    "Check …, and any proxy between.": "a second sentence",
    "Check any proxy between, or ….": "a second sentence",
    ": pulumi config set …callerid:… VALUE": "the end of: Give it one plain value",
    "… If so, ….": "a second sentence, after: did you mean",
    "…, and take it out of …": "the end of a command to type",
    "pulumi config set --secret …": "a command to type",
    "Required: …; …: …. …": "the reasons as data, of the parts that are listed",
    "… …: … …": "a fix, of the parts that are listed",
    ", and … more": "the end of a list",
    ", for … s more": "the end of a list",
    "for … set …": "the ways to sign in, after: callerid has no credential",
    "… returned an error: callerid:": "what the SDK takes off a refusal",
    "the argument … is": "a part of: … has no answer",
    "… must be an object": "a part of: The answer to … is not usable",
    "… stands there instead of …": "the same",
    "invoke of … failed:": "how the engine's own errors begin",
    "one of the arguments … is": "a part of: … has no answer",
    "module … has no attribute …": "Python's own",
    "use a credential whose tokens carry it, in place of": "for platforms that say nothing better",
    "… or …": "a list",
    "… and …": "a list",
    "failed to map segment": "what a loader of libraries says",
    "can't start new thread": "what Python says",
}
"""Texts that are no message, and what they are."""
_LOG = re.compile(r"%s.*%")
_WORDS = 4


def _texts(file: Path) -> Iterator[str]:
    """Give the texts of a file that could be a message, with `…` for what differs."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    skipped = {id(part) for node in ast.walk(tree) for part in _inside(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in skipped:
            text = _template(node)
            if len(text.split()) >= _WORDS and not _LOG.search(text):
                yield text


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """Give what is no text by itself: docstrings, parts of other texts, descriptions."""
    if isinstance(node, ast.Expr):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from (part for part in ast.walk(node) if part is not node)
    elif isinstance(node, ast.Call) and ast.unparse(node.func) == "Setting":
        yield from ast.walk(node)
    elif isinstance(node, ast.keyword) and node.arg == "description":
        yield from ast.walk(node.value)


def _template(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return re.sub(r"\{\w+(?::\w+)?\}", "…", node.value) if isinstance(node.value, str) else ""
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
    )


def _first_sentence(text: str) -> str:
    found = re.match(r".*?\.(?=\s|$)|.*", text)
    return found[0] if found else text


def _flat(text: str) -> str:
    return re.sub("…+", "…", " ".join(text.replace("`", "").split()))


def _all_texts() -> list[str]:
    files = [
        file
        for room in ROOMS
        for file in sorted(
            (PROVIDER / room).rglob("*.py") if "." not in room else [PROVIDER / room]
        )
        if file.name not in NO_MESSAGES and "sandbox" not in file.relative_to(PROVIDER).parts
    ]
    return sorted({_flat(text) for file in (*files, *SDK.glob("*.py")) for text in _texts(file)})


TEXTS = _all_texts()


def _matches(entry: str, text: str) -> bool:
    """Tell whether an entry is in a text; `…` stands for anything."""
    return re.search(re.escape(entry).replace("…", ".+?"), text) is not None


def _tree(root: type[errors.CalleridError]) -> set[str]:
    return {root.__name__}.union(*(_tree(child) for child in root.__subclasses__()))


def test_every_class_has_a_heading() -> None:
    """The tree of errors, class by class."""
    headings = set(re.findall(r"^## (\w+Error)$", PAGE, re.MULTILINE))
    assert headings == _tree(errors.CalleridError)


def test_the_walk_finds_messages() -> None:
    """The texts come from all rooms, so that an empty walk cannot pass."""
    assert len(TEXTS) > 60
    assert any("is half a pair" in text for text in TEXTS)


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_of_the_code_is_on_the_page(text: str) -> None:
    """What the plugin or the SDK can say, by its first sentence."""
    if text in EXEMPT:
        return
    wanted = _first_sentence(text)
    assert wanted in _flat(PAGE) or any(_matches(entry, text) for entry in ENTRIES), wanted


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_is_a_text_of_the_code(entry: str) -> None:
    """Nothing on the page is invented or gone."""
    assert any(_matches(entry, text) for text in TEXTS)


REAL = {
    "callerid has no credential.": {},
    "…: … is half a pair.": {"CSP_CLIENT_ID": "app"},
    "callerid has credentials for more than one platform: ….": {
        "CSP_API_TOKEN": "one",
        "M3TER_API_TOKEN": "two",
    },
    "callerid has no credential for ….": {"CALLERID_PLATFORM": "csp"},
    "… names no platform that callerid knows.": {"CALLERID_PLATFORM": "aws"},
    "… cannot be reached at …: ….": {
        "CSP_API_TOKEN": "one",
        "CSP_BASE_URL": "http://127.0.0.1:1",
        "CALLERID_REQUEST_TIMEOUT_SECONDS": "0.1",
    },
    "… needs an organization, and the token names none.": {"M3TER_API_TOKEN": "opaque"},
    "… holds a line break, space or other character that no token has.": {
        "M3TER_ORG_ID": "o",
        "M3TER_API_TOKEN": "two words",
    },
}


@pytest.mark.parametrize(("entry", "environ"), REAL.items())
def test_a_real_error_leads_to_its_entry(entry: str, environ: dict[str, str]) -> None:
    """What somebody reads in a terminal is found on the page."""
    done = commands.call("whoami", **environ)
    assert done.exit_code == 1
    assert entry in ENTRIES
    said = _flat(done.output)
    assert _matches(f"Error: {entry}", said), said


@pytest.mark.parametrize(("entry", "example"), EXAMPLES)
def test_an_example_is_one_of_its_entry(entry: str, example: str) -> None:
    """It is the entry with words in its gaps, and no more."""
    assert re.fullmatch(re.escape(entry).replace("…", ".+?"), example)


@pytest.mark.parametrize(
    ("caller", "environ"), [("refused", {}), ("owner", {"CSP_API_TOKEN": "revoked"})]
)
def test_an_example_is_what_the_sandbox_gets(caller: str, environ: dict[str, str]) -> None:
    """Two of them as they come, but for the id of the request."""
    with Sandbox.start() as sandbox:
        done = commands.call("whoami", **{**sandbox.environment(caller), **environ})
    said = re.sub(r", request [\w-]+", "", _flat(done.output))
    assert any(f"Error: {example}" in said for _, example in EXAMPLES), said
