"""A Pulumi project: the folder, its Pulumi.yaml, and the configuration of one stack."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid import files
from callerid.errors import ConfigurationError
from callerid.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True)
class Project:
    """A project as one run sees it; `config` keys are whole (`project:key`), values are texts.

    `file` is the Pulumi.yaml, `entry` what Python runs: a folder with `__main__.py`, or a file.
    `options` are the runtime options of Pulumi.yaml.
    """

    name: str
    stack: str
    file: Path
    entry: Path
    config: Mapping[str, str]
    secrets: frozenset[str]
    options: Mapping[str, Any]

    @property
    def root(self) -> Path:
        """The folder of Pulumi.yaml."""
        return self.file.parent

    @property
    def directory(self) -> Path:
        """The folder of the program: the working directory of program and providers."""
        return self.entry if self.entry.is_dir() else self.entry.parent

    def package_config(self, package: str) -> dict[str, str]:
        """Return the stack configuration of one package, without its prefix."""
        prefix = f"{package}:"
        found = ((k, v) for k, v in self.config.items() if k.startswith(prefix))
        return {key[len(prefix) :]: value for key, value in found}


def load(
    program: str | Path,
    config: Mapping[str, str] | None = None,
    secrets: Collection[str] = (),
    name: str | None = None,
    stack: str = "dev",
) -> Project:
    """Read a program: a folder with Pulumi.yaml, or a Python file.

    A file has the Pulumi.yaml beside it, but for its `main`; without one it is a project of its
    own, named after the file.

    Configuration comes from Pulumi.yaml, then Pulumi.STACK.yaml, beside it or in its
    `stackConfigDir`, then `config`; the last wins. A key without a colon belongs to the project.

    Raises:
        ConfigurationError: the program, a file beside it, or the configuration is unusable.
    """
    for key, value in (config or {}).items():
        if not isinstance(value, str):
            message = f"config: {key} must be a text, as the engine hands it on, not {value!r:.60}"
            raise ConfigurationError(message)
    given = Path(program).absolute()
    script = given.suffix == ".py" and given.is_file()
    file = _project_file(given.parent if script else given, required=not script)
    raw = _read(file) if file.is_file() else {"name": given.stem, "runtime": "python"}
    options = _python_options(file, raw)
    project = name or raw.get("name")
    if not isinstance(project, str) or not project:
        message = f"{file} has no name. Add a line such as: name: my-project"
        raise ConfigurationError(message)
    values, secret = _configuration(project, file, raw, _stacks(file, raw) / f"Pulumi.{stack}.yaml")
    values |= {_whole(key, project): value for key, value in (config or {}).items()}
    secret |= {_whole(key, project) for key in secrets}
    _check_config(values, secret)
    return Project(
        project,
        stack,
        file,
        given.resolve() if script else _entry(file, raw),
        {key: value for key, value in values.items() if value is not None},
        frozenset(secret),
        options,
    )


def _project_file(directory: Path, *, required: bool) -> Path:
    for name in ("Pulumi.yaml", "Pulumi.yml"):
        if (directory / name).is_file():
            return directory / name
    if not required:
        return directory / "Pulumi.yaml"
    if not directory.is_dir():
        message = f"There is no program {directory}. Name a folder with Pulumi.yaml, or a .py file."
        raise ConfigurationError(message)
    message = f"{directory} is no Pulumi program: it has no Pulumi.yaml. Name a folder that has."
    raise ConfigurationError(message)


def _read(file: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - keeps the package cheap to import

    from callerid.sandbox import yaml_nodes  # noqa: PLC0415 - as above

    text = ""
    try:
        text = files.read(file, yaml_nodes.MOST_BYTES).decode()
        loader = yaml.SafeLoader(text)
        loader.name = file.name
        node = loader.get_single_node()
        for _ in yaml_nodes.in_full(node, len(text)):
            pass  # it ends, and so will whatever reads the values
        raw = loader.construct_document(node) if node else None
    except yaml.YAMLError as error:
        problem = yaml_nodes.told(error, file.name, text)
    except OSError as error:
        problem = str(error.strerror)
    except RecursionError:
        problem = "it is nested too deeply"
    except UnicodeDecodeError:
        problem = "it is no UTF-8 text"
    except ValueError:
        problem = "a date or number in it is none"
    else:
        return _mapping(file, raw)
    message = f"{file} cannot be read as YAML: {problem}. Correct it and try again."
    raise ConfigurationError(message)


def _mapping(file: Path, raw: object) -> dict[str, Any]:
    if raw is None:
        return {}
    if isinstance(raw, dict):
        return raw
    message = f"{file} is not a YAML mapping. Correct it and try again."
    raise ConfigurationError(message)


def _python_options(file: Path, raw: Mapping[str, Any]) -> dict[str, Any]:
    runtime = raw.get("runtime")
    name, options = (
        (runtime.get("name"), runtime.get("options"))
        if isinstance(runtime, dict)
        else (runtime, {})
    )
    if name != "python":
        message = f"{file} asks for the runtime {name}; callerid previews programs in Python only."
        raise ConfigurationError(message)
    return options if isinstance(options, dict) else {}


def _entry(file: Path, raw: Mapping[str, Any]) -> Path:
    entry = file.parent / str(raw.get("main") or ".")
    if entry.is_dir() and not (entry / "__main__.py").is_file():
        message = f"{entry.resolve()} has no __main__.py. Add one, or set main in {file}."
        raise ConfigurationError(message)
    if not entry.exists():
        message = f"{entry} is named as main in {file}, but is not there. Correct main."
        raise ConfigurationError(message)
    return entry.resolve()


def _stacks(file: Path, raw: Mapping[str, Any]) -> Path:
    """Find the folder of the stacks' files; what names it was once called `config`."""
    named = raw.get("stackConfigDir") or raw.get("config")
    return file.parent / (named if isinstance(named, str) else "")


def _whole(key: str, project: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _configuration(
    project: str, file: Path, raw: Mapping[str, Any], stack_file: Path
) -> tuple[dict[str, str | None], set[str]]:
    """Merge both files; None stands for a value that is encrypted and was not set again."""
    values: dict[str, str | None] = {}
    secrets: set[str] = set()
    old = isinstance(raw.get("config"), str)
    for key, declared in ({} if old else _settings(file, raw)).items():
        value = _declared(declared)
        if isinstance(declared, dict) and declared.get("secret"):
            secrets.add(_whole(key, project))
        if value is not None:
            values[_whole(key, project)] = _text(value)
    stack = _read(stack_file) if stack_file.is_file() else {}
    for key, value in _settings(stack_file, stack).items():
        encrypted = isinstance(value, dict) and set(value) == {"secure"}
        values[_whole(key, project)] = None if encrypted else _text(value)
        secrets |= {_whole(key, project)} if encrypted else set()
    return values, secrets & set(values)


def _settings(file: Path, raw: Mapping[str, Any]) -> dict[str, Any]:
    settings = raw.get("config") or {}
    if isinstance(settings, dict) and all(isinstance(key, str) for key in settings):
        return settings
    message = f"config in {file} is not a mapping of names to values. Correct it and try again."
    raise ConfigurationError(message)


def _declared(declared: Any) -> Any:
    if isinstance(declared, dict):
        return declared.get("value", declared.get("default"))
    return declared


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def _check_config(values: Mapping[str, str | None], secrets: set[str]) -> None:
    encrypted = sorted(key for key, value in values.items() if value is None)
    if encrypted:
        message = (
            f"{', '.join(encrypted)}: encrypted in the stack's file, which callerid cannot read.\n"
            "Give the value anew, as config and secrets or with --secret KEY=VALUE."
        )
        raise ConfigurationError(message)
    missing = sorted(secrets - set(values))
    if missing:
        near = nearest(missing[0], values)
        message = (
            f"{', '.join(missing)}: marked as secret, but there is no such config value.{near}"
        )
        raise ConfigurationError(message)
