"""A program folder is read as the Pulumi CLI reads it, or refused with a way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.errors import ConfigurationError
from callerid.testing.project import load

if TYPE_CHECKING:
    from pathlib import Path


def _write(folder: Path, **files: str) -> Path:
    names = {"project": "Pulumi.yaml", "stack": "Pulumi.dev.yaml", "main": "__main__.py"}
    for name, text in files.items():
        (folder / names[name]).write_text(text, encoding="utf-8")
    return folder


def test_configuration_is_merged(tmp_path: Path) -> None:
    """Pulumi.yaml, then the stack's file, then the caller; keys are made whole."""
    project = (
        "name: p\nruntime: {name: python, options: {virtualenv: venv}}\n"
        "config: {a: {default: 1}, b: {default: 2}, 'x:c': {value: 3}, d: {type: string}}\n"
    )
    stack = "config: {'p:b': two, 'x:list': [1, two], 'p:old': {secure: abc}}\n"
    folder = _write(tmp_path, project=project, stack=stack, main="")
    loaded = load(folder, {"a": "one", "old": "new"}, {"old"})
    assert loaded.config == {
        "p:a": "one",
        "p:b": "two",
        "x:c": "3",
        "x:list": '[1,"two"]',
        "p:old": "new",
    }
    assert loaded.secrets == {"p:old"}
    assert loaded.package_config("x") == {"c": "3", "list": '[1,"two"]'}
    assert loaded.options == {"virtualenv": "venv"}


def test_main_may_name_a_folder_or_a_file(tmp_path: Path) -> None:
    """`main` names another folder or a file; the program's folder follows it."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "run.py").touch()
    loaded = load(_write(tmp_path, project="name: p\nruntime: python\nmain: code/run.py\n"))
    assert loaded.directory == (tmp_path / "code").resolve()
    assert loaded.root == tmp_path


BOMB = "\n".join(
    ["x0: &x0 [x]", *(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]" for n in range(1, 14))]
)
"""A few lines that stand for more than any machine can hold."""


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ({}, "is no Pulumi program: it has no Pulumi.yaml"),
        ({"project": "runtime: python"}, "has no name"),
        ({"project": "{"}, "cannot be read as YAML: Pulumi.yaml:1: "),
        ({"project": "a: &a [*a]"}, "an alias stands inside of what it stands for"),
        ({"project": "[" * 2000}, "cannot be read as YAML: it is nested too deeply"),
        ({"project": "a: 2026-13-45"}, "cannot be read as YAML: a date or number in it is none"),
        ({"project": BOMB}, "the aliases .* of this file stand for too much"),
        ({"project": "name: p\nruntime: python", "main": "", "stack": BOMB}, "stand for too much"),
        ({"project": "- a"}, "is not a YAML mapping"),
        ({"project": "name: p\nruntime: go"}, "previews programs in Python only"),
        ({"project": "name: p\nruntime: python"}, "has no __main__.py"),
        ({"project": "name: p\nruntime: python\nmain: nowhere"}, "but is not there"),
        (
            {"project": "name: p\nruntime: python\nconfig: [a]", "main": ""},
            "not a mapping of names",
        ),
        (
            {"project": "name: p\nruntime: python", "main": "", "stack": "config: text"},
            r"config in .*Pulumi\.dev\.yaml is not a mapping of names to values",
        ),
        (
            {
                "project": "name: p\nruntime: python",
                "main": "",
                "stack": "config: {'p:k': {secure: x}}",
            },
            "p:k: encrypted in the stack's file",
        ),
    ],
)
def test_what_is_no_program_is_refused_with_its_reason(
    tmp_path: Path, files: dict[str, str], error: str
) -> None:
    """What is wrong with a folder is said in a line or two."""
    with pytest.raises(ConfigurationError, match=error):
        load(_write(tmp_path, **files))


def test_secret_without_value(programs: Path) -> None:
    """A secret key must have a value."""
    with pytest.raises(ConfigurationError, match="whoami:nope: marked as secret"):
        load(programs / "whoami", secrets={"nope"})
    with pytest.raises(ConfigurationError, match=r"Did you mean whoami:passwd\?"):
        load(programs / "whoami", config={"passwd": "x"}, secrets={"password"})


@pytest.mark.parametrize("field", ["stackConfigDir", "config"])
def test_the_files_of_stacks_may_be_in_another_folder(tmp_path: Path, field: str) -> None:
    """`stackConfigDir`, once called `config`, names it, as seen from Pulumi.yaml."""
    (tmp_path / "stacks").mkdir()
    _write(tmp_path / "stacks", stack="config: {'p:k': there}\n")
    project = f"name: p\nruntime: python\n{field}: ../stacks\n"
    (tmp_path / "app").mkdir()
    folder = _write(tmp_path / "app", project=project, stack="config: {'p:k': here}\n", main="")
    assert load(folder).config == {"p:k": "there"}
