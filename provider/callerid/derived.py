"""Models without pydantic: stand-ins that run the validators derived from the same models.

Who answers a host's first question has no time to load pydantic and to build its models.
`callerid.deriving` writes down what pydantic builds, at development time, beside each module that
declares models, as `MODULE.validators.json`; pydantic's own core runs it. The models stay the one
truth: what a field is stands there alone.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from pydantic_core import SchemaError, SchemaValidator, __version__

from callerid.lean import WANTED
from callerid.registry import PLATFORMS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from typing_extensions import Self

NAMED, ARGUMENTS, MODEL = "@", "arguments", "@model"
"""Keys of what JSON has not: a class or function by its name, what to call it with, and the schema
of another model by its name."""
DERIVED_FOR = "pydantic_core"
"""The key of the version of pydantic's core that a file was derived for."""
MARKS = "marks"
"""The key, in a field's metadata, of callerid's own marks."""
_HERE = Path(__file__).parent
_SHARED = (
    *("model", "asking/tokens", "functions/get_current_user", "functions/get_user_org_roles"),
    *("guard/arguments", "guard/require_caller"),
)
_OF_A_PLATFORM = ("replies", "results")
MODULES = tuple(
    module
    for stem in (*_SHARED, *(f"platforms/{p}/{name}" for p in PLATFORMS for name in _OF_A_PLATFORM))
    if (module := _HERE / f"{stem}.py").is_file()
)
"""The modules that declare models."""
_WRITTEN_TOGETHER_SECONDS = 60.0
"""How much older the validators may be than their module: who installs writes files in any order,
and who edits one will not run it so soon."""


@cache
def chosen() -> bool:
    """Return whether this process's models are stand-ins; the first call settles it.

    Even if it would rather, they are pydantic's where a module has no derived validators or was
    changed since, and where the installed core refuses one that was derived for another.
    """
    return WANTED.is_set() and usable()


def file_beside(module: Path) -> Path:
    """Return the file with the validators of a module's models."""
    return module.with_suffix(".validators.json")


def usable() -> bool:
    """Return whether all derived validators are of the models as they are, and the core takes them.

    Where they are not, a provider answers as well, but takes longer.
    """
    if not all(map(_is_current, MODULES)):
        return False
    files = list(map(file_beside, MODULES))
    return _load(files[0])[DERIVED_FOR] == __version__ or all(map(_is_accepted, files))


def _is_current(module: Path) -> bool:
    try:
        older_by = module.stat().st_mtime - file_beside(module).stat().st_mtime
    except OSError:
        return False
    return older_by < _WRITTEN_TOGETHER_SECONDS


class _Anything:
    def __init__(self, *_: object) -> None: ...


def _is_accepted(file: Path) -> bool:
    """Build every validator of a file, with the same stand-in for each class and function."""
    try:
        for schema in _load(file)["models"].values():
            SchemaValidator(_live(schema, lambda _: _Anything, lambda _: {"type": "any"}))
    except SchemaError:
        return False
    return True


@cache
def _load(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_bytes())
    return found


def _live(node: Any, named: Callable[[str], Any], model: Callable[[str], Any]) -> Any:
    """Put classes, functions and other models' schemas where a derived schema names them."""
    if isinstance(node, list):
        return [_live(each, named, model) for each in node]
    if not isinstance(node, dict):
        return node
    if MODEL in node:
        return model(node[MODEL])
    if NAMED not in node:
        return {
            key: _live(each, named, model) if isinstance(each, dict | list) else each
            for key, each in node.items()
        }
    found = named(node[NAMED])
    return found(*node[ARGUMENTS]) if ARGUMENTS in node else found


@cache
def _named(name: str) -> Any:
    """Return what is called `MODULE:NAME`; of what stands in a class, `NAME` is `CLASS.NAME`."""
    module, _, names = name.partition(":")
    found: Any = import_module(module)
    for each in names.split("."):
        found = getattr(found, each)
    return found


@cache
def _schema(name: str) -> dict[str, Any]:
    """Return the schema of the model that is called `MODULE:NAME`."""
    module, _, model = name.partition(":")
    file = file_beside(Path(import_module(module).__file__ or ""))
    derived = _load(file)["models"] if file.is_file() else {}
    if model not in derived:
        message = f"{name} has no derived validator. Run: make sdk"
        raise LookupError(message)
    found: dict[str, Any] = _live(derived[model], _named, _schema)
    return found


@cache
def _validator(name: str) -> SchemaValidator:
    return SchemaValidator(_schema(name), {"hide_input_in_errors": True})


def _name(model: type[BaseModel]) -> str:
    return f"{model.__module__}:{model.__qualname__}"


class FieldInfo(NamedTuple):
    """What the process needs to know of a field."""

    exclude: bool
    metadata: tuple[object, ...]


@cache
def _fields(name: str) -> Mapping[str, FieldInfo]:
    node = _schema(name)
    while node["type"] != "model-fields":
        node = node["schema"]
    return {
        each: FieldInfo(
            field.get("serialization_exclude", False),
            tuple(field.get("metadata", {}).get(MARKS, ())),
        )
        for each, field in node["fields"].items()
    }


class _Fields:
    """What `model_fields` of a class is: known when it is first asked for."""

    def __get__(self, _: object, model: type[BaseModel]) -> Mapping[str, FieldInfo]:
        return _fields(_name(model))


class BaseModel:
    """Stands in for pydantic's: what callerid's models use of it, to the same effect."""

    __slots__ = (
        *("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__"),
    )
    model_fields = _Fields()
    if TYPE_CHECKING:
        __pydantic_extra__: None
        __pydantic_fields_set__: set[str]
        __pydantic_private__: None

    def __init__(self, /, **data: Any) -> None:
        """Read the fields, by either name."""
        _validator(_name(type(self))).validate_python(data, self_instance=self)

    @classmethod
    def model_validate(cls, data: Any, *, context: Any = None) -> Self:
        """Read a dict; the validators may add to `context`."""
        found: Self = _validator(_name(cls)).validate_python(data, context=context)
        return found

    @property
    def model_fields_set(self) -> set[str]:
        """The fields that were given."""
        return self.__pydantic_fields_set__

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """Copy it, with fields that are taken as they are."""
        copy = object.__new__(type(self))
        own = {
            "__dict__": {**self.__dict__, **update},
            "__pydantic_extra__": None,
            "__pydantic_fields_set__": self.__pydantic_fields_set__ | update.keys(),
            "__pydantic_private__": None,
        }
        for slot, value in own.items():
            object.__setattr__(copy, slot, value)
        return copy

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse to change it."""
        message = f"{type(self).__name__} is frozen"
        raise AttributeError(message)

    def __eq__(self, other: object) -> bool:
        """Tell whether both are of one model, and each field is equal."""
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        """Agree with `==`; a list in a field is an error."""
        return hash((type(self), *self.__dict__.values()))


def _declared(*_: object, **__: object) -> Any:
    """Stand in for a word that only says what a field is."""
    return None


def _decorated(*_: object, **__: object) -> Callable[[Any], Any]:
    """Stand in for a decorator; the derived validators call the method by its name."""
    return lambda method: method


AliasChoices = BeforeValidator = ConfigDict = Field = _declared
field_validator = model_validator = _decorated
